// The shape of the project is tested: each check first on small made-up inputs, so that it is seen to fail,
// then on the project itself. PK_SOURCE_DIR is the top of the project, PK_BINARY the built pk.
#include <array>
#include <cstdio>
#include <memory>

#include "support/catch.h"
#include "support/tidy.h"

using namespace pk::tidy;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_lines_max = 500;

// Units without a test file of their own, and why.
const std::map<std::string, std::string>& exempt() {
  static const std::map<std::string, std::string> units = {
      {"lib/log/sink.h", "an interface"},
      {"lib/base/fmt_library.cc", "a library"},
      {"lib/admin/guard.h", "an interface"},
      {"lib/admin/services.h", "plain structs"},
      {"lib/admin/replayer.h", "an interface"},
      {"lib/admin/routes_all.cc", "tests/admin/routes_test.cc"},
      {"lib/cache/embedder.h", "an interface"},
      {"lib/cache/store.h", "an interface"},
      {"lib/http/handler.h", "an interface"},
      {"lib/http/limits.h", "constants"},
      {"lib/share/style.h", "constants"},
      {"lib/gateway/stats.h", "counters"},
      {"lib/cache/redis_connection.cc", "tests/cache/redis_store_test.cc"},
      {"lib/cache/redis_lookup.cc", "tests/cache/redis_store_test.cc"},
      {"lib/cache/redis_loop.cc", "tests/cache/redis_store_test.cc"},
      {"lib/cache/guard_literals.cc", "tests/cache/guard_text_test.cc"},
      {"lib/cache/guard_numbers.cc", "tests/cache/guard_text_test.cc"},
      {"lib/cache/guard_words.cc", "tests/cache/guard_test.cc"},
      {"lib/replay/local.cc", "tests/replay/plane_test.cc"},
      {"lib/replay/way.h", "an interface"},
      {"lib/store/block_builder.cc", "tests/store/block_test.cc"},
      {"lib/store/column_scan.cc", "tests/query/column_filter_test.cc"},
      {"lib/store/row_walk.cc", "tests/store/reader_test.cc"},
      {"lib/store/verify_columns.cc", "tests/store/column_maker_test.cc"},
      {"lib/query/block_tally.cc", "tests/query/column_filter_test.cc"},
      {"lib/query/column_term.cc", "tests/query/column_filter_test.cc"},
      {"lib/query/groups.cc", "tests/query/stats_test.cc"},
      {"lib/query/tally.cc", "tests/query/stats_test.cc"},
      {"lib/query/filter_text.cc", "tests/query/filter_test.cc"},
  };
  return units;
}

const Tree& project() {
  static const Tree tree = read_tree(PK_SOURCE_DIR, {"lib", "cmd", "tests", "man", "completions"});
  return tree;
}

const std::string& file(const std::string& path) {
  const auto it = project().find(path);
  INFO(path);
  REQUIRE(it != project().end());
  return it->second;
}

const std::vector<Room>& rooms() {
  static const std::vector<Room> all = rooms_of(file("lib/CMakeLists.txt"));
  return all;
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string output;
  std::array<char, 4096> chunk{};
  for (std::size_t n; (n = std::fread(chunk.data(), 1, chunk.size(), pipe.get())) > 0;)
    output.append(chunk.data(), n);
  return output;
}

// Asks the built pk, and each of its commands, for help.
void learn(const std::string& command, Commands& commands) {
  const Help help = help_of(output_of(std::string("'") + PK_BINARY + "' " + command + " --help"));
  commands[command] = help;
  for (const std::string& word : help.subcommands)
    learn(command.empty() ? word : command + " " + word, commands);
}

const Commands& commands() {
  static const Commands all = [] {
    Commands found;
    learn("", found);
    return found;
  }();
  return all;
}

// Nothing found; else the findings are the message.
void require_none(const Findings& found) {
  std::string message;
  for (const std::string& line : found) message += line + '\n';
  INFO(message);
  REQUIRE(found.empty());
}

// Exactly one finding, which says `part`.
void require_one(const Findings& found, const std::string& part) {
  INFO(part);
  CAPTURE(found);
  REQUIRE(found.size() == 1);
  REQUIRE(found.front().find(part) != std::string::npos);
}

