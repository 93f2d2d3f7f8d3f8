#include "provider/bedrock_request.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

Result<std::string> translated(const std::string& body, std::string_view model) {
  const auto chat = read_chat(body);
  REQUIRE(chat);
  return bedrock_chat_body(*chat, model);
}

std::string rest(std::string_view members, std::string_view model = "anthropic.claude-v2") {
  const auto result =
      translated(R"({"messages":[{"role":"user","content":"q"}])" + std::string(members) + "}", model);
  REQUIRE(result);
  CHECK(is_json(*result));
  return result->substr(std::string_view(R"({"messages":[{"role":"user","content":[{"text":"q"}]}])").size());
}

TEST_CASE("Parameters that Converse has keep their digits, others are left out") {
  CHECK(rest("") == "}");
  CHECK(
      rest(
          R"(,"temperature":0.70,"top_p":0.9,"max_tokens":10,"stop":["a"],"seed":1,"presence_penalty":1,"user":"u",
                 "response_format":{"type":"json_object"},"stream":true,"n":1,"reasoning_effort":"low")") ==
      R"(,"inferenceConfig":{"maxTokens":10,"temperature":0.70,"topP":0.9,"stopSequences":["a"]}})");
}

constexpr std::string_view k_tools =
    R"(,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","x":1.0}}},
       {"type":"function","function":{"name":"g"},"cache_control":{"type":"ephemeral"}}])";
constexpr std::string_view k_specs =
    R"("tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object","x":1.0}}}},)"
    R"({"toolSpec":{"name":"g","inputSchema":{"json":{"type":"object","properties":{}}}}},{"cachePoint":{"type":"default"}}])";

TEST_CASE("Tools keep their schema, and every choice has its form") {
  const auto config = [](std::string_view choice) {
    return rest(std::string(k_tools) + std::string(choice));
  };
  const std::string all = R"(,"toolConfig":{)" + std::string(k_specs);
  CHECK(config("") == all + "}}");
  CHECK(config(R"(,"tool_choice":"auto")") == all + R"(,"toolChoice":{"auto":{}}}})");
  CHECK(config(R"(,"tool_choice":"required")") == all + R"(,"toolChoice":{"any":{}}}})");
  CHECK(config(R"(,"tool_choice":{"type":"function","function":{"name":"g"}})") ==
        all + R"(,"toolChoice":{"tool":{"name":"g"}}}})");
  CHECK(config(R"(,"tool_choice":"none")") == "}");
}

TEST_CASE("A conversation that used tools keeps them, whatever the choice") {
  const auto result = translated(
      R"({"messages":[{"role":"tool","tool_call_id":"c","content":"r"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none"})",
      "m");
  REQUIRE(result);
  CHECK(result->find("toolConfig") != std::string::npos);
}

TEST_CASE("What OpenAI's form does not have goes to the model, or stays where Converse has it") {
  CHECK(
      rest(
          R"(,"top_k":5,"thinking":{"type":"enabled","budget_tokens":1024},"guardrail_config":{"guardrailIdentifier":"g"},
                 "additionalModelRequestFields":{"anthropic_beta":["x"]},"performanceConfig":{"latency":"optimized"})") ==
      R"(,"additionalModelRequestFields":{"top_k":5,"thinking":{"type":"enabled","budget_tokens":1024},)"
      R"("anthropic_beta":["x"]},"guardrailConfig":{"guardrailIdentifier":"g"},"performanceConfig":{"latency":"optimized"}})");
  CHECK(rest(R"(,"reasoning_effort":"low")", "openai.gpt-oss-120b-1:0") ==
        R"(,"additionalModelRequestFields":{"reasoning_effort":"low"}})");
}

TEST_CASE("More than one choice is refused") {
  CHECK(translated(R"({"messages":[{"role":"user","content":"q"}],"n":2})", "m").error().message ==
        "bedrock gives one choice: leave `n` out");
}

TEST_CASE("Embeddings have the form of their model") {
  const auto one = read_embeddings(R"({"input":"a","dimensions":256,"normalize":true})");
  REQUIRE(one);
  CHECK(*bedrock_embed_body(*one, "amazon.titan-embed-text-v2:0") ==
        R"({"inputText":"a","dimensions":256,"normalize":true})");
  const auto two = read_embeddings(R"({"input":["a","b"],"embedding_types":["int8"]})");
  REQUIRE(two);
  CHECK(*bedrock_embed_body(*two, "cohere.embed-english-v3") ==
        R"({"texts":["a","b"],"input_type":"search_document"})");
  CHECK(bedrock_embed_body(*two, "amazon.titan-embed-text-v1").error().message ==
        "Titan's models on bedrock take one `input` in a request");
  CHECK(bedrock_embed_body(*one, "anthropic.claude").error().code == Errc::invalid);
}

TEST_CASE("A conversation that used tools has each of them once, though the request brings none") {
  constexpr std::string_view k_history =
      R"({"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[
        {"id":"c1","function":{"name":"f","arguments":"{}"}},{"id":"c2","function":{"name":"g","arguments":"{}"}},
        {"id":"c3","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"}])";
  constexpr std::string_view k_minimal =
      R"("toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}},)"
      R"({"toolSpec":{"name":"g","inputSchema":{"json":{"type":"object","properties":{}}}}}]})";
  for (const std::string_view more : {"", R"(,"tools":[])", R"(,"tools":[],"tool_choice":"auto")"}) {
    const auto result = translated(std::string(k_history) + std::string(more) + "}", "m");
    REQUIRE(result);
    CHECK(result->ends_with("," + std::string(k_minimal) + "}"));
  }
}

}  // namespace
}  // namespace pk::provider
