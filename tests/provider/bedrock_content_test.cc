#include "provider/bedrock_content.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

BedrockContent content(std::string_view messages) {
  const std::string body = "{\"messages\":" + std::string(messages) + "}";
  const auto chat = read_chat(body);
  REQUIRE(chat);
  auto result = bedrock_content(*chat);
  REQUIRE(result);
  CHECK(is_json(result->messages));
  return *result;
}

std::string problem(std::string_view part) {
  const std::string body = R"({"messages":[{"role":"user","content":[)" + std::string(part) + "]}]}";
  const auto chat = read_chat(body);
  REQUIRE(chat);
  const auto result = bedrock_content(*chat);
  REQUIRE_FALSE(result);
  return result.error().message;
}

TEST_CASE("System blocks stand apart, messages of one role are joined, blank texts are left out") {
  const BedrockContent result = content(R"([{"role":"system","content":[
      {"type":"text","text":"s","cache_control":{"type":"ephemeral"}},{"type":"text","text":""}]},
    {"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":"b"},{"type":"text","text":" "}]},
    {"role":"assistant","content":""},{"role":"assistant","content":"c"}])");
  CHECK(result.system == R"([{"text":"s"},{"cachePoint":{"type":"default"}}])");
  CHECK(
      result.messages ==
      R"([{"role":"user","content":[{"text":"a"},{"text":"b"}]},{"role":"assistant","content":[{"text":"c"}]}])");
  CHECK_FALSE(result.uses_tools);
  CHECK(content(R"([{"role":"user","content":"a"}])").system.empty());
}

TEST_CASE("Images and documents are sent as bytes, or named in S3") {
  CHECK(
      content(R"([{"role":"user","content":[
      {"type":"image_url","image_url":{"url":"data:image/jpg;base64,AA=="},"cache_control":{"type":"ephemeral"}},
      {"type":"file","file":{"file_data":"data:application/pdf;base64,BB==","filename":"a_b [1].pdf"}},
      {"type":"file","file":{"file_data":"data:text/csv;base64,CC=="}},
      {"type":"image_url","image_url":{"url":"s3://b/k.PNG"}}]}])")
          .messages ==
      R"([{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"AA=="}}},{"cachePoint":{"type":"default"}},)"
      R"({"document":{"format":"pdf","name":"a-b-[1]","source":{"bytes":"BB=="}}},)"
      R"({"document":{"format":"csv","name":"document-2","source":{"bytes":"CC=="}}},)"
      R"({"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k.PNG"}}}}]}])");
}

TEST_CASE("Calls and results are blocks; results of one turn are one message") {
  const BedrockContent result = content(R"([
    {"role":"assistant","content":"I look","tool_calls":[
      {"id":"c1","type":"function","function":{"name":"f","arguments":" {\"n\":1.50}"}},
      {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
    {"role":"tool","tool_call_id":"c1","content":"r1"},
    {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"r2","cache_control":{"type":"ephemeral"}},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},
    {"role":"user","content":"go on"}])");
  CHECK(result.uses_tools);
  CHECK(
      result.messages ==
      R"([{"role":"assistant","content":[{"text":"I look"},{"toolUse":{"toolUseId":"c1","name":"f","input":{"n":1.50}}},)"
      R"({"toolUse":{"toolUseId":"c2","name":"g","input":{}}}]},{"role":"user","content":[)"
      R"({"toolResult":{"toolUseId":"c1","content":[{"text":"r1"}]}},)"
      R"({"toolResult":{"toolUseId":"c2","content":[{"text":"r2"},{"image":{"format":"png","source":{"bytes":"AA=="}}}]}},)"
      R"({"cachePoint":{"type":"default"}},{"text":"go on"}]}])");
}

TEST_CASE("Thinking goes back with its signature, and not without") {
  CHECK(
      content(R"([{"role":"assistant","content":"a","content_blocks":[
      {"type":"thinking","thinking":"t","signature":"s"},{"type":"thinking","thinking":"u"}]}])")
          .messages ==
      R"([{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"t","signature":"s"}}},{"text":"a"}]}])");
  CHECK(content(R"([{"role":"assistant","content_blocks":[{"type":"thinking","thinking":"u"}]}])").messages ==
        "[]");
}

TEST_CASE("What Converse cannot hold is refused by name") {
  CHECK(problem(R"({"type":"image_url","image_url":{"url":"https://x/y.png"}})") ==
        "bedrock takes images and files as s3: URLs, or as data: URLs with a media type and base64, only");
  CHECK(problem(R"({"type":"file","file":{"file_id":"f"}})") ==
        "bedrock takes images and files as s3: URLs, or as data: URLs with a media type and base64, only");
  CHECK(problem(R"({"type":"image_url","image_url":{"url":"data:image/tiff;base64,AA=="}})") ==
        "bedrock takes no files of type \"image/tiff\"");
  CHECK(problem(R"({"type":"image_url","image_url":{"url":"s3://b/k"}})") ==
        "bedrock takes no files of type \"s3://b/k\"");
  CHECK(problem(R"({"type":"input_audio","input_audio":{"data":"A","format":"wav"}})") ==
        "bedrock takes no content of type \"input_audio\"");
}

}  // namespace
}  // namespace pk::provider
