#include <csignal>
#include <fstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/temp_folder.h"

namespace pk::test {

namespace {

const std::string k_good =
    R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo"},{"virtual_key":"main"}]})";

bool is_one_line(const std::string& text) {
  return text.starts_with("pk: ") && text.find('\n') == text.size() - 1;
}

struct Fixture {
  PkOutcome pk(std::vector<std::string> arguments, std::string input = {},
               std::vector<std::string> environment = {}) const {
    arguments.insert(arguments.begin(), {"--data", data()});
    environment.push_back("TMPDIR=" + drafts.path().string());
    return call_pk({.arguments = std::move(arguments),
                    .environment = std::move(environment),
                    .input = std::move(input)});
  }
  // The id of a new config, or version.
  std::string add(const std::string& name, const std::string& json = k_good) const {
    const PkOutcome done = pk({"config", "add", name}, json);
    CAPTURE(done.err);
    REQUIRE(done.exit == 0);
    REQUIRE(done.out.ends_with('\n'));
    return done.out.substr(0, done.out.size() - 1);
  }
  std::string data() const { return (folder.path() / "data").string(); }
  std::string file(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder.path() / name;
    std::ofstream(path) << text;
    return path.string();
  }

  TempFolder folder, drafts;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A config is added from stdin or a file; the id stands alone on stdout") {
  const std::string id = add("Two regions");
  CHECK(id.starts_with("pc-two-regions-"));
  CHECK(id.find('\n') == std::string::npos);
  const auto again = pk({"config", "add", "Two regions", file("c.json", R"({"provider":"demo"})")});
  CHECK(again.exit == 0);
  CHECK(again.out == id + "\n");
  CHECK(again.err == id + " is at version 2 now\n");
  CHECK(pk({"config", "add", "other", "-"}, k_good).exit == 0);
  CHECK(pk({"config", "list", "--jq", "length"}).out == "2\n");
}

TEST_CASE_METHOD(Fixture, "A list has each config's newest version, by name") {
  CHECK(pk({"config", "list"}).out.empty());
  CHECK(pk({"config", "list", "--json"}).out == "[]\n");
  CHECK_FALSE(std::filesystem::exists(data()));  // reading makes no ledger
  const std::string b = add("b"), a = add("a");
  add("b", R"({"provider":"demo"})");
  CHECK(pk({"config", "list", "-o", "tsv", "--json=id,name,version"}).out == a + "\ta\t1\n" + b + "\tb\t2\n");
  CHECK(pk({"config", "list", "-o", "csv"}).out.starts_with("id,name,version,updated_at\n" + a + ",a,1,20"));
  CHECK(pk({"config", "list", "-o", "table"}).out.starts_with("Id"));
  CHECK(pk({"config", "list", "--json=secret"}).exit == 2);
}

TEST_CASE_METHOD(Fixture, "A version is shown as JSON, its text with every number as it was given") {
  const std::string text =
      "{\"provider\":\"demo\",\"override_params\":{\"temperature\": 0.70, \"seed\": 12345678901234567890}}";
  const std::string id = add("main", text);
  add("main", R"({"provider":"demo"})");
  CHECK(
      pk({"config", "show", id + "@1"})
          .out.find(
              R"("config":{"provider":"demo","override_params":{"temperature":0.70,"seed":12345678901234567890}}})") !=
      std::string::npos);
  CHECK(pk({"config", "show", "main", "--jq", "[.id,.version,.config.provider]|join(\" \")"}).out ==
        id + " 2 demo\n");
  CHECK(pk({"config", "show", "main@1", "--jq", ".version"}).out == "1\n");
  for (const char* none : {"main@3", "main@0", "main@x", "main@", "nothing", "pc-main-ffffff0"}) {
    const auto done = pk({"config", "show", none});
    CHECK(done.exit == 3);
    CHECK(is_one_line(done.err));
  }
  const auto terminal =
      call_pk({.arguments = {"--data", data(), "config", "show", id}, .terminal = true, .columns = 100});
  CHECK(terminal.out.find("version") != std::string::npos);
  CHECK(terminal.out.find("{\"id\"") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A config that is none is refused with the reference's words, all in one line") {
  const auto done =
      pk({"config", "add", "bad"},
         R"({"strategy":{"mode":"nonsense"},"targets":[{"provider":"nowhere","api_key":"x"}]})");
  CHECK(done.exit == 2);
  CHECK(done.out.empty());
  CHECK(is_one_line(done.err));
  CHECK(done.err.find(
            "Invalid config passed: path: strategy,mode, message: Invalid 'mode' value. Must be one of: "
            "single, loadbalance, fallback, conditional") != std::string::npos);
  CHECK(done.err.find("path: targets,0,provider, message: Invalid 'provider' value.") != std::string::npos);
  const auto no_json = pk({"config", "add", "bad", file("c.json", "{")});
  CHECK(no_json.exit == 2);
  CHECK(no_json.err.find("c.json: Invalid config passed. You need to pass a valid json") !=
        std::string::npos);
  CHECK(pk({"config", "add", "bad"}, "").exit == 2);
  CHECK(pk({"config", "add", "bad", folder.path().string() + "/none"}).exit == 3);
  CHECK(pk({"config", "add", "bad", file("big.json", std::string(300'000, ' '))}).exit == 2);
  CHECK(pk({"config", "list", "--jq", "length"}).out == "0\n");
}

TEST_CASE_METHOD(Fixture, "validate keeps nothing and says nothing where all is well") {
  const auto good = pk({"config", "validate"}, k_good);
  CHECK(good.exit == 0);
  CHECK(good.out.empty());
  CHECK(good.err.empty());
  CHECK(pk({"config", "validate", file("c.json", R"({"retry":{"attempts":2}})")}).exit == 0);
  const auto bad = pk({"config", "validate", "-"}, R"({"retry":{}})");
  CHECK(bad.exit == 2);
  CHECK(bad.err.find("path: retry,attempts, message: Required") != std::string::npos);
  CHECK(pk({"config", "validate"}, R"({"provider":"demo","custom_host":"http://10.0.0.1"})").exit == 2);
  CHECK(pk({"config", "validate"}, R"({"provider":"demo","custom_host":"http://10.0.0.1"})",
           {"PK_ALLOW_UPSTREAM=10.0.0.1"})
            .exit == 0);
  CHECK_FALSE(std::filesystem::exists(data()));
}

TEST_CASE_METHOD(Fixture, "Bad names exit 2 before stdin is read, in one line however long they are") {
  for (const std::string& name : {std::string("pc-x"), std::string("a@1"), std::string(""), std::string(" a"),
                                  std::string("a\nb"), std::string(5000, 'x')}) {
    const auto done = pk({"config", "add", name}, k_good);
    CHECK(done.exit == 2);
    CHECK(is_one_line(done.err));
    CHECK(done.err.size() < 300);
  }
}

TEST_CASE_METHOD(Fixture, "A secret inside a config is masked where it is shown, and the user is told") {
  const auto done =
      pk({"config", "add", "main"}, R"({"provider":"openai","api_key":"sk-marker-7Qd1xWm0-abc"})");
  CHECK(done.exit == 0);
  CHECK(done.err.find("pk provider add") != std::string::npos);
  for (const auto& arguments : {std::vector<std::string>{"config", "show", "main"},
                                {"config", "show", "main", "-o", "table"},
                                {"config", "list", "--json"}}) {
    const auto shown = pk(arguments);
    CHECK(shown.exit == 0);
    CHECK((shown.out + shown.err).find("marker-7Qd1xWm0") == std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "An edit that changes nothing keeps nothing") {
  const std::string id = add("main");
  const auto done = pk({"config", "edit", id}, {}, {"EDITOR=true"});
  CHECK(done.exit == 0);
  CHECK(done.out.empty());
  CHECK(done.err == "nothing was changed\n");
  CHECK(pk({"config", "show", id, "--jq", ".version"}).out == "1\n");
  CHECK(std::filesystem::is_empty(drafts.path()));
}

TEST_CASE_METHOD(Fixture, "What the editor leaves is the next version; one long line is laid out for it") {
  const std::string id = add("main");
  const std::string editor =
      file("editor", "#!/bin/sh\nwc -l <\"$1\" >'" + (folder.path() / "lines").string() +
                         "'\nsed -i 's/fallback/single/' \"$1\"\n");
  std::filesystem::permissions(editor, std::filesystem::perms::owner_all);
  const auto done = pk({"config", "edit", "main"}, {}, {"EDITOR=" + editor});
  CHECK(done.exit == 0);
  CHECK(done.err == id + " is at version 2 now\n");
  CHECK(pk({"config", "show", id, "--jq", ".config.strategy.mode"}).out == "single\n");
  CHECK(pk({"config", "show", id + "@1", "--jq", ".config.strategy.mode"}).out == "fallback\n");
  int lines = 0;
  std::ifstream(folder.path() / "lines") >> lines;
  CHECK(lines > 5);
  CHECK(std::filesystem::is_empty(drafts.path()));
}

TEST_CASE_METHOD(Fixture, "A text that is no config is not taken, and is not lost") {
  const std::string id = add("main");
  const auto done = pk({"config", "edit", id}, {}, {"EDITOR=sh -c 'echo precious >\"$1\"' sh"});
  CHECK(done.exit == 2);
  CHECK(is_one_line(done.err));
  const std::size_t at = done.err.find("your text is in ");
  REQUIRE(at != std::string::npos);
  std::string kept;
  std::ifstream(done.err.substr(at + 16, done.err.size() - at - 17)) >> kept;
  CHECK(kept == "precious");
  CHECK(pk({"config", "show", id, "--jq", ".version"}).out == "1\n");
  CHECK(pk({"config", "edit", id}, {}, {"EDITOR=false"}).exit == 1);
  CHECK(pk({"config", "edit", "nothing"}, {}, {"EDITOR=true"}).exit == 3);
}

TEST_CASE_METHOD(Fixture, "An edit does not undo what another saved meanwhile") {
  const std::string id = add("main");
  const std::string editor =
      file("editor",
           "#!/bin/sh\necho '{\"provider\":\"demo\"}' | '" PK_BINARY "' --data '" + data() +
               "' config add main >/dev/null 2>&1\necho '{\"provider\":\"demo\",\"weight\":1}' >\"$1\"\n");
  std::filesystem::permissions(editor, std::filesystem::perms::owner_all);
  const auto done = pk({"config", "edit", id}, {}, {"EDITOR=" + editor});
  CHECK(done.exit == 4);
  CHECK(done.err.find("version 2") != std::string::npos);
  CHECK(done.err.find("your text is in ") != std::string::npos);
  CHECK(pk({"config", "show", id, "--jq", ".version"}).out == "2\n");
}

TEST_CASE_METHOD(Fixture, "All configs that are named are removed, or none") {
  CHECK(pk({"config", "rm", "main"}).exit == 3);
  const std::string a = add("a"), b = add("b");
  CHECK(pk({"config", "rm", a, "nothing"}).exit == 3);
  CHECK(pk({"config", "list", "--jq", "length"}).out == "2\n");
  const auto done = pk({"config", "rm", a, "b"});
  CHECK(done.exit == 0);
  CHECK(done.out.empty());
  CHECK(done.err == "removed 2 configs\n");
  CHECK(pk({"config", "list", "--jq", "length"}).out == "0\n");
}

TEST_CASE_METHOD(Fixture, "A config that is a default is not removed, and who uses it is named") {
  const std::string a = add("a"), b = add("b");
  const std::string settings = file("config.toml", "default_config = \"" + b + "\"\n");
  REQUIRE(pk({"key", "add", "laptop", "--default-config", "a"}).exit == 0);
  const auto rm = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--config", settings, "config", "rm"});
    return pk(std::move(more));
  };
  for (const std::string& text : {a, std::string("a")}) {
    const auto done = rm({text});
    CHECK(done.exit == 4);
    CHECK(is_one_line(done.err));
    CHECK(done.err.find(a + " is the default config of API key 'laptop'") != std::string::npos);
    CHECK(done.err.find("--force") != std::string::npos);
  }
  const auto both = rm({"-y", "b", "a"});
  CHECK(both.exit == 4);
  CHECK(both.err.find("'laptop'") != std::string::npos);
  CHECK(both.err.find(b + " is the default config of the settings") != std::string::npos);
  CHECK(pk({"config", "list", "--jq", "length"}).out == "2\n");
  CHECK(pk({"config", "rm", "b"}).exit == 0);  // not of these settings
  CHECK(rm({"nothing"}).exit == 3);
  CHECK(rm({"a", "--force"}).err == "removed 1 config\n");
}

TEST_CASE_METHOD(Fixture, "Processes that add at once each make a version") {
  add("main");
  std::vector<std::unique_ptr<PkProcess>> all;
  for (int i = 0; i < 8; ++i)
    all.push_back(std::make_unique<PkProcess>(
        PkCall{.arguments = {"--data", data(), "config", "add", "main"}, .input = k_good}));
  for (const auto& one : all) CHECK(one->wait().exit == 0);
  CHECK(pk({"config", "show", "main", "--jq", ".version"}).out == "9\n");
  CHECK(pk({"verify"}).exit == 0);
}

TEST_CASE_METHOD(Fixture, "An add that is killed leaves a ledger that is whole") {
  add("main");
  for (int i = 0; i < 5; ++i) {
    PkProcess killed({.arguments = {"--data", data(), "config", "add", "main"}, .input = k_good});
    killed.signal(SIGKILL);
    killed.wait();
  }
  CHECK(pk({"verify"}).exit == 0);
  CHECK(pk({"config", "show", "main"}).exit == 0);
  add("main");
}

TEST_CASE_METHOD(Fixture, "An id that cannot be written is told") {
  const auto done = call_pk(
      {.arguments = {"--data", data(), "config", "add", "main"}, .input = k_good, .full_output = true});
  CHECK(done.exit == 1);
  CHECK(is_one_line(done.err));
}

}  // namespace pk::test
