#include "provider/google_request.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

// The body without its contents, for a request with these members.
std::string rest(std::string_view members, std::string_view model = "gemini-2.0-flash") {
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"q"}])" + std::string(members) + "}";
  const auto chat = read_chat(body);
  REQUIRE(chat);
  const auto result = google_chat_body(*chat, model);
  REQUIRE(result);
  CHECK(is_json(*result));
  const std::string contents = R"({"contents":[{"role":"user","parts":[{"text":"q"}]}])";
  REQUIRE(result->starts_with(contents));
  return result->substr(contents.size());
}

TEST_CASE("A plain question is contents and nothing else") {
  CHECK(rest("") == "}");
  CHECK(rest(R"(,"user":"u","logit_bias":{},"store":true,"metadata":{},"stream":true,"top_p":null)") == "}");
}

TEST_CASE("Sampling parameters keep their digits") {
  CHECK(
      rest(R"(,"temperature":0.70,"top_p":0.9,"top_k":40,"max_tokens":100,"n":2,"seed":12345678901234567890,
                 "presence_penalty":1.0,"frequency_penalty":-0.5,"stop":["a","b"])") ==
      R"(,"generationConfig":{"temperature":0.70,"topP":0.9,"topK":40,"maxOutputTokens":100,"candidateCount":2,)"
      R"("seed":12345678901234567890,"presencePenalty":1.0,"frequencyPenalty":-0.5,"stopSequences":["a","b"]}})");
  CHECK(rest(R"(,"max_completion_tokens":5,"stop":"x")") ==
        R"(,"generationConfig":{"maxOutputTokens":5,"stopSequences":["x"]}})");
}

TEST_CASE("A response format becomes a media type and a schema that Gemini takes") {
  CHECK(rest(R"(,"response_format":{"type":"text"})") == "}");
  CHECK(rest(R"(,"response_format":{"type":"json_object"})") ==
        R"(,"generationConfig":{"responseMimeType":"application/json"}})");
  CHECK(rest(R"(,"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,
                 "schema":{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}}}}})") ==
        R"(,"generationConfig":{"responseMimeType":"application/json",)"
        R"("responseSchema":{"type":"object","properties":{"a":{"type":"string"}}}}})");
}

TEST_CASE("Reasoning effort becomes what the model's generation knows") {
  const std::string effort = R"(,"reasoning_effort":"medium")";
  CHECK(rest(effort, "gemini-2.5-flash") ==
        R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":8192}}})");
  CHECK(rest(effort, "models/gemini-2.5-pro") == rest(effort, "gemini-2.5-flash"));
  CHECK(rest(effort, "gemini-3-pro-preview") ==
        R"(,"generationConfig":{"thinkingConfig":{"thinkingLevel":"medium"}}})");
  CHECK(rest(effort, "gemini-2.0-flash") == "}");
  CHECK(rest(effort, "gemma-3") == "}");
  CHECK(rest(R"(,"reasoning_effort":"none")", "gemini-2.5-flash") ==
        R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}})");
  CHECK(rest(R"(,"reasoning_effort":"??")", "gemini-2.5-flash") == "}");
  CHECK(rest(R"(,"thinking":{"type":"enabled","budget_tokens":2048})") ==
        R"(,"generationConfig":{"thinkingConfig":{"includeThoughts":true,"thinkingBudget":2048}}})");
  CHECK(rest(R"(,"thinking":{"type":"disabled"})") ==
        R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}})");
}

TEST_CASE("Functions are declared together, tools of Gemini's own stand beside them") {
  CHECK(
      rest(R"(,"tools":[
      {"type":"function","function":{"name":"f","description":"d","strict":true,"parameters":
        {"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}},
      {"google_search":{}},
      {"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}],
      "tool_choice":"auto","parallel_tool_calls":false)") ==
      R"(,"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":)"
      R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}},{"name":"g"}]},{"google_search":{}}],)"
      R"("toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}})");
}

TEST_CASE("Every tool_choice has its mode") {
  const auto mode = [](std::string_view choice) {
    const std::string body = rest(R"(,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":)" +
                                  std::string(choice));
    return body.substr(body.find("functionCallingConfig") + 23);
  };
  CHECK(mode("\"none\"") == R"({"mode":"NONE"}}})");
  CHECK(mode("\"required\"") == R"({"mode":"ANY"}}})");
  CHECK(mode(R"({"type":"function","function":{"name":"f"}})") ==
        R"({"mode":"ANY","allowedFunctionNames":["f"]}}})");
}

TEST_CASE("Members of Gemini's own pass, in either spelling, and win in generationConfig") {
  CHECK(
      rest(R"(,"safety_settings":[{"category":"C","threshold":"T"}],"cachedContent":"c","temperature":1,
                 "generation_config":{"temperature":0.5,"media_resolution":"LOW"},"modalities":["text","image"])") ==
      R"(,"generationConfig":{"temperature":0.5,"responseModalities":["TEXT","IMAGE"],"mediaResolution":"LOW"},)"
      R"("safetySettings":[{"category":"C","threshold":"T"}],"cachedContent":"c"})");
}

TEST_CASE("A schema that cannot be read is refused with the function's name") {
  const std::string body = R"({"messages":[{"role":"user","content":"q"}],"tools":[{"type":"function",
      "function":{"name":"f","parameters":{"$ref":"#/$defs/X"}}}]})";
  const auto chat = read_chat(body);
  REQUIRE(chat);
  CHECK(google_chat_body(*chat, "m").error().message ==
        "parameters of f: the schema's $ref #/$defs/X leads nowhere");
}

TEST_CASE("Embeddings are one request for each input") {
  const auto embed = read_embeddings(R"({"input":["a","b"],"dimensions":64,"task_type":"RETRIEVAL_QUERY"})");
  REQUIRE(embed);
  CHECK(google_embed_body(*embed, "gemini-embedding-001") ==
        R"({"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},)"
        R"("outputDimensionality":64,"taskType":"RETRIEVAL_QUERY"},)"
        R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"b"}]},)"
        R"("outputDimensionality":64,"taskType":"RETRIEVAL_QUERY"}]})");
}

}  // namespace
}  // namespace pk::provider
