// x-portkey-debug: false. A marker in the request's headers, its body and the upstream's error is then
// nowhere in the data folder, plain or compressed. The same walk finds it where tracking is on, so it can
// find it.
#include <zstd.h>

#include <fstream>
#include <sstream>

#include "support/catch.h"
#include "support/serve_fixture.h"

using namespace pk::test;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_zstd_magic = "\x28\xb5\x2f\xfd";
constexpr std::size_t k_frame_max = 8 << 20;

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

// The store's own dictionary: its frames cannot be read without.
constexpr std::uint8_t k_dictionary[] = {
#include "store/dictionary1.inc"
};

// What a zstd frame at `bytes` unpacks to, as far as it does.
std::string unpacked(std::string_view bytes) {
  ZSTD_DStream* stream = ZSTD_createDStream();
  if (ZSTD_getDictID_fromFrame(bytes.data(), bytes.size()) != 0)
    ZSTD_DCtx_loadDictionary(stream, k_dictionary, sizeof k_dictionary);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string out(k_frame_max, '\0');
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  for (std::size_t left = 1; left != 0 && !ZSTD_isError(left) && to.pos < to.size;) {
    const std::size_t before = in.pos + to.pos;
    left = ZSTD_decompressStream(stream, &to, &in);
    if (in.pos + to.pos == before) break;
  }
  ZSTD_freeDStream(stream);
  out.resize(to.pos);
  return out;
}

bool in_a_frame(std::string_view bytes, std::string_view marker) {
  for (std::size_t place = bytes.find(k_zstd_magic); place != std::string_view::npos;
       place = bytes.find(k_zstd_magic, place + 1))
    if (unpacked(bytes.substr(place)).find(marker) != std::string::npos) return true;
  return false;
}

// The file that holds the marker, "" if none does.
std::string found_in(const fs::path& folder, std::string_view marker) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = read_file(entry.path());
    if (bytes.find(marker) != std::string::npos || in_a_frame(bytes, marker))
      return entry.path().filename().string();
  }
  return "";
}

std::string long_text(const std::string& marker) {
  // Long and repetitive, so that a store that packs bodies packs this one.
  std::string text;
  for (int i = 0; i < 200; ++i) text += "say " + marker + " again ";
  return text;
}

HeaderList untracked(const std::string& marker) {
  return {{"x-portkey-debug", "false"},
          {"X-Note", marker},
          {"x-portkey-forward-headers", "X-Note"},
          {"User-Agent", marker + "/1"}};
}

std::string body_with(const std::string& marker, bool stream) {
  return chat_request(long_text(marker), stream);
}

Answer echo_error(const SeenRequest& seen) {
  return Answer::json(400, R"({"error":{"message":"bad: )" + seen.header("x-note") +
                               R"(","type":"t"},"echo":)" + seen.body + "}");
}

}  // namespace

TEST_CASE("The walk finds a marker that was tracked", "[do_not_track]") {
  FakeUpstream upstream;
  Serve serve;
  chat(serve, upstream, {}, body_with("Xq7TrackedMarker", false));
  CHECK(serve.terminate() == 0);
  CHECK(found_in(serve.data(), "Xq7TrackedMarker") != "");
}

TEST_CASE("An untracked exchange leaves numbers and ids, and not a byte of its content", "[do_not_track]") {
  const std::string marker = "Zk9UntrackedMarker";
  FakeUpstream upstream;
  Serve serve;

  upstream.always(Answer::json(200, chat_body(marker)));
  const Reply plain = chat(
      serve, upstream,
      [&] {
        HeaderList headers = untracked(marker);
        headers.emplace_back("x-portkey-metadata", R"({"team":"red"})");
        return headers;
      }(),
      R"({"model":"gpt-4o-mini","user":")" + marker + R"(","messages":[]})");
  CHECK(plain.status == 200);
  CHECK(plain.body == chat_body(marker));

  upstream.always(Answer::sse(chat_events({marker, "x"})));
  CHECK(chat(serve, upstream, untracked(marker), body_with(marker, true)).status == 200);

  upstream.handle(echo_error);
  const Reply error = chat(serve, upstream, untracked(marker), body_with(marker, false));
  CHECK(error.status == 400);
  CHECK(error.body.find(marker) != std::string::npos);

  upstream.always(
      Answer::script().head(200, {{"X-Echo", marker}, {"Content-Length", "900"}}).bytes(marker).reset());
  chat(serve, upstream, untracked(marker), body_with(marker, false));

  CHECK(request(serve.port(), "POST", "/v1/chat/completions",
                {{"Content-Type", "application/json"},
                 {"x-portkey-provider", "openai"},
                 {"x-portkey-debug", "false"}},
                "{\"" + marker)
            .status == 400);
  CHECK(request(serve.port(), "POST", "/v1/any/thing?note=" + marker, openai(upstream, untracked(marker)),
                marker)
            .status != 0);

  const auto rows = logs_until(serve.data(), [](const auto& all) { return all.size() == 6; });
  REQUIRE(rows.size() == 6);
  for (const auto& row : rows) {
    CHECK(at(row, "/tracked") == "false");
    CHECK(at(row, "/replayable") == "false");
    CHECK(at(row, "/user") == "null");
    const auto record = log_of(serve.data(), at(row, "/id"));
    CHECK(at(record, "/request") == "null");
    CHECK(at(record, "/response") == "null");
  }
  const auto record = log_of(serve.data(), plain.header("x-pk-log-id"));
  CHECK(at(record, "/total_tokens") == "12");
  CHECK(at(record, "/metadata/team") == "red");
  CHECK(at(record, "/http_status") == "200");

  CHECK(found_in(serve.data(), marker) == "");
  CHECK(serve.terminate() == 0);
  CHECK(found_in(serve.data(), marker) == "");
  CHECK(serve.errors().find(marker) == std::string::npos);
}

TEST_CASE("A kill in the middle of an untracked exchange leaves nothing of it either", "[do_not_track]") {
  const std::string marker = "Wv3KilledMarker";
  FakeUpstream upstream;
  upstream.always(Answer::script()
                      .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
                      .chunk("data: " + marker + "\n\n")
                      .hang());
  Serve serve;
  HttpClient client(serve.port());
  client.send(request_text("POST", "/v1/chat/completions", openai(upstream, untracked(marker)),
                           body_with(marker, true)));
  client.read_until(marker);
  wait_until_open_on_disk(serve.data(), 1);
  upstream.always(Answer::json(200, chat_body()));
  CHECK(chat(serve, upstream).status == 200);
  serve.kill9();
  CHECK(found_in(serve.data(), marker) == "");
  Serve again({.data = serve.data()});
  CHECK(found_in(serve.data(), marker) == "");
  const auto rows = logs(serve.data(), {"--untracked"});
  REQUIRE(rows.size() == 1);
  CHECK(at(rows[0], "/state") == "interrupted");
}

TEST_CASE("debug = false in the settings does it for all", "[do_not_track]") {
  const std::string marker = "Hj5SettingsMarker";
  FakeUpstream upstream;
  TempFolder folder;
  std::ofstream(folder.path() / "config.toml") << "debug = false\n";
  Serve serve({.environment = {"PK_CONFIG=" + (folder.path() / "config.toml").string()}});
  CHECK(chat(serve, upstream, {}, body_with(marker, false)).status == 200);
  CHECK(serve.terminate() == 0);
  CHECK(found_in(serve.data(), marker) == "");
  CHECK(logs(serve.data(), {"--untracked"}).size() == 1);
}
