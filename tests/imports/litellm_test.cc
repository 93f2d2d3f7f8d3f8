#include "imports/form.h"

#include "imports/rows.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::imports;
using test::record_of;

namespace {

constexpr std::string_view k_litellm =
    R"({"request_id":"chatcmpl-34df56d5","call_type":"acompletion","api_key":"88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",)"
    R"("spend":0.00086,"total_tokens":36,"prompt_tokens":14,"completion_tokens":22,"startTime":"2024-05-30T12:34:56.000000",)"
    R"("endTime":"2024-05-30T12:34:57.250000","completionStartTime":"2024-05-30T12:34:56.500000","model":"openai/gpt-4o",)"
    R"("custom_llm_provider":"openai","user":"","metadata":{"team":"red","user_api_key":"sk-12345678901234567890",)"
    R"("spend_logs_metadata":{"job":"7"}},"cache_hit":"False","cache_key":"Cache OFF","request_tags":["a","b"],)"
    R"("messages":[{"role":"user","content":"Hi"}],"response":{"id":"chatcmpl-34df56d5","choices":[]},"end_user":"ana","status":"success"})";

}  // namespace

TEST_CASE("A spend log of LiteLLM as a record") {
  const auto record = record_of(k_litellm);
  CHECK(record.created_at == 1'717'072'496'000);
  CHECK(record.endpoint == log::Endpoint::chat_completions);
  CHECK(record.path == "/v1/chat/completions");
  CHECK(record.provider == "openai");
  CHECK(record.model == "gpt-4o");
  CHECK(record.prompt_tokens == 14);
  CHECK(record.completion_tokens == 22);
  CHECK(record.total_tokens == 36);
  CHECK(record.cost_usd == 0.00086);
  CHECK(record.latency_ms == 1250);
  CHECK_FALSE(record.ttft_ms);  // not streamed
  CHECK(record.user == "ana");
  CHECK(record.cache == log::Cache::disabled);
  CHECK(record.metadata ==
        log::Metadata{{"team", "red"}, {"user_api_key", "sk********890"}, {"job", "7"}, {"tags", "a,b"}});
  CHECK(record.ok);
  CHECK(record.http_status == 200);
  CHECK(record.request->body == R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]})");
  CHECK(record.response->body == R"({"id":"chatcmpl-34df56d5","choices":[]})");
  CHECK(record.replay_blocked_by == log::ReplayBlock::none);
  CHECK(record.attempts.size() == 1);
  CHECK(record == record_of(k_litellm));
}

TEST_CASE("A failed one of LiteLLM, a cached one, one without bodies") {
  const auto failed = record_of(
      R"({"request_id":"1","call_type":"aembedding","startTime":1717072496.5,"status":"failure","proxy_server_request":"{\"model\":\"m\",\"input\":\"x\",\"stream\":true}",)"
      R"("completionStartTime":1717072497,"endTime":1717072498,)"
      R"("metadata":"{\"error_information\":{\"error_code\":\"429\",\"error_message\":\"slow down at https://x/?key=abcdefghijklmnopqrstuvwxyz\"}}"})");
  CHECK_FALSE(failed.ok);
  CHECK(failed.http_status == 429);
  CHECK(failed.error == "slow down at https://x/?key=ab********xyz");
  CHECK(failed.endpoint == log::Endpoint::embeddings);
  CHECK(failed.request->body == R"({"model":"m","input":"x","stream":true})");
  CHECK(failed.ttft_ms == 500);
  CHECK(failed.latency_ms == 1500);
  const auto hit = record_of(
      R"({"request_id":"2","call_type":"completion","startTime":"2024-05-30","cache_hit":"True","cache_key":"k","messages":"{}","response":"{}","spend":0,"user":"bo","end_user":"ana","custom_llm_provider":"gemini"})");
  CHECK(hit.cache == log::Cache::hit);
  CHECK(hit.cost_usd == 0.0);
  CHECK(hit.user == "bo");
  CHECK(hit.metadata == log::Metadata{{"end_user", "ana"}});
  CHECK(hit.provider == "google");
  CHECK_FALSE(hit.request);
  CHECK_FALSE(hit.response);
  CHECK(hit.attempts.empty());
  CHECK(hit.replay_blocked_by == log::ReplayBlock::no_content);
}
