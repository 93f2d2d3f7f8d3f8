// A store that cannot be written, is full, or is damaged never stops traffic: serve serves, says so, and
// /health too. But it never opens a server that had API keys.
#include <algorithm>
#include <fstream>
#include <set>

#include "support/catch.h"
#include "support/serve_fixture.h"
#include "support/wait_until.h"

using namespace pk::test;
namespace fs = std::filesystem;

namespace {

std::string health_status(const Serve& serve) {
  return at(parse_json(request(serve.port(), "GET", "/health").body), "/status");
}

// Headers with a new key of pk's.
HeaderList key_of(const fs::path& data) {
  const PkRun made = run_pk(data, {"key", "add", "laptop"});
  REQUIRE(made.exit == 0);
  return {{"x-portkey-api-key", made.out.substr(0, made.out.find('\n'))}};
}

// A ledger of some records, its server gone.
void fill(const fs::path& data) {
  FakeUpstream upstream;
  Serve serve({.data = data});
  for (int i = 0; i < 200; ++i) chat(serve, upstream, {}, chat_request(std::string(3000, 'a' + i % 26)));
  REQUIRE(serve.terminate() == 0);
}

fs::path largest_file(const fs::path& folder) {
  fs::path largest;
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && entry.file_size() > bytes) {
      bytes = entry.file_size();
      largest = entry.path();
    }
  return largest;
}

void overwrite(const fs::path& file, std::uintmax_t from, std::uintmax_t count, char with) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(from));
  const std::string bytes(count, with);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// With the key of pk itself that a ledger has, or without one.
void serves_and_says_so(const ServeOptions& options, const HeaderList& key = {}) {
  FakeUpstream upstream;
  Serve serve(options);
  if (!key.empty()) CHECK(chat(serve, upstream).status == 401);
  for (int i = 0; i < 5; ++i) {
    const Reply reply = chat(serve, upstream, key);
    CHECK(reply.status == 200);
    CHECK(reply.body == chat_body());
  }
  CHECK(health_status(serve) == "degraded");
  const auto health = parse_json(request(serve.port(), "GET", "/health").body);
  CHECK(at(health, "/reasons/0") != "(nothing)");
  CHECK(serve.errors() != "");
  CHECK(serve.terminate() == 0);
}

// No command may end by a signal, whatever the file holds.
void readers_do_not_crash(const fs::path& data) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"logs", "list", "--json", "-n", "0"},
        {"logs", "show", "@latest"},
        {"verify"}}) {
    const PkRun run = run_pk(data, command);
    INFO(command[0] << " " << run.err);
    CHECK(run.exit >= 0);
    CHECK(run.exit <= 4);
    if (run.exit != 0) CHECK(run.err.rfind("pk: ", 0) == 0);
  }
}

}  // namespace

TEST_CASE("A read-only store: serve serves and says so, readers read, writers exit 1", "[sick_store]") {
  TempFolder folder;
  fill(folder.path());
  for (const auto& entry : fs::directory_iterator(folder.path()))
    fs::permissions(entry.path(), fs::perms(0400));
  fs::permissions(folder.path(), fs::perms(0500));
  serves_and_says_so({.data = folder.path(), .file_rights_of_root = false});
  fs::permissions(folder.path(), fs::perms(0700));
}

TEST_CASE("A read-only store whose keys can be read: they are asked for as ever", "[sick_store]") {
  TempFolder folder;
  fill(folder.path());
  const HeaderList key = key_of(folder.path());
  for (const auto& entry : fs::directory_iterator(folder.path()))
    fs::permissions(entry.path(), fs::perms(0400));
  fs::permissions(folder.path(), fs::perms(0500));
  serves_and_says_so({.data = folder.path(), .file_rights_of_root = false}, key);
  fs::permissions(folder.path(), fs::perms(0700));
}

TEST_CASE("A lock that cannot be had: keys are asked for as ever, and one that is removed counts no more",
          "[sick_store]") {
  TempFolder folder;
  const HeaderList key = key_of(folder.path());
  fs::create_directory(folder.path() / "serve.lock");
  serves_and_says_so({.data = folder.path()}, key);
  FakeUpstream upstream;
  Serve serve({.data = folder.path()});
  REQUIRE(run_pk(folder.path(), {"key", "add", "other"}).exit == 0);
  REQUIRE(run_pk(folder.path(), {"key", "rm", "laptop"}).exit == 0);
  wait_until("a removed key counts no more", [&] { return chat(serve, upstream, key).status == 401; });
}

TEST_CASE("A ledger with API keys that cannot be read: nobody is let in, and it says what to do",
          "[sick_store]") {
  TempFolder folder;
  const HeaderList key = key_of(folder.path());
  const fs::path file = folder.path() / "ledger.mdb";
  overwrite(file, 0, 8192, '\x5a');
  FakeUpstream upstream;
  Serve serve({.data = folder.path()});
  for (const HeaderList& headers : {HeaderList{}, key}) CHECK(chat(serve, upstream, headers).status == 401);
  CHECK(upstream.seen_count() == 0);
  const std::string health = request(serve.port(), "GET", "/health").body;
  for (const std::string& said : {health, serve.errors()}) {
    CHECK(said.find("no request is let in") != std::string::npos);
    CHECK(said.find("put a backup in its place") != std::string::npos);
  }
}