const std::vector<Room> k_house = {{"base", 0, {"text.cc"}, {"result.h"}, {}},
                                   {"store", 2, {"env.cc"}, {}, {"base"}},
                                   {"query", 3, {"run.cc"}, {}, {"store"}},
                                   {"gateway", 4, {"exchange.cc"}, {}, {"base"}}};

}  // namespace

// --- the checks themselves
// ---------------------------------------------------------------------------------------

TEST_CASE("The room list is read from pk_room calls, not from comments or the function") {
  const auto found = rooms_of(R"(
# pk_room(ghost FLOOR 1 SOURCES a.cc)
function(pk_room name)
endfunction()
pk_room(base FLOOR 0 SOURCES a.cc b.cc HEADERS c.h LINK fmt::fmt)
pk_room(log
  FLOOR 1  # above
  SOURCES d.cc
  DEPS base))");
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "base");
  CHECK(found[0].sources == std::vector<std::string>{"a.cc", "b.cc"});
  CHECK(found[0].headers == std::vector<std::string>{"c.h"});
  CHECK(found[1].floor == 1);
  CHECK(found[1].deps == std::vector<std::string>{"base"});
}

TEST_CASE("A room that leans on its own floor, a higher one or an unknown room is reported") {
  require_none(check_rooms(k_house, {}));
  require_one(check_rooms({{"a", 1, {}, {}, {"b"}}, {"b", 1, {}, {}, {}}}, {}), "only lower floors");
  require_one(check_rooms({{"a", 1, {}, {}, {"b"}}, {"b", 2, {}, {}, {}}}, {}), "only lower floors");
  require_one(check_rooms({{"a", 1, {}, {}, {"nowhere"}}}, {}), "is no room");
  require_one(check_rooms({{"a", -1, {}, {}, {}}}, {}), "no FLOOR");
}

TEST_CASE("A folder that is no room, and a source that is not listed, are reported") {
  require_none(
      check_rooms(k_house, {{"lib/base/text.cc", ""}, {"lib/base/text.h", ""}, {"cmd/main.cc", ""}}));
  require_one(check_rooms(k_house, {{"lib/attic/a.cc", ""}}), "lib/attic is no room");
  require_one(check_rooms(k_house, {{"lib/base/new.cc", ""}}), "not listed in pk_room(base)");
}

TEST_CASE("An include of a room that DEPS does not name is reported with its line") {
  Tree tree = {{"lib/base/text.h", ""},
               {"lib/store/env.h", "#include \"base/text.h\"\n#include <vector>\n"},
               {"lib/query/run.cc", "#include \"store/env.h\"\n#include \"query/run.h\"\n"},
               {"lib/query/run.h", ""},
               {"cmd/serve.cc", "#include \"query/run.h\"\n#include \"command.h\"\n"},
               {"cmd/command.h", ""}};
  require_none(check_includes(k_house, tree));
  SECTION("a room further down, not named") {
    tree["lib/query/run.cc"] += "#include \"base/text.h\"\n";
    require_one(check_includes(k_house, tree), "lib/query/run.cc:3: query includes base/text.h");
  }
  SECTION("a room above") {
    tree["lib/base/text.h"] = "#include \"store/env.h\"\n";
    require_one(check_includes(k_house, tree), "base includes store/env.h");
  }
  SECTION("a file that is not there") {
    tree["lib/store/env.h"] = "\n#include \"store/gone.h\"\n";
    require_one(check_includes(k_house, tree), "lib/store/env.h:2: \"store/gone.h\" is not there");
  }
  SECTION("cmd, of a header that CMake makes") {
    tree["cmd/serve.cc"] += "#include \"made.h\"\n";
    require_one(check_includes(k_house, tree), "\"made.h\" is no file of a room");
    tree["cmd/CMakeLists.txt"] = "configure_file(made.h.in made.h @ONLY)";
    require_none(check_includes(k_house, tree));
  }
  SECTION("cmd, of no room") {
    tree["cmd/serve.cc"] += "#include \"elsewhere/x.h\"\n";
    require_one(check_includes(k_house, tree), "is no file of a room");
  }
}

