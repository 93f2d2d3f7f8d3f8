#include "provider/chat_form.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

const ChatEnvelope k_envelope{"id\"1", "m", "anthropic", 1700000000};

TEST_CASE("A body has one choice with its message") {
  const std::string body =
      chat_body(k_envelope, R"({"role":"assistant","content":"x"})", "stop", R"({"prompt_tokens":1})");
  CHECK(
      body ==
      R"({"id":"id\"1","object":"chat.completion","created":1700000000,"model":"m","provider":"anthropic",)"
      R"("choices":[{"index":0,"message":{"role":"assistant","content":"x"},"logprobs":null,"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":1}})");
  CHECK(is_json(body));
}

TEST_CASE("A chunk is one event, its finish_reason null until there is one") {
  std::string out = "before";
  append_chat_chunk(out, k_envelope, R"({"content":"x"})");
  CHECK(
      out ==
      "beforedata: "
      "{\"id\":\"id\\\"1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\","
      "\"provider\":\"anthropic\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"logprobs\":null,"
      "\"finish_reason\":null}]}\n\n");
  out.clear();
  append_chat_chunk(out, k_envelope, "{}", "length", R"({"total_tokens":3})");
  CHECK(out.ends_with("\"finish_reason\":\"length\"}],\"usage\":{\"total_tokens\":3}}\n\n"));
}

TEST_CASE("An answer that is none says so as an error") {
  CHECK(
      broken_answer_error("x", "no \"message\"") ==
      R"({"error":{"message":"x error: no \"message\"","type":"upstream_error","param":null,"code":null},"provider":"x"})");
  std::string out;
  append_chat_error(out, "{}");
  CHECK(out == "data: {}\n\n");
}

}  // namespace
}  // namespace pk::provider
