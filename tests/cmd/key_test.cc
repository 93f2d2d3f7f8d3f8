#include <fstream>
#include <iterator>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/temp_folder.h"

namespace pk::test {

namespace {

struct Fixture {
  PkOutcome pk(std::vector<std::string> arguments, std::string input = {}) const {
    arguments.insert(arguments.begin(), {"--data", data()});
    return call_pk({.arguments = std::move(arguments), .input = std::move(input)});
  }
  std::string data() const { return (folder.path() / "data").string(); }
  std::string id_of(const std::string& name) const {
    const std::string id = pk({"key", "show", name, "--jq", ".id"}).out;
    return id.substr(0, id.find('\n'));
  }
  TempFolder folder;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A key is printed once, alone on stdout; what is kept does not tell it") {
  const auto done = pk({"key", "add", "CI runner"});
  CHECK(done.exit == 0);
  const std::string id = id_of("CI runner");
  REQUIRE(id.starts_with("pk-ci-runner-"));
  REQUIRE(done.out.starts_with(id + "-"));
  CHECK(done.out.size() == id.size() + 1 + 32 + 1);
  const std::string random = done.out.substr(id.size() + 1, 32);
  CHECK(done.err.find(id) != std::string::npos);
  CHECK(done.err.find(random) == std::string::npos);
  CHECK(done.err.find("from now on") != std::string::npos);
  CHECK(pk({"key", "add", "second"}).err.find("from now on") == std::string::npos);
  for (const auto& arguments : {std::vector<std::string>{"key", "list"},
                                {"key", "list", "--json"},
                                {"key", "list", "-o", "table"},
                                {"key", "show", id},
                                {"key", "show", id, "-o", "table"}}) {
    const auto shown = pk(arguments);
    CHECK(shown.exit == 0);
    CHECK((shown.out + shown.err).find(random) == std::string::npos);
  }
  for (const auto& entry : std::filesystem::directory_iterator(data())) {
    std::ifstream in(entry.path(), std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}).find(random) == std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "Scopes, defaults and tracking are as given; proxy without more") {
  CHECK(pk({"key", "add", "plain"}).exit == 0);
  CHECK(pk({"key", "show", "plain", "--jq", "[.scopes,.default_config,.default_provider,.debug]|tostring"})
            .out == "[[\"proxy\"],null,null,true]\n");
  CHECK(pk({"config", "add", "main"}, R"({"provider":"demo"})").exit == 0);
  const auto done = pk({"key", "add", "full", "--scope", "read,admin", "--scope", "proxy", "--default-config",
                        "main", "--default-provider", "openai", "--no-debug"});
  CHECK(done.exit == 0);
  CHECK(pk({"key", "show", "full", "--jq", "[.scopes,.default_provider,.debug]|tostring"}).out ==
        "[[\"proxy\",\"read\",\"admin\"],\"openai\",false]\n");
  CHECK(pk({"key", "show", "full", "--jq", ".default_config"}).out.starts_with("pc-main-"));
  CHECK(pk({"key", "list", "-o", "tsv", "--json=name,scopes"}).out ==
        "full\tproxy,read,admin\nplain\tproxy\n");
}

TEST_CASE_METHOD(Fixture, "What is not possible is refused, and no key is made") {
  const std::pair<std::vector<std::string>, int> cases[] = {
      {{"key", "add", "a", "--scope", "write"}, 2},
      {{"key", "add", "a", "--scope", ""}, 2},
      {{"key", "add", "a", "--default-provider", "nowhere"}, 2},
      {{"key", "add", "a", "--default-provider", "@nowhere"}, 3},
      {{"key", "add", "a", "--default-config", "pc-nothing-000000"}, 3},
      {{"key", "add", "pk-a"}, 2},
      {{"key", "add", std::string(1000, 'x')}, 2},
      {{"key", "add"}, 2},
      {{"key"}, 2},
  };
  for (const auto& [arguments, exit] : cases) {
    CAPTURE(arguments);
    const auto done = pk(arguments);
    CHECK(done.exit == exit);
    CHECK(done.out.empty());
    CHECK(done.err.starts_with("pk: "));
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
  CHECK(pk({"key", "list"}).out.empty());
  CHECK(pk({"key", "add", "a"}).exit == 0);
  const auto again = pk({"key", "add", "a"});
  CHECK(again.exit == 1);
  CHECK(again.out.empty());
}

TEST_CASE_METHOD(Fixture, "A key that could not be printed is not kept") {
  const auto done = call_pk({.arguments = {"--data", data(), "key", "add", "a"}, .full_output = true});
  CHECK(done.exit == 1);
  CHECK(pk({"key", "list", "--jq", "length"}).out == "0\n");
}

TEST_CASE_METHOD(Fixture, "Removed keys are gone, and the last one's going is told") {
  CHECK(pk({"key", "rm", "a"}).exit == 3);
  for (const char* name : {"a", "b", "c"}) pk({"key", "add", name});
  CHECK(pk({"key", "rm", "a", "nothing"}).exit == 3);
  CHECK(pk({"key", "rm", "a", id_of("b")}).err == "removed 2 API keys\n");
  CHECK(pk({"key", "show", "a"}).exit == 3);
  const auto last = pk({"key", "rm", "-y", "c"});
  CHECK(last.exit == 0);
  CHECK(last.err.find("no API key is left") != std::string::npos);
}

}  // namespace pk::test