TEST_CASE("A bricked door stays shut even where DEPS names the room behind it") {
  require_none(check_doors(k_house, {{"lib/gateway/exchange.cc", "#include \"log/sink.h\"\n"}}));
  require_one(check_doors(k_house, {{"lib/gateway/exchange.cc", "#include \"store/reader.h\"\n"}}),
              "bricked up");
  require_one(check_doors({{"gateway", 4, {}, {}, {"query"}}}, {}), "names query in DEPS");
  for (const char* room : {"route", "provider", "upstream", "cache"})
    require_one(check_doors({}, {{"lib/admin/api.cc", std::string("#include \"") + room + "/x.h\"\n"}}),
                "bricked up");
}

TEST_CASE("A library outside of its rooms is reported") {
  require_none(check_doors({}, {{"lib/store/env.cc", "#include <lmdb.h>\n"},
                                {"lib/upstream/client.cc", "#include <curl/curl.h>\n"},
                                {"cmd/main.cc", "#include <CLI/CLI.hpp>\n"}}));
  require_one(check_doors({}, {{"lib/query/run.cc", "#include <lmdb.h>\n"}}), "query may not include lmdb.h");
  require_one(check_doors({}, {{"lib/store/env.cc", "#include <hiredis/hiredis.h>\n"}}),
              "store may not include hiredis/");
  require_none(check_doors({}, {{"lib/cache/vector_index.cc", "#include <hnswlib/hnswlib.h>\n"}}));
  require_one(check_doors({}, {{"cmd/serve.cc", "#include <hnswlib/hnswlib.h>\n"}}),
              "cmd may not include hnswlib/");
  require_one(check_doors({}, {{"lib/gateway/relay.cc", "#include <openssl/ssl.h>\n"}}),
              "gateway may not include openssl/");
  require_one(check_doors({}, {{"cmd/serve.cc", "#include <curl/curl.h>\n"}}),
              "cmd may not include curl/curl.h");
  require_one(check_doors({}, {{"lib/config/settings.cc", "# include <CLI/CLI.hpp>\n"}}),
              "config may not include CLI/");
}

TEST_CASE("A unit without its test, and an exemption without need or reason, are reported") {
  const std::vector<Room> house = {{"base", 0, {"text.cc"}, {"result.h"}, {}}};
  Tree tree = {{"lib/base/text.cc", ""}, {"tests/base/text_test.cc", ""}, {"tests/base/result_test.cc", ""}};
  require_none(check_tests(house, tree, {}));
  require_one(check_tests(house, tree, {{"lib/base/text.cc", "why"}}), "is exempt, yet has");
  require_one(check_tests(house, tree, {{"lib/base/gone.cc", "why"}}), "is not there");
  tree.erase("tests/base/text_test.cc");
  require_one(check_tests(house, tree, {}), "lib/base/text.cc has no tests/base/text_test.cc");
  require_none(check_tests(house, tree, {{"lib/base/text.cc", "why"}}));
  require_one(check_tests(house, tree, {{"lib/base/text.cc", ""}}), "without a reason");
  require_none(check_tests(house, tree, {{"lib/base/text.cc", "tests/base/result_test.cc"}}));
  require_one(check_tests(house, tree, {{"lib/base/text.cc", "tests/base/gone_test.cc"}}),
              "gone_test.cc, which is not there");
}

TEST_CASE("A throw in code is reported; the word in a comment or a text is not") {
  require_none(
      check_sources({{"lib/a/a.cc", "// never throw\nauto x = \"throw\"; /* throw\nthrow */ int throwing;\n"},
                     {"cmd/main.cc", "throw 1;\n"}},
                    k_lines_max));
  require_one(check_sources({{"lib/a/a.cc", "int f() {\n  if (true) throw 1;\n}\n"}}, k_lines_max),
              "lib/a/a.cc:2: throw");
  require_one(check_sources({{"lib/a/a.h", "auto s = \"a\\\"\"; throw s;\n"}}, k_lines_max), "throw");
  require_one(check_sources({{"lib/a/a.h", "int n = 1'000; throw n; char c = '\"';\n"}}, k_lines_max),
              "throw");
  require_one(check_sources({{"lib/a/a.h", "auto s = R\"(\n\" throw)\";\nthrow s;\n"}}, k_lines_max),
              "a.h:3: throw");
}

