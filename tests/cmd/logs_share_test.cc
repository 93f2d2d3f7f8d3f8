#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "share/file.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    for (unsigned i = 0; i < 2; ++i) records.push_back(sample_record(k_time + i * 1000, 0x11111100 + i));
    records[1].user = "ann@example.com";
    records[1].request->body = R"({"messages":[{"role":"user","content":"C-123456 <script>"}]})";
    ledger.write(records);
  }
  PkOutcome pk(std::vector<std::string> arguments, std::vector<std::string> environment = {},
               bool full_output = false) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments),
                    .environment = std::move(environment),
                    .full_output = full_output});
  }
  std::string shares() const { return pk({"logs", "share", "--list", "--jq", "length"}).out; }
  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  SampleLedger ledger;
  std::vector<log::LogRecord> records;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "share prints the URL alone, or the object as JSON") {
  const auto done = pk({"logs", "share", "@latest"});
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
  REQUIRE(done.out.starts_with("http://127.0.0.1:8787/s/"));
  CHECK(done.out.size() == std::string("http://127.0.0.1:8787/s/").size() + 32 + 1);
  const auto json = pk({"logs", "share", "11111100", "--json", "--expires", "never"});
  CHECK(json.out.find(R"("log_id":")" + records[0].id.text() + R"(","expires_at":null})") !=
        std::string::npos);
  CHECK(json.out.starts_with(R"({"url":"http://127.0.0.1:8787/s/)"));
  CHECK(pk({"logs", "share", "@latest", "--jq", ".url"}, {"PK_PUBLIC_URL=https://pk.example/"})
            .out.starts_with("https://pk.example/s/"));
  CHECK(shares() == "3\n");
}

TEST_CASE_METHOD(Fixture,
                 "What is shared is listed and ended, by token, URL and hint; an unknown one exits 3") {
  std::string url = pk({"logs", "share", "@latest"}).out;
  url.pop_back();
  const std::string token = pk({"logs", "share", "@latest", "--redact", "--jq", ".token"}).out.substr(0, 32);
  pk({"logs", "share", "11111100"});
  const auto list = pk({"logs", "share", "--list"});
  CHECK(std::ranges::count(list.out, '\n') == 3);
  CHECK(pk({"logs", "share", "--list", "11111100", "--jq", "map(.redact)|tostring"}).out == "[false]\n");
  CHECK(pk({"logs", "share", "--list", "--json"}).out.find(token) == std::string::npos);
  CHECK(pk({"logs", "share", "--revoke", url}).exit == 0);
  CHECK(pk({"logs", "share", "--revoke", url}).exit == 3);
  CHECK(pk({"logs", "share", "--revoke", token}).exit == 0);
  std::string hint = pk({"logs", "share", "--list", "--jq", ".[0].hint"}).out.substr(0, 6);
  CHECK(pk({"logs", "share", "--revoke", hint}).exit == 0);
  CHECK(shares() == "0\n");
  CHECK(pk({"logs", "share", "--revoke", "nonsense"}).exit == 3);
}

TEST_CASE_METHOD(Fixture, "Wrong usage exits 2 and shares nothing, a log that is not there 3") {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"@latest", "--expires", "soon"},
                                                {"@latest", "--expires", "0s"},
                                                {"--list", "--redact"},
                                                {"--list", "--revoke", "x"},
                                                {"--revoke", "x", "@latest"},
                                                {"@latest", "--file", "x.html", "--expires", "7d"},
                                                {"@latest", "--file", "x.html", "--json"},
                                                {"@latest", "-o", "csv"},
                                                {"@latest", "--share-pattern", "Bad Name=x"},
                                                {"@latest", "--share-pattern", "a=("},
                                                {"@latest", "--share-pattern", "a="},
                                                {"111"}}) {
    std::vector<std::string> arguments = {"logs", "share"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const auto done = pk(arguments);
    CHECK(done.exit == 2);
    CHECK(done.out.empty());
    CHECK(std::ranges::count(done.err, '\n') == 1);
  }
  CHECK(pk({"logs", "share", "@9"}).exit == 3);
  CHECK(pk({"logs", "share", "0195a3c5-0000-7000-8000-000000000009"}).exit == 3);
  CHECK(shares() == "0\n");
}

