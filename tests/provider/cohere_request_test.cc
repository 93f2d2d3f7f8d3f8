#include "provider/cohere_request.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

Result<std::string> translated(const std::string& body) {
  const auto chat = read_chat(body);
  REQUIRE(chat);
  return cohere_chat_body(*chat, "m", false);
}

std::string messages(std::string_view json) {
  const auto result = translated("{\"messages\":" + std::string(json) + "}");
  REQUIRE(result);
  CHECK(is_json(*result));
  constexpr std::string_view k_head = R"({"model":"m","messages":)";
  constexpr std::string_view k_tail = R"(,"stream":false})";
  REQUIRE(result->ends_with(k_tail));
  return result->substr(k_head.size(), result->size() - k_head.size() - k_tail.size());
}

std::string rest(std::string_view members) {
  const auto result =
      translated(R"({"messages":[{"role":"user","content":"q"}])" + std::string(members) + "}");
  REQUIRE(result);
  CHECK(is_json(*result));
  return result->substr(
      std::string_view(R"({"model":"m","messages":[{"role":"user","content":"q"}])").size());
}

TEST_CASE("Messages keep their roles; a developer is the system") {
  CHECK(
      messages(R"([{"role":"developer","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},
                     {"type":"text","text":"b"}]},{"role":"assistant","content":"c"}])") ==
      R"([{"role":"system","content":"s"},{"role":"user","content":"ab"},{"role":"assistant","content":"c"}])");
}

TEST_CASE("Images and parts of Cohere's own stand in the content") {
  CHECK(messages(R"([{"role":"user","content":[{"type":"text","text":"a"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},
      {"type":"document","document":{"data":"d"}}]}])") ==
        R"([{"role":"user","content":[{"type":"text","text":"a"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},)"
        R"({"type":"document","document":{"data":"d"}}]}])");
}

TEST_CASE("Tool calls have their plan, results their call") {
  CHECK(messages(R"([{"role":"assistant","content":"I look","tool_calls":[{"id":"c1","type":"function",
      "function":{"name":"f","arguments":"{\"n\":1.50}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}])") ==
        R"([{"role":"assistant","tool_plan":"I look","tool_calls":[{"id":"c1","type":"function","function":)"
        R"({"name":"f","arguments":"{\"n\":1.50}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}])");
}

TEST_CASE("Parameters have Cohere's names and keep their digits") {
  CHECK(rest("") == R"(,"stream":false})");
  CHECK(
      rest(
          R"(,"temperature":0.70,"top_p":0.9,"top_k":5,"max_tokens":10,"seed":12345678901234567890,"stop":"x",
                 "frequency_penalty":0.10,"presence_penalty":0,"user":"u","logit_bias":{},"n":1)") ==
      R"(,"max_tokens":10,"temperature":0.70,"p":0.9,"k":5,"seed":12345678901234567890,"frequency_penalty":0.10,)"
      R"("presence_penalty":0,"stop_sequences":["x"],"stream":false})");
}

TEST_CASE("A response format is a JSON object, with its schema") {
  CHECK(rest(R"(,"response_format":{"type":"text"})") == R"(,"stream":false})");
  CHECK(rest(R"(,"response_format":{"type":"json_object"})") ==
        R"(,"response_format":{"type":"json_object"},"stream":false})");
  CHECK(
      rest(
          R"(,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}})") ==
      R"(,"response_format":{"type":"json_object","json_schema":{"type":"object"}},"stream":false})");
}

constexpr std::string_view k_tools =
    R"(,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},
       {"type":"function","function":{"name":"g"}}])";

TEST_CASE("Tools are offered; a named one alone") {
  const std::string f =
      R"({"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}})";
  const std::string g =
      R"({"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}})";
  const std::string all = R"(,"tools":[)" + f + "," + g + R"(],"strict_tools":true)";
  CHECK(rest(k_tools) == all + R"(,"stream":false})");
  CHECK(rest(std::string(k_tools) + R"(,"tool_choice":"auto")") == all + R"(,"stream":false})");
  CHECK(rest(std::string(k_tools) + R"(,"tool_choice":"none")") ==
        all + R"(,"tool_choice":"NONE","stream":false})");
  CHECK(rest(std::string(k_tools) + R"(,"tool_choice":"required")") ==
        all + R"(,"tool_choice":"REQUIRED","stream":false})");
  CHECK(rest(std::string(k_tools) + R"(,"tool_choice":{"type":"function","function":{"name":"g"}})") ==
        R"(,"tools":[)" + g + R"(],"tool_choice":"REQUIRED","stream":false})");
}

TEST_CASE("Members of Cohere's own pass; thinking in the other spelling is turned") {
  CHECK(rest(R"(,"documents":["a"],"safety_mode":"OFF")") ==
        R"(,"documents":["a"],"safety_mode":"OFF","stream":false})");
  CHECK(rest(R"(,"thinking":{"type":"enabled","budget_tokens":9})") ==
        R"(,"thinking":{"type":"enabled","token_budget":9},"stream":false})");
  CHECK(rest(R"(,"thinking":{"type":"disabled"})") == R"(,"thinking":{"type":"disabled"},"stream":false})");
  CHECK(rest(R"(,"reasoning_effort":"none")") == R"(,"thinking":{"type":"disabled"},"stream":false})");
}

TEST_CASE("What Cohere cannot hold is refused by name") {
  CHECK(translated(R"({"messages":[{"role":"user"}],"n":2})").error().message ==
        "cohere gives one choice: leave `n` out");
  CHECK(
      translated(
          R"({"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"A","format":"wav"}}]}]})")
          .error()
          .message == "cohere takes no content of type \"input_audio\"");
}

TEST_CASE("Embeddings are of documents unless the client says otherwise") {
  const auto plain = read_embeddings(R"({"input":["a","b"],"dimensions":256})");
  REQUIRE(plain);
  CHECK(
      cohere_embed_body(*plain, "embed-v4.0") ==
      R"({"model":"embed-v4.0","texts":["a","b"],"output_dimension":256,"input_type":"search_document","embedding_types":["float"]})");
  const auto own = read_embeddings(
      R"({"input":"a","input_type":"search_query","truncate":"END","embedding_types":["int8"]})");
  REQUIRE(own);
  CHECK(
      cohere_embed_body(*own, "m") ==
      R"({"model":"m","texts":["a"],"input_type":"search_query","truncate":"END","embedding_types":["float"]})");
}

}  // namespace
}  // namespace pk::provider
