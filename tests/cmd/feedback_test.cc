#include <algorithm>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    log::LogRecord record = sample_record(k_time, 0x11111100);
    record.trace_id = "trace one";
    ledger.write({record});
  }
  PkOutcome pk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments)});
  }
  std::string jq(std::vector<std::string> arguments, const std::string& filter) const {
    arguments.insert(arguments.end(), {"--jq", filter});
    return pk(std::move(arguments)).out;
  }

  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Feedback on a log counts for its trace, and its id is printed") {
  const auto done = pk({"feedback", "add", "@latest", "--value", "-10", "--weight", "0.5", "--metadata",
                        "team=red", "--metadata", "a=b=c", "--comment", "not so"});
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
  CHECK(done.out.size() == 37);
  CHECK(jq({"feedback", "list"}, ".[0]|[.trace_id,.value,.weight,.metadata,.comment]|tostring") ==
        "[\"trace one\",-10,0.5,{\"team\":\"red\",\"a\":\"b=c\"},\"not so\"]\n");
  CHECK(jq({"logs", "show", "@latest"}, ".feedback|tostring") == "{\"count\":1,\"weighted_average\":-10}\n");
  CHECK(jq({"logs", "list", "--max-feedback", "-5"}, "length") == "1\n");
  CHECK(jq({"logs", "list", "--min-feedback", "0"}, "length") == "0\n");
}

TEST_CASE_METHOD(Fixture, "Feedback may come before its log, and before there is a ledger") {
  CHECK(pk({"feedback", "add", "--trace-id", "later", "--value", "3"}).exit == 0);
  log::LogRecord record = sample_record(k_time + 5, 2);
  record.trace_id = "later";
  ledger.write({record});
  CHECK(jq({"logs", "show", "@latest"}, ".feedback.weighted_average") == "3\n");
  const TempFolder folder;
  const std::string data = (folder.path() / "none").string();
  CHECK(call_pk({.arguments = {"--data", data, "feedback", "list", "--json"}}).out == "[]\n");
  CHECK(call_pk({.arguments = {"--data", data, "feedback", "stats", "--jq", ".count"}}).out == "0\n");
  CHECK(call_pk({.arguments = {"--data", data, "feedback", "add", "@latest", "--value", "1"}}).exit == 3);
  CHECK_FALSE(std::filesystem::exists(data));
  CHECK(call_pk({.arguments = {"--data", data, "feedback", "add", "--trace-id", "t", "--value", "1"}}).exit ==
        0);
}

TEST_CASE_METHOD(Fixture, "Wrong types and ranges exit 2 and keep nothing") {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"@latest"},
                                                {"--value", "1"},
                                                {"@latest", "--value", "11"},
                                                {"@latest", "--value", "1.5"},
                                                {"@latest", "--value", "good"},
                                                {"@latest", "--value", "1", "--weight", "2"},
                                                {"@latest", "--value", "1", "--weight", "nan"},
                                                {"@latest", "--value", "1", "--metadata", "team"},
                                                {"@latest", "--value", "1", "--metadata", "=x"},
                                                {"@latest", "--trace-id", "t", "--value", "1"}}) {
    std::vector<std::string> arguments = {"feedback", "add"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const auto done = pk(arguments);
    CHECK(done.exit == 2);
    CHECK(std::ranges::count(done.err, '\n') == 1);
  }
  CHECK(pk({"feedback", "add", "@9", "--value", "1"}).exit == 3);
  CHECK(pk({"feedback", "list", "-n", "-1"}).exit == 2);
  CHECK(jq({"feedback", "list"}, "length") == "0\n");
}

TEST_CASE_METHOD(Fixture, "The list is newest first, of all or one trace; piped it is lines, nothing cut") {
  for (const char* value : {"1", "2", "3"}) pk({"feedback", "add", "@latest", "--value", value});
  pk({"feedback", "add", "--trace-id", "other", "--value", "-1", "--comment", "tab\there"});
  CHECK(jq({"feedback", "list"}, "map(.value)|tostring") == "[-1,3,2,1]\n");
  CHECK(jq({"feedback", "list", "-n", "2"}, "map(.value)|tostring") == "[-1,3]\n");
  CHECK(jq({"feedback", "list", "-n", "0", "--trace-id", "trace one"}, "map(.value)|tostring") ==
        "[3,2,1]\n");
  const auto piped = pk({"feedback", "list", "-n", "1"});
  CHECK(std::ranges::count(piped.out, '\n') == 1);
  CHECK(piped.out.find("\tother\t-1\t1\t{}\ttab\\there\t2") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A model's name stays on its line of the statistics, whatever it is made of") {
  log::LogRecord record = sample_record(k_time + 1, 2);
  record.model = "a\nb\x1b[2J";
  ledger.write({record});
  pk({"feedback", "add", "@latest", "--value", "1"});
  const auto table = pk({"feedback", "stats", "-o", "table"});
  CHECK(table.out.find("\n  a\\u000ab\\u001b[2J  1 (average 1.00)\n") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "Statistics add up by value, by model and over time") {
  pk({"feedback", "add", "@latest", "--value", "10"});
  pk({"feedback", "add", "@latest", "--value", "-5", "--weight", "0.5"});
  CHECK(jq({"feedback", "stats"},
           "[.count,.weighted_average,.by_value,.by_model,(.over_time|length)]|tostring") ==
        "[2,5,[{\"value\":-5,\"count\":1},{\"value\":10,\"count\":1}],"
        "[{\"model\":\"gpt-4o-mini\",\"count\":2,\"weighted_average\":5}],1]\n");
  const auto table = pk({"feedback", "stats", "-o", "table"});
  CHECK(table.out.find("gpt-4o-mini  2 (average 5.00)") != std::string::npos);
}

}  // namespace pk::test
