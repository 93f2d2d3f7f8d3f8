#include <signal.h>

#include <filesystem>
#include <fstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/temp_folder.h"

namespace pk::test {

namespace {

std::string spend_log(unsigned n) {
  return R"({"request_id":"chatcmpl-)" + std::to_string(n) + R"(","call_type":"acompletion","startTime":")" +
         std::to_string(1'772'357'400'000 + n) + R"(","endTime":")" + std::to_string(1'772'357'400'250 + n) +
         R"(","model":"gpt-4o","custom_llm_provider":"openai","spend":0.001,"total_tokens":3,)"
         R"("metadata":{"user_api_key":"sk-12345678901234567890"},)"
         R"("messages":[{"role":"user","content":"Hello"}],"response":{"choices":[]},"user":"ana"})";
}

struct Fixture {
  PkOutcome pk(std::vector<std::string> arguments, std::string input = {}) const {
    arguments.insert(arguments.begin(), {"--data", data});
    return call_pk({.arguments = std::move(arguments), .input = std::move(input)});
  }
  void put(std::string_view text) const { std::ofstream(file) << text; }
  std::string count() const { return pk({"logs", "list", "-n", "0", "--jq", "length"}).out; }

  TempFolder folder;
  std::string data = (folder.path() / "data").string();
  std::string file = (folder.path() / "spend.jsonl").string();
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A file is imported, and not doubled when it is imported again") {
  std::string text;
  for (unsigned i = 0; i < 700; ++i) text += spend_log(i) + "\n";
  put(text);
  const auto done = pk({"import", file});
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
  CHECK(done.out == "{\"imported\":700,\"present\":0,\"broken\":0,\"forms\":{\"LiteLLM\":700}}\n");
  CHECK(pk({"import", file, "--jq", ".present"}).out == "700\n");
  CHECK(pk({"import", "-", "--jq", ".present"}, text).out == "700\n");
  CHECK(count() == "700\n");
  CHECK(pk({"logs", "list", "-n", "1", "--jq",
            ".[0] | [.model,.user,.cost_usd,.latency_ms,.total_tokens]|tostring"})
            .out == "[\"gpt-4o\",\"ana\",0.001,250,3]\n");
  const auto shown = pk({"logs", "show", "@latest"});
  CHECK(shown.out.find("sk-1234567890") == std::string::npos);
  CHECK(shown.out.find("sk********890") != std::string::npos);
  CHECK(pk({"verify"}).exit == 0);
}

TEST_CASE_METHOD(Fixture, "Broken rows are counted, and the others are in") {
  put(spend_log(1) + "\nhello\n{\"request_id\":1}\n" + spend_log(2) + "\n{\"cut");
  const auto done = pk({"import", file});
  CHECK(done.exit == 1);
  CHECK(done.out.starts_with("{\"imported\":2,\"present\":0,\"broken\":3,"));
  CHECK(done.err == "pk: 3 rows of " + file + " are left out; line 2: it is no JSON\n");
  CHECK(count() == "2\n");
}

TEST_CASE_METHOD(Fixture, "A dry run imports nothing and makes no ledger") {
  put("[" + spend_log(1) + "," + spend_log(2) + "]");
  CHECK(pk({"import", "--dry-run", file, "--jq", ".imported"}).out == "2\n");
  CHECK_FALSE(std::filesystem::exists(data));
  REQUIRE(pk({"import", file}).exit == 0);
  CHECK(pk({"import", "--dry-run", file, "--jq", "[.imported,.present]|tostring"}).out == "[0,2]\n");
}

TEST_CASE_METHOD(Fixture, "CSV of the table, as PostgreSQL copies it out") {
  put("request_id,call_type,startTime,endTime,model,spend,messages,metadata\n"
      "r-1,acompletion,2026-03-01 09:30:00,2026-03-01 09:30:01,gpt-4o,0.5,\"[{\"\"role\"\": "
      "\"\"user\"\"}]\",\"{\"\"team\"\": \"\"red\"\"}\"\n"
      "r-2,acompletion,2026-03-01 09:31:00\n");
  const auto done = pk({"import", file});
  CHECK(done.exit == 1);
  CHECK(done.err ==
        "pk: 1 row of " + file + " is left out; line 3: it has another number of cells than the header\n");
  CHECK(pk({"logs", "list", "--metadata", "team=red", "--jq", ".[0].created_at"}).out ==
        "2026-03-01T09:30:00.000Z\n");
}

TEST_CASE_METHOD(Fixture, "A file that is none, an empty one, and wrong usage") {
  CHECK(pk({"import", file}).exit == 3);
  CHECK(pk({"import", folder.path().string()}).exit == 1);
  CHECK_FALSE(std::filesystem::exists(data));
  put("");
  CHECK(pk({"import", file}).exit == 0);
  put("name,age\nana,7\n");
  CHECK(pk({"import", file}).exit == 1);
  put("a text of one line\n");
  const auto text = pk({"import", file});
  CHECK(text.exit == 1);
  CHECK(text.err.find("1 row of " + file + " is left out; line 1: it is no export of LiteLLM or Portkey") !=
        std::string::npos);
  put("request_id,call_type,startTime\n");  // an export without rows
  CHECK(pk({"import", file}).exit == 0);
  CHECK(pk({"import"}).exit == 2);
  CHECK(pk({"import", file, "more"}).exit == 2);
  CHECK(pk({"import", "-o", "csv", file}).exit == 2);
}

TEST_CASE_METHOD(Fixture, "An import that was killed is made whole by the next") {
  std::string text;
  for (unsigned i = 0; i < 20'000; ++i) text += spend_log(i) + "\n";
  put(text);
  {
    PkProcess process({.arguments = {"--data", data, "import", file}});
    for (int i = 0; i < 5000 && !std::filesystem::exists(data + "/ledger.mdb"); ++i)
      CHECK(pk({"logs", "list", "-n", "1"}).exit == 0);
    process.signal(SIGKILL);
    process.wait();
  }
  CHECK(pk({"import", file, "--jq", ".imported + .present"}).out == "20000\n");
  CHECK(count() == "20000\n");
  CHECK(pk({"verify"}).exit == 0);
}

}  // namespace pk::test