TEST_CASE("A file of more than the allowed lines is reported") {
  require_none(check_sources(
      {{"lib/a/a.cc", "\n\n\n"}, {"lib/a/t.def", "\n\n\n\n"}, {"lib/a/notes.md", "\n\n\n\n"}}, 3));
  require_one(check_sources({{"cmd/a.cc", "\n\n\n\n"}}, 3), "has 4 lines; 3 are allowed");
}

TEST_CASE("What does not belong at the top is reported") {
  require_none(check_top({"lib", "cmd", ".ci", "README.md", "dev", "build"}, "/build/\n*.swp\n"));
  require_one(check_top({"lib", "notes.txt"}, "/build/\n"), "notes.txt does not belong");
  require_one(check_top({"build"}, ""), "build does not belong");
}

TEST_CASE("Two fields of one number, and a field that the manual page lacks or invents, are reported") {
  const std::string page = "\n.It Va id\ntext\n.It Va model Pq text\n";
  require_none(check_fields(
      "PK_FIELD(1, id, uuid)\nPK_FIELD(2, model, text)\nPK_FIELD_INTERNAL(3, seed, integer)\n", page));
  require_one(check_fields("PK_FIELD(1, id, uuid)\nPK_FIELD(1, model, text)\n", page),
              "number 1 is there twice");
  require_one(check_fields("PK_FIELD(1, id, uuid)\nPK_FIELD(2, model, a)\nPK_FIELD_FULL(3, body, b)\n", page),
              "does not explain the field body");
  require_one(check_fields("PK_FIELD(1, id, uuid)\n", page), "explains model, which is no field");
  const std::string two =
      "PK_FIELD(1, id, uuid)\nPK_FIELD_FULL(2, body, b)\nPK_FIELD_INTERNAL(3, seed, integer)\n";
  require_none(check_offered_fields(two, "_pk", "x='id body'"));
  require_one(check_offered_fields(two, "_pk", "x='ids body'"), "_pk does not offer the field id");
  require_none(check_fields("//   PK_FIELD(number, name, kind)\nPK_FIELD(1, id, uuid)\n", "\n.It Va id\n"));
}

TEST_CASE("Flags and subcommands are read from the help") {
  const Help help = help_of(R"(A ledger. Try --nothing here.
Usage: pk logs [OPTIONS] SUBCOMMAND

Options:
  -h,--help                   Print this
  -n, --limit N               How many, see --reverse
  --json=FIELDS
Filters:
  --min-cost USD REQUIRED
Subcommands:
  list                        Newest first
                              and more words
  rm
)");
  CHECK(help.flags == Words{"help", "limit", "json", "min-cost"});
  CHECK(help.subcommands == Words{"list", "rm"});
}

TEST_CASE("A command without a page, a flag unexplained and a flag invented are reported") {
  const Commands cli = {
      {"", {{"help", "data"}, {"logs"}}}, {"logs", {{"help"}, {"rm"}}}, {"logs rm", {{"help", "yes"}, {}}}};
  Tree tree = {{"man/pk.1", ".It Fl -data Ar DIR\n.It Fl h , Fl -help\n.Xr pk-logs 1\n"},
               {"man/pk-logs.1", ".Ss Cm rm\n.It Fl y , Fl -yes\n"}};
  require_none(check_pages(cli, tree));
  SECTION("a page is missing") {
    tree.erase("man/pk-logs.1");
    REQUIRE(check_pages(cli, tree).size() == 2);  // of `logs` and of `logs rm`
  }
  SECTION("a flag is not explained") {
    tree["man/pk-logs.1"] = ".Ss Cm rm\n";
    require_one(check_pages(cli, tree), "does not explain --yes of pk logs rm");
  }
  SECTION("a flag is invented") {
    tree["man/pk-logs.1"] += ".It Fl -force\n";
    require_one(check_pages(cli, tree), "explains --force, which is no flag of it");
  }
  SECTION("a subcommand is not named") {
    tree["man/pk-logs.1"] = ".It Fl y , Fl -yes\n";
    require_one(check_pages(cli, tree), "does not name the command rm");
  }
}

