#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

TEST_CASE("Values come with their number, the most frequent first") {
  const SampleLedger ledger;
  std::vector<log::LogRecord> records;
  for (unsigned i = 0; i < 4; ++i) records.push_back(sample_record(1'772'357'400'000 + i, i));
  records[3].model = "gpt-4o";
  records[3].metadata = {{"team", "a\tb"}};
  ledger.write(records);
  const auto pk = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string(), "logs", "values"});
    return call_pk({.arguments = std::move(arguments)});
  };
  CHECK(pk({"model"}).out == "gpt-4o-mini\t3\ngpt-4o\t1\n");
  CHECK(pk({"model", "-n", "1"}).out == "gpt-4o-mini\t3\n");
  CHECK(pk({"model", "gpt-4o-"}).out == "gpt-4o-mini\t3\n");
  CHECK(pk({"metadata"}).out == "team\t1\n");
  CHECK(pk({"metadata.team"}).out == "a\\tb\t1\n");
  CHECK(pk({"model", "--json"}).out ==
        "[\n{\"value\":\"gpt-4o-mini\",\"records\":3},\n{\"value\":\"gpt-4o\",\"records\":1}\n]\n");
  CHECK(pk({"user"}).out.empty());
  CHECK(pk({"colour"}).exit == 2);
  CHECK(pk({"colour"}).err.find("there are model") != std::string::npos);
  CHECK(pk({"model", "-n", "x"}).exit == 2);
}

TEST_CASE("Without a ledger there are no values") {
  const TempFolder folder;
  const auto done = call_pk(
      {.arguments = {"--data", (folder.path() / "none").string(), "logs", "values", "model", "--json"}});
  CHECK(done.exit == 0);
  CHECK(done.out == "[]\n");
}

}  // namespace pk::test
