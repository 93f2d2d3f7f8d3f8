#include <fstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/temp_folder.h"

namespace pk::test {

namespace {

const std::string k_greet =
    R"({"model":"gpt-x","provider":"demo","temperature":0.70,"messages":[{"role":"user","content":"Hi {{name}}"}]})";

bool is_one_line(const std::string& text) {
  return text.starts_with("pk: ") && text.find('\n') == text.size() - 1;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
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
  std::string add(const std::string& name, const std::string& text = k_greet, bool partial = false) const {
    std::vector<std::string> arguments = {"prompt", "add", name};
    if (partial) arguments.push_back("--partial");
    const PkOutcome done = pk(arguments, text);
    CAPTURE(done.err);
    REQUIRE(done.exit == 0);
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

TEST_CASE_METHOD(Fixture, "A prompt is added from stdin or a file; the id stands alone on stdout") {
  const std::string id = add("Greet people");
  CHECK(id.starts_with("pp-greet-people-"));
  const auto again = pk({"prompt", "add", "Greet people", file("p.json", k_greet)});
  CHECK(again.out == id + "\n");
  CHECK(again.err == id + " is at version 2 now\n");
  CHECK(pk({"prompt", "label", "Greet people@1", "published"}).err == "published is version 1 now\n");
  CHECK(pk({"prompt", "add", "Greet people", "-"}, k_greet).err ==
        id + " is at version 3 now; version 1 is the published one\n");
}

TEST_CASE_METHOD(Fixture,
                 "A list has each prompt with its newest version, the published one and its labels") {
  CHECK(pk({"prompt", "list", "--json"}).out == "[]\n");
  CHECK_FALSE(std::filesystem::exists(data()));  // reading makes no ledger
  const std::string b = add("b"), a = add("a", "text", true);
  add("b");
  CHECK(pk({"prompt", "label", "b@1", "production"}).exit == 0);
  CHECK(pk({"prompt", "list", "-o", "tsv", "--json=id,kind,version,published"}).out ==
        a + "\tpartial\t1\t1\n" + b + "\tprompt\t2\t2\n");
  CHECK(pk({"prompt", "list", "--jq", ".[1].labels"}).out == "{\"production\":1}\n");
  CHECK(has(pk({"prompt", "list", "-o", "table"}).out, "production@1"));
}

TEST_CASE_METHOD(Fixture, "A version is shown by its number, a label or neither") {
  const std::string id = add("greet");
  add("greet", R"({"prompt":"Say {{x}}"})");
  pk({"prompt", "label", "greet@1", "production"});
  CHECK(pk({"prompt", "show", id, "--jq", ".version"}).out == "2\n");
  CHECK(pk({"prompt", "show", "greet@production", "--jq", ".template.temperature"}).out == "0.7\n");
  CHECK(has(pk({"prompt", "show", "greet@1"}).out, R"("template":)" + k_greet));
  CHECK(pk({"prompt", "show", "greet@latest", "--jq", ".template.prompt"}).out == "Say {{x}}\n");
  for (const char* none : {"greet@3", "greet@x", "nothing", "pp-greet-ffffff0"}) {
    const auto done = pk({"prompt", "show", none});
    CHECK(done.exit == 3);
    CHECK(is_one_line(done.err));
  }
  add("tail", "one\n\ttwo\n", true);
  CHECK(pk({"prompt", "show", "tail", "--jq", ".text"}).out == "one\n\ttwo\n\n");
  CHECK(has(pk({"prompt", "show", "tail", "-o", "table"}).out, "  one\n"));
}

TEST_CASE_METHOD(Fixture, "What is no template is refused, all of it in one line, and nothing is kept") {
  const auto done = pk({"prompt", "add", "bad"}, R"({"messages":[{"content":"{{x"}],"provider":"nowhere"})");
  CHECK(done.exit == 2);
  CHECK(done.out.empty());
  CHECK(is_one_line(done.err));
  CHECK(has(done.err, "Invalid prompt template: path: messages,0,role, message: Required; path: provider"));
  CHECK(has(done.err, "path: messages,0,content, message: a tag is not closed (at byte 0)"));
  CHECK(has(pk({"prompt", "add", "bad", file("p.json", "{")}).err, "p.json: Invalid prompt template"));
  CHECK(pk({"prompt", "add", "bad", folder.path().string() + "/none"}).exit == 3);
  const auto big = pk({"prompt", "add", "bad", file("big", std::string(1'000'000, 'x')), "--partial"});
  CHECK(big.exit == 2);
  CHECK(is_one_line(big.err));
  for (const std::string& name :
       {std::string("pp-x"), std::string("a@1"), std::string("a/b"), std::string("")})
    CHECK(pk({"prompt", "add", name}, k_greet).exit == 2);
  CHECK(pk({"prompt", "list", "--jq", "length"}).out == "0\n");
}

TEST_CASE_METHOD(Fixture, "Partials must be there, be partials, and lead to no loop") {
  CHECK(has(pk({"prompt", "add", "p"}, R"({"prompt":"{{>tail}}"})").err, "there is no partial 'tail'"));
  CHECK(pk({"prompt", "add", "p"}, R"({"prompt":"{{>tail}}"})").exit == 2);
  const std::string tail = add("tail", "bye", true);
  add("p", R"({"prompt":"{{>tail}} {{>)" + tail + R"(@1}}"})");
  add("head", "{{>tail}}", true);
  const auto loop = pk({"prompt", "add", "tail", "--partial"}, "{{>head}}");
  CHECK(loop.exit == 2);
  CHECK(has(loop.err, "partials lead in a loop: " + tail + "@2 → "));
  CHECK(has(pk({"prompt", "add", "self", "--partial"}, "{{>self}}").err, "loop"));
  CHECK(pk({"prompt", "add", "tail"}, k_greet).exit == 2);
  CHECK(pk({"prompt", "add", "q"}, R"({"prompt":"{{>p}}"})").exit == 2);
}

TEST_CASE_METHOD(Fixture, "render prints the request, every number as it was given") {
  const std::string id = add("greet");
  const auto done = pk({"prompt", "render", id, "--var", "name=A \"B\" <c>"});
  CHECK(done.exit == 0);
  CHECK(done.out ==
        "{\"model\":\"gpt-x\",\"temperature\":0.70,\"messages\":[{\"role\":\"user\",\"content\":\"Hi A "
        "\\\"B\\\" "
        "<c>\"}]}\n");
  CHECK(pk({"prompt", "render", "greet@1", "--vars", file("v.json", R"({"name":"x"})"), "--var", "name=y",
            "--jq", ".messages[0].content"})
            .out == "Hi y\n");
  CHECK(pk({"prompt", "render", "greet", "--vars", "-", "--json"}, R"({"name":[1]})").exit == 0);
  CHECK(has(pk({"prompt", "render", "greet", "--var", "name=x", "-o", "table"}).out, "temperature"));
  const auto missing = pk({"prompt", "render", "greet"});
  CHECK(missing.exit == 2);
  CHECK(missing.err == "pk: the prompt needs variables that the request does not have: name\n");
  CHECK(pk({"prompt", "render", "greet", "--var", "name"}).exit == 2);
  CHECK(pk({"prompt", "render", "greet", "--vars", file("l.json", "[]")}).exit == 2);
  CHECK(pk({"prompt", "render", "nothing"}).exit == 3);
  CHECK(pk({"prompt", "render", "greet@9", "--var", "name=x"}).exit == 3);
}

TEST_CASE_METHOD(Fixture, "edit makes the next version of what the editor leaves, checked; or nothing") {
  const std::string id = add("greet");
  const std::string rewrite = file("rewrite.sh", "sed -i s/Hi/Hello/ \"$1\"\n");
  const auto done = pk({"prompt", "edit", "greet"}, "", {"EDITOR=sh " + rewrite});
  CHECK(done.exit == 0);
  CHECK(done.err == id + " is at version 2 now\n");
  CHECK(pk({"prompt", "render", id, "--var", "name=x", "--jq", ".messages[0].content"}).out == "Hello x\n");
  CHECK(pk({"prompt", "edit", id}, "", {"EDITOR=true"}).err == "nothing was changed\n");
  const auto broken = pk({"prompt", "edit", id}, "", {"EDITOR=sh " + file("b.sh", "echo no > \"$1\"\n")});
  CHECK(broken.exit == 2);
  CHECK(has(broken.err, "; your text is in "));
  CHECK(pk({"prompt", "edit", "none"}, "", {"EDITOR=true"}).exit == 3);
  CHECK(pk({"prompt", "show", id, "--jq", ".version"}).out == "2\n");
}

TEST_CASE_METHOD(Fixture, "Labels are put, moved and taken away") {
  add("greet");
  add("greet");
  CHECK(pk({"prompt", "label", "greet", "production"}).err == "production is version 2 now\n");
  CHECK(pk({"prompt", "label", "greet@1", "production"}).exit == 0);
  CHECK(pk({"prompt", "show", "greet@production", "--jq", ".version"}).out == "1\n");
  CHECK(pk({"prompt", "label", "greet", "production", "--rm"}).exit == 0);
  CHECK(pk({"prompt", "show", "greet@production"}).exit == 3);
  CHECK(pk({"prompt", "label", "greet", "production", "--rm"}).exit == 3);
  CHECK(pk({"prompt", "label", "greet@1", "x", "--rm"}).exit == 2);
  CHECK(pk({"prompt", "label", "greet@3", "x"}).exit == 3);
  CHECK(pk({"prompt", "label", "none", "x"}).exit == 3);
  for (const char* label : {"12", "latest", "a b"}) CHECK(pk({"prompt", "label", "greet", label}).exit == 2);
}

TEST_CASE_METHOD(Fixture, "rm takes prompts with all their versions, all or none") {
  add("a");
  add("a");
  add("b", "x", true);
  CHECK(pk({"prompt", "rm", "a", "none"}).exit == 3);
  CHECK(pk({"prompt", "list", "--jq", "length"}).out == "2\n");
  CHECK(pk({"prompt", "rm", "a", "b"}).exit == 0);
  CHECK(pk({"prompt", "list", "--jq", "length"}).out == "0\n");
  CHECK(pk({"prompt", "rm", "a"}).exit == 3);
  CHECK(pk({"verify"}).exit == 0);
}

}  // namespace pk::test