TEST_CASE("A completion that lacks a flag or a command, or offers one too many, is reported") {
  const Commands cli = {{"", {{"help"}, {"plan"}}}, {"plan", {{"help", "json"}, {}}}};
  const std::string bash = "# pk\nx='--help plan'\n  # pk plan\ny='--help --json='\n";
  require_none(check_completion(cli, "pk.bash", bash, "--"));
  require_one(check_completion(cli, "pk.bash", "# pk\nx='--help plan'\n# pk plan\n", "--"),
              "does not offer --json");
  require_one(check_completion(cli, "pk.bash", bash + "z='--force'\n", "--"), "offers --force");
  require_one(check_completion(cli, "pk.bash", "# pk\n--help\n# pk plan\n--json\n", "--"),
              "the command plan");
  require_none(check_completion(cli, "_pk",
                                "shared=(\n  --json\n)\n  # pk\n--help plan\n# pk plan\nx $shared\n", "--"));
  require_none(check_completion(
      cli, "pk.fish", "function __all x\n  -l json\nend\n# pk\n-l help -a plan\n# pk plan\n__all plan\n",
      "-l "));
  require_none(
      check_completion(cli, "pk.fish", "# pk\n-l help -a plan\n# pk plan\n-s o -l json -d 'x-l y'\n", "-l "));
}

TEST_CASE("A command that no test runs is reported") {
  const Commands cli = {{"", {{}, {"logs", "plan"}}}, {"logs", {{}, {"rm"}}}, {"logs rm", {}}, {"plan", {}}};
  require_none(check_command_tests(
      cli, {{"tests/cmd/a_test.cc", "run({\"logs\", \"rm\", id})"}, {"tests/b.sh", "pk plan set"}}));
  require_none(check_command_tests(cli, {{"tests/e2e/a.mjs", "pk.run('logs', 'rm'); pk.run('plan')"}}));
  REQUIRE(check_command_tests(cli, {{"tests/completions_test.sh", "pk logs rm\npk plan"}}).size() == 2);
  require_one(check_command_tests(cli, {{"tests/cmd/a_test.cc", "run({\"plan\"}) \"logs\" \"rm\""}}),
              "pk logs rm is run by no test");
  require_one(
      check_command_tests(cli, {{"tests/cmd/a_test.cc", "{\"logs\", \"rm\"}"}, {"man/pk.1", "pk plan"}}),
      "pk plan is run");
}

// --- the project
// ---------------------------------------------------------------------------------------------------

TEST_CASE("The rooms stand on lower floors and hold what the list says") {
  REQUIRE(rooms().size() >= 2);
  require_none(check_rooms(rooms(), project()));
}

TEST_CASE("Every include goes through a door of its room") {
  require_none(check_includes(rooms(), project()));
  require_none(check_doors(rooms(), project()));
}

TEST_CASE("Every unit has its test") {
  require_none(check_tests(rooms(), project(), exempt()));
}

TEST_CASE("Sources are short and lib does not throw") {
  require_none(check_sources(project(), k_lines_max));
}

TEST_CASE("The top level holds only what the design allows") {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(PK_SOURCE_DIR))
    names.push_back(entry.path().filename().string());
  REQUIRE(names.size() >= 5);
  require_none(check_top(names, output_of(std::string("cat '") + PK_SOURCE_DIR + "/.gitignore'")));
}

TEST_CASE("The fields and the manual page agree") {
  require_none(check_fields(file("lib/log/fields.def"), file("man/pk-api.7")));
  for (const char* path : {"completions/pk.bash", "completions/_pk", "completions/pk.fish"})
    require_none(check_offered_fields(file("lib/log/fields.def"), path, file(path)));
}

TEST_CASE("Commands, manual pages and completions agree") {
  REQUIRE(commands().size() > 5);
  REQUIRE(commands().at("").subcommands.contains("serve"));
  require_none(check_pages(commands(), project()));
  require_none(check_completion(commands(), "completions/pk.bash", file("completions/pk.bash"), "--"));
  require_none(check_completion(commands(), "completions/_pk", file("completions/_pk"), "--"));
  require_none(check_completion(commands(), "completions/pk.fish", file("completions/pk.fish"), "-l "));
}

TEST_CASE("Every command is run by a test") {
  require_none(check_command_tests(commands(), project()));
}