TEST_CASE_METHOD(Fixture, "A link that could not be printed is not left behind") {
  const auto done = pk({"logs", "share", "@latest"}, {}, true);
  CHECK(done.exit == 1);
  CHECK(shares() == "0\n");
}

TEST_CASE_METHOD(Fixture, "--file writes a page, whole or not at all, and makes no link") {
  const std::filesystem::path file = ledger.folder() / "out.html";
  const auto done = pk({"logs", "share", "@latest", "--file", file.string()});
  CHECK(done.exit == 0);
  CHECK(done.out.empty());
  const auto shared = share::read_shared(file);
  REQUIRE(shared);
  CHECK_FALSE(shared->changed);
  CHECK(shared->json.find("ann@example.com") != std::string::npos);
  CHECK(read(file).find("<script") == std::string::npos);
  const auto printed =
      pk({"logs", "share", "@latest", "--redact", "--share-pattern", "customer=C-[0-9]{6}", "--file", "-"});
  CHECK(printed.out.find("ann@example.com") == std::string::npos);
  CHECK(printed.out.find("C-123456") == std::string::npos);
  CHECK(printed.out.find("[customer] &lt;script&gt;") != std::string::npos);
  CHECK(pk({"logs", "share", "@latest", "--file", (ledger.folder() / "none" / "x.html").string()}).exit == 3);
  CHECK(pk({"logs", "share", "@latest", "--file", "-"}, {}, true).exit == 1);
  CHECK(shares() == "0\n");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ledger.folder()))
    files += entry.path().filename().string().starts_with("out.html") ? 1 : 0;
  CHECK(files == 1);
}

TEST_CASE_METHOD(Fixture,
                 "show reads a shared file back; a changed one is said to be, a damaged one ends in a line") {
  const std::string file = (ledger.folder() / "a.html").string();
  REQUIRE(pk({"logs", "share", "@latest", "--file", file}).exit == 0);
  const auto shown = pk({"logs", "show", file});
  CHECK(shown.out == pk({"logs", "show", "@latest"}).out);
  CHECK(shown.err.empty());
  CHECK(pk({"logs", "show", file, "--request"}).out == records[1].request->body);
  const std::string json = (ledger.folder() / "a.json").string();
  std::ofstream(json) << shown.out;
  CHECK(pk({"logs", "show", json, "@latest", "--jq", "map(.id)|unique|length"}).out == "1\n");
  CHECK(call_pk({.arguments = {"--data", "/nonexistent", "logs", "show", json}}).out == shown.out);
  std::string page = read(file);
  page.replace(page.find("ann@example.com"), 3, "eve");
  std::ofstream(file) << page;
  const auto changed = pk({"logs", "show", file});
  CHECK(changed.exit == 0);
  CHECK(changed.err.find("was changed since") != std::string::npos);
  std::ofstream(file) << page.substr(0, page.size() / 3);
  const auto cut = pk({"logs", "show", file});
  CHECK(cut.exit == 2);
  CHECK(cut.out.empty());
  CHECK(std::ranges::count(cut.err, '\n') == 1);
  CHECK(pk({"logs", "show", "./none.html"}).exit == 3);
}

TEST_CASE("Where there is no ledger nothing is shared, and none is made") {
  const TempFolder folder;
  const std::string data = (folder.path() / "none").string();
  CHECK(call_pk({.arguments = {"--data", data, "logs", "share", "@latest"}}).exit == 3);
  CHECK(call_pk({.arguments = {"--data", data, "logs", "share", "--revoke", "x"}}).exit == 3);
  CHECK(call_pk({.arguments = {"--data", data, "logs", "share", "--list"}}).out.empty());
  CHECK_FALSE(std::filesystem::exists(data));
}

}  // namespace pk::test
