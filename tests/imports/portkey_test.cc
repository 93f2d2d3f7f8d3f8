#include "imports/form.h"

#include "imports/rows.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::imports;
using test::record_of;

namespace {

constexpr std::string_view k_portkey =
    R"({"id":"5a9f","created_at":"2024-05-30T12:34:56.000Z","trace_id":"t-1","ai_org":"azure-openai","ai_model":"gpt-4o","req_units":14,"res_units":22,)"
    R"("total_units":36,"cost":0.086,"cost_currency":"USD","response_time":1250,"response_status_code":200,"is_success":true,"cache_status":"SEMANTIC HIT",)"
    R"("mode":"FALLBACK","config":"pc-main","prompt_slug":"pp-hello","request_url":"https://api.openai.com/v1/chat/completions?x=1","request_method":"POST",)"
    R"("request":{"headers":{"authorization":"Bearer sk-12345678901234567890"},"body":{"model":"gpt-4o-mini","stream":true,"messages":[]}},)"
    R"("response":{"status":200,"headers":{},"body":{"choices":[]}},"metadata":{"_user":"ana","team":"red"}})";

}  // namespace

TEST_CASE("A log of Portkey as a record") {
  const auto record = record_of(k_portkey);
  CHECK(record.created_at == 1'717'072'496'000);
  CHECK(record.trace_id == "t-1");
  CHECK(record.provider == "azure-openai");
  CHECK(record.model == "gpt-4o");
  CHECK(record.requested_model == "gpt-4o-mini");
  CHECK(record.cost_usd == Approx(0.00086));
  CHECK(record.latency_ms == 1250);
  CHECK(record.cache == log::Cache::semantic_hit);
  CHECK(record.fallback == log::Active::active);
  CHECK(record.config_id == "pc-main");
  CHECK(record.prompt_id == "pp-hello");
  CHECK(record.path == "/v1/chat/completions");
  CHECK(record.endpoint == log::Endpoint::chat_completions);
  CHECK(record.stream);
  CHECK(record.user == "ana");
  CHECK(record.request->headers ==
        log::Headers{{"authorization", "Bearer sk********890"}, {"content-type", "application/json"}});
  CHECK(record.request->body == R"({"model":"gpt-4o-mini","stream":true,"messages":[]})");
  CHECK(record.response->body == R"({"choices":[]})");
}

TEST_CASE("A log whose export has headers and no body cannot be replayed") {
  const auto record = record_of(
      R"({"created_at":"2024-05-30T12:34:56Z","ai_org":"openai","request_url":"/v1/chat/completions","request":{"headers":{"a":"b"}}})");
  REQUIRE(record.request);
  CHECK(record.replay_blocked_by == log::ReplayBlock::no_content);
}

TEST_CASE("The older columns of Portkey, in CSV") {
  const std::vector<std::string> names = {
      "created_at",   "ai_org",         "ai_model",           "response_status_code",
      "request.body", "response.body",  "stream_mode",        "cache_status",
      "metadata.key", "metadata.value", "retry_success_count"};
  const std::vector<std::string> cells = {"2024-05-30 12:34:56",
                                          "openai",
                                          "gpt-4o",
                                          "500",
                                          R"({"messages":[],"user":"eve"})",
                                          R"({"error":{"message":"broken"}})",
                                          "FALSE",
                                          "MISS",
                                          R"(["_user","team"])",
                                          R"(["ana","red"])",
                                          "2"};
  const auto row = Row::of_cells(names, cells);
  REQUIRE(row);
  const auto record = to_record(*row);
  REQUIRE(record);
  CHECK(record->endpoint == log::Endpoint::chat_completions);
  CHECK_FALSE(record->ok);
  CHECK(record->error == "broken");
  CHECK(record->cache == log::Cache::miss);
  CHECK(record->user == "ana");
  CHECK(record->metadata == log::Metadata{{"_user", "ana"}, {"team", "red"}});
  CHECK(record->retry == log::Retry::success);
  CHECK(record->retry_attempts == 2);
  CHECK(to_record(*row)->id == record->id);
}
