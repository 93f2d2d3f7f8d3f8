// What all commands share: global flags, settings, errors, exit codes.
#include <csignal>
#include <fstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

bool is_one_line(const std::string& text) {
  return text.starts_with("pk: ") && text.find('\n') == text.size() - 1;
}

constexpr std::int64_t k_time = 1'772'357'400'000;

}  // namespace

TEST_CASE("Help and version go to stdout with 0") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                    {"--version"},
                                                    {"logs", "--help"},
                                                    {"logs", "list", "--help"},
                                                    {"logs", "list", "-h"},
                                                    {"plan", "set", "--help"}}) {
    const auto done = call_pk({.arguments = arguments});
    CHECK(done.exit == 0);
    CHECK_FALSE(done.out.empty());
    CHECK(done.err.empty());
  }
  CHECK(call_pk({.arguments = {"--version"}}).out.starts_with("pk "));
}

TEST_CASE("Wrong usage is one line on stderr, exit 2, and nothing on stdout") {
  const std::vector<std::string> cases[] = {{},
                                            {"nonsense"},
                                            {"--nonsense"},
                                            {"logs"},
                                            {"logs", "nonsense"},
                                            {"logs", "list", "--nonsense"},
                                            {"logs", "list", "--status"},
                                            {"logs", "show"},
                                            {"plan", "set"},
                                            {"plan", "set", "gold"},
                                            {"plan", "show", "extra"},
                                            {"prune", "--older-than", "soon"},
                                            {"verify", "extra"},
                                            {"completions", "tcsh"},
                                            {"--color", "sometimes", "plan"},
                                            {"logs", "list", "--listen", "127.0.0.1:1"}};
  const SampleLedger ledger;
  for (const auto& arguments : cases) {
    CAPTURE(arguments);
    const auto done =
        call_pk({.arguments = arguments, .environment = {"PK_DATA=" + ledger.folder().string()}});
    CHECK(done.exit == 2);
    CHECK(done.out.empty());
    CHECK(is_one_line(done.err));
  }
}

TEST_CASE("Global flags are taken before and after the command, and win over the environment") {
  const SampleLedger ledger, other;
  ledger.write({sample_record(k_time, 1)});
  const std::string data = ledger.folder().string();
  const auto count = [](const PkOutcome& done) { return done.out; };
  CHECK(count(call_pk({.arguments = {"--data", data, "logs", "list", "--jq", "length"}})) == "1\n");
  CHECK(count(call_pk({.arguments = {"logs", "list", "--data", data, "--jq", "length"}})) == "1\n");
  CHECK(count(call_pk({.arguments = {"logs", "--data=" + data, "list", "--jq", "length"},
                       .environment = {"PK_DATA=" + other.folder().string()}})) == "1\n");
  CHECK(count(call_pk(
            {.arguments = {"logs", "list", "--jq", "length"}, .environment = {"PK_DATA=" + data}})) == "1\n");
  CHECK(count(call_pk({.arguments = {"logs", "list", "--jq", "length"},
                       .environment = {"PK_DATA=", "XDG_DATA_HOME=/nonexistent"}})) == "0\n");
}

TEST_CASE("The settings file is read, and what is wrong in it is named") {
  const SampleLedger ledger;
  ledger.write({sample_record(k_time, 1)});
  const TempFolder folder;
  const std::string file = (folder.path() / "pk.toml").string();
  std::ofstream(file) << "data = \"" << ledger.folder().string() << "\"\n";
  CHECK(call_pk({.arguments = {"logs", "list", "--jq", "length", "--config", file}}).out == "1\n");
  CHECK(
      call_pk({.arguments = {"logs", "list", "--jq", "length"}, .environment = {"PK_CONFIG=" + file}}).out ==
      "1\n");
  std::ofstream(file) << "listn = \"127.0.0.1:1\"\n";
  const auto wrong = call_pk({.arguments = {"logs", "list", "--config", file}});
  CHECK(wrong.exit == 2);
  CHECK(wrong.err.starts_with("pk: " + file + ":1: listn: unknown key"));
  CHECK(is_one_line(wrong.err));
}

TEST_CASE("Colours come with --color always, and never otherwise into a pipe") {
  const SampleLedger ledger;
  ledger.write({sample_record(k_time, 1)});
  const std::vector<std::string> list = {"--data", ledger.folder().string(), "logs", "list", "-o", "table"};
  const auto with = [&](std::vector<std::string> more, std::vector<std::string> environment, bool terminal) {
    more.insert(more.begin(), list.begin(), list.end());
    return call_pk({.arguments = more, .environment = std::move(environment), .terminal = terminal})
               .out.find("\x1b[") != std::string::npos;
  };
  CHECK(with({"--color", "always"}, {}, false));
  CHECK_FALSE(with({}, {}, false));
  CHECK(with({}, {}, true));
  CHECK_FALSE(with({}, {"NO_COLOR=1"}, true));
  CHECK_FALSE(with({}, {"TERM=dumb"}, true));
  CHECK_FALSE(with({"--color", "never"}, {}, true));
  CHECK(with({"--color", "always"}, {"NO_COLOR=1"}, true));
}

TEST_CASE("A reader that leaves ends the command quietly") {
  const SampleLedger ledger;
  std::vector<log::LogRecord> many;
  for (unsigned i = 0; i < 5000; ++i) many.push_back(sample_record(k_time + i, i));
  ledger.write(many);
  PkProcess pk({.arguments = {"--data", ledger.folder().string(), "logs", "list", "-n", "0", "-o", "jsonl"}});
  CHECK_FALSE(pk.read_line().empty());
  pk.close_output();
  const auto done = pk.wait();
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
}

TEST_CASE("A write that fails is told, exit 1") {
  const SampleLedger ledger;
  ledger.write({sample_record(k_time, 1)});
  // What a full disk answers, without one.
  const auto done =
      call_pk({.arguments = {"--data", ledger.folder().string(), "logs", "list"}, .full_output = true});
  CHECK(done.exit == 1);
  CHECK(is_one_line(done.err));
  CHECK(done.err.find("No space left on device") != std::string::npos);
}

}  // namespace pk::test