TEST_CASE("A folder that cannot be made: serve serves without a ledger and says so", "[sick_store]") {
  TempFolder folder;
  std::ofstream(folder.path() / "file") << "in the way";
  serves_and_says_so({.data = folder.path() / "file" / "data"});
}

TEST_CASE("A store that is full: serve serves, counts what it lost, and says so", "[sick_store]") {
  TempFolder folder;
  FakeUpstream upstream;
  Serve serve({.data = folder.path(), .file_bytes_max = 1 << 20});
  std::string noise;
  for (unsigned i = 0, x = 1; i < 30'000; ++i)
    noise += static_cast<char>('a' + ((x = x * 1103515245 + 12345) >> 16) % 26);
  for (int i = 0; i < 100; ++i)
    CHECK(chat(serve, upstream, {}, chat_request(std::to_string(i) + noise)).status == 200);
  CHECK(health_status(serve) == "degraded");
  const std::string metrics = request(serve.port(), "GET", "/metrics").body;
  CHECK(metrics.find("\npk_log_healthy 0\n") != std::string::npos);
  CHECK(serve.terminate() == 0);
  readers_do_not_crash(folder.path());
}

TEST_CASE("Of a full store nobody who puts logs in is told that it has them", "[sick_store]") {
  TempFolder folder;
  std::set<std::string> told;
  int refused = 0;
  {
    Serve serve({.data = folder.path(), .file_bytes_max = 1 << 20});
    std::string noise;
    for (unsigned i = 0, x = 3; i < 30'000; ++i)
      noise += static_cast<char>('a' + ((x = x * 1103515245 + 12345) >> 16) % 26);
    for (int i = 0; i < 100; ++i) {
      const Reply put = request(serve.port(), "POST", "/v1/logs", {},
                                R"({"request":{"url":"/v1/x","body":")" + std::to_string(i) + noise +
                                    R"("},"response":{"body":1}})");
      if (put.status == 200) told.insert(at(parse_json(put.body), "/ids/0"));
      refused += put.status == 503 ? 1 : 0;
    }
    CHECK(told.size() + static_cast<std::size_t>(refused) == 100);
    CHECK(serve.terminate() == 0);
  }
  CHECK(told.size() > 0);
  CHECK(refused > 0);
  for (const auto& row : logs(folder.path())) told.erase(at(row, "/id"));
  CHECK(told.empty());
}

TEST_CASE("With --on-log-failure refuse a full store is a 503", "[sick_store]") {
  TempFolder folder;
  FakeUpstream upstream;
  Serve serve({.flags = {"--on-log-failure", "refuse"}, .data = folder.path(), .file_bytes_max = 1 << 20});
  std::string noise;
  for (unsigned i = 0, x = 7; i < 30'000; ++i)
    noise += static_cast<char>('a' + ((x = x * 1103515245 + 12345) >> 16) % 26);
  int refused = 0;
  for (int i = 0; i < 100; ++i)
    if (chat(serve, upstream, {}, chat_request(std::to_string(i) + noise)).status == 503) ++refused;
  CHECK(refused > 0);
}

TEST_CASE("A damaged store: serve serves and says so, and no command ends by a signal", "[sick_store]") {
  struct Damage {
    const char* title;
    void (*harm)(const fs::path&);
    bool serve_sees_it;
  };
  const std::vector<Damage> damages{
      {"both meta pages overwritten", [](const fs::path& file) { overwrite(file, 0, 8192, '\x5a'); }, true},
      {"zeros instead of the file",
       [](const fs::path& file) { overwrite(file, 0, fs::file_size(file), '\0'); }, true},
      {"not a ledger at all",
       [](const fs::path& file) {
         fs::resize_file(file, 0);
         std::ofstream(file) << "hello";
       },
       true},
      {"cut in half", [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }, true},
      {"every page after the first two overwritten",
       [](const fs::path& file) { overwrite(file, 8192, fs::file_size(file) - 8192, '\xff'); }, true},
      {"one stretch in the middle overwritten",
       [](const fs::path& file) { overwrite(file, fs::file_size(file) / 2 & ~4095ull, 16384, '\xee'); },
       false},
      {"a byte in each page changed",
       [](const fs::path& file) {
         for (std::uintmax_t at_byte = 8192 + 1777; at_byte < fs::file_size(file); at_byte += 4096)
           overwrite(file, at_byte, 1, '\x42');
       },
       false},
  };
  TempFolder original;
  fill(original.path());
  for (const Damage& damage : damages) {
    INFO(damage.title);
    TempFolder folder;
    fs::copy(original.path(), folder.path(), fs::copy_options::recursive);
    const fs::path file = largest_file(folder.path());
    damage.harm(file);
    readers_do_not_crash(folder.path());
    CHECK(run_pk(folder.path(), {"verify"}).exit == 1);
    FakeUpstream upstream;
    Serve serve({.data = folder.path()});
    CHECK(chat(serve, upstream).status == 200);
    if (damage.serve_sees_it) CHECK(health_status(serve) == "degraded");
    CHECK(serve.terminate() == 0);
  }
}
