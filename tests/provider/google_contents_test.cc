#include "provider/google_contents.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

GoogleContents contents(std::string_view messages, bool signed_calls = false) {
  const std::string body = "{\"messages\":" + std::string(messages) + "}";
  const auto chat = read_chat(body);
  REQUIRE(chat);
  auto result = google_contents(*chat, signed_calls);
  REQUIRE(result);
  return *result;
}

std::string problem(std::string_view messages) {
  const std::string body = "{\"messages\":" + std::string(messages) + "}";
  const auto chat = read_chat(body);
  REQUIRE(chat);
  const auto result = google_contents(*chat, false);
  REQUIRE_FALSE(result);
  return result.error().message;
}

TEST_CASE("System messages stand apart, turns of one role are joined") {
  const GoogleContents result = contents(R"([{"role":"system","content":"s"},{"role":"user","content":"a"},
    {"role":"developer","content":"d"},{"role":"user","content":"b"},{"role":"assistant","content":"c"}])");
  CHECK(result.system == R"({"parts":[{"text":"s"},{"text":"d"}]})");
  CHECK(result.contents ==
        R"([{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]}])");
  CHECK(contents(R"([{"role":"user","content":"a"}])").system.empty());
}

TEST_CASE("Data goes inline, addresses as files with their type") {
  CHECK(contents(R"([{"role":"user","content":[
    {"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},
    {"type":"image_url","image_url":{"url":"https://x/Y.JPG?z=1"}},
    {"type":"file","file":{"file_url":"gs://b/c"}},
    {"type":"input_audio","input_audio":{"data":"BB==","format":"mp3"}}]}])")
            .contents ==
        R"([{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}},)"
        R"({"fileData":{"mimeType":"image/jpeg","fileUri":"https://x/Y.JPG?z=1"}},)"
        R"({"fileData":{"fileUri":"gs://b/c"}},{"inlineData":{"mimeType":"audio/mp3","data":"BB=="}}]}])");
}

constexpr std::string_view k_tool_talk = R"([
  {"role":"user","content":"q"},
  {"role":"assistant","content":null,"tool_calls":[
    {"id":"c1","type":"function","function":{"name":"f","arguments":" {\"n\":1.50}"}},
    {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
  {"role":"tool","tool_call_id":"c2","content":"plain"},
  {"role":"tool","tool_call_id":"c1","content":"{\"ok\":true}"}])";

TEST_CASE("Tool results find the name of their call") {
  CHECK(contents(k_tool_talk).contents ==
        R"([{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[)"
        R"({"functionCall":{"name":"f","args":{"n":1.50}}},{"functionCall":{"name":"g","args":{}}}]},)"
        R"({"role":"user","parts":[{"functionResponse":{"name":"g","response":{"output":"plain"}}},)"
        R"({"functionResponse":{"name":"f","response":{"ok":true}}}]}])");
}

TEST_CASE(
    "Where calls must be signed, the client's signature goes back, or the first call has Google's stand-in") {
  const std::string unsigned_talk = contents(k_tool_talk, true).contents;
  CHECK(
      unsigned_talk.find(
          R"({"functionCall":{"name":"f","args":{"n":1.50}},"thoughtSignature":"skip_thought_signature_validator"})") !=
      std::string::npos);
  CHECK(unsigned_talk.find(R"({"functionCall":{"name":"g","args":{}}})") != std::string::npos);
  CHECK(contents(R"([{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}",
                      "thought_signature":"s"}}]}])",
                 true)
            .contents.find(R"("thoughtSignature":"s")") != std::string::npos);
}

TEST_CASE("What Gemini cannot hold is refused by name") {
  CHECK(problem(R"([{"role":"tool","tool_call_id":"c9","content":"x"}])") ==
        "the tool message for \"c9\" belongs to no tool call before it");
  CHECK(problem(R"([{"role":"user","content":[{"type":"video","x":1}]}])") ==
        "google takes no content of type \"video\"");
  CHECK(problem(R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,x"}}]}])") ==
        "a data: URL must name its media type and hold base64");
  CHECK(problem(R"([{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}])") ==
        "google needs a file's data or URL, not its id");
}

TEST_CASE("Messages without anything in them make no turn") {
  CHECK(contents(R"([{"role":"user","content":null},{"role":"assistant","content":null},
    {"role":"assistant","content":[{"type":"thinking","thinking":"t"}]}])")
            .contents == "[]");
}

TEST_CASE("Empty texts, which Gemini refuses, make no part, and no turn where nothing else is in it") {
  const GoogleContents result = contents(R"([{"role":"system","content":""},
    {"role":"system","content":[{"type":"text","text":""},{"type":"text","text":"s"}]},
    {"role":"user","content":""},{"role":"assistant","content":""},
    {"role":"assistant","content":[{"type":"text","text":""}]},
    {"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"q"}]},
    {"role":"assistant","content":"","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}])");
  CHECK(result.system == R"({"parts":[{"text":"s"}]})");
  CHECK(result.contents == R"([{"role":"user","parts":[{"text":"q"}]},)"
                           R"({"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]}])");
  CHECK(contents(R"([{"role":"system","content":""},{"role":"user","content":"q"}])").system.empty());
}

TEST_CASE("A tool's result is text: a picture in it is refused, not lost") {
  CHECK(problem(R"([{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},
    {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"see"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}])") ==
        "google takes nothing but text as the result of a tool, and no image_url");
}

}  // namespace
}  // namespace pk::provider
