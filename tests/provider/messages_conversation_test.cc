#include "provider/messages_conversation.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

std::string turn(std::string_view text) {
  JsonOut messages;
  messages.begin_array();
  const auto appended = append_turn(messages, JsonView(text));
  return appended ? messages.end_array().take() : "error: " + appended.error().message;
}

std::string user(const std::string& blocks) {
  return turn(R"({"role":"user","content":[)" + blocks + "]}");
}
std::string assistant(const std::string& blocks) {
  return turn(R"({"role":"assistant","content":[)" + blocks + "]}");
}

std::string system_turn(std::string_view text) {
  JsonOut messages;
  append_system_turn(messages.begin_array(), JsonView(text));
  return messages.end_array().take();
}

TEST_CASE("Texts stay texts") {
  CHECK(turn(R"({"role":"user","content":"h\u0069"})") == R"([{"role":"user","content":"h\u0069"}])");
  CHECK(turn(R"({"role":"assistant","content":"x"})") == R"([{"role":"assistant","content":"x"}])");
  CHECK(user(R"({"type":"text","text":"a\n","cache_control":{"type":"ephemeral"}})") ==
        R"([{"role":"user","content":"a\n"}])");
  CHECK(user(R"({"type":"text","text":"a"},{"type":"text","text":"b"})") ==
        R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])");
  CHECK(assistant(R"({"type":"text","text":"a"},{"type":"text","text":"b"})") ==
        R"([{"role":"assistant","content":"ab"}])");
}

TEST_CASE("System texts become one message, or none") {
  CHECK(system_turn(R"("Be short.")") == R"([{"role":"system","content":"Be short."}])");
  CHECK(system_turn(R"([{"type":"text","text":"a","cache_control":{}},{"type":"text","text":"b"}])") ==
        R"([{"role":"system","content":"a\nb"}])");
  for (const std::string_view none : {"", "null", "[]", "\"\"", "7", R"([{"type":"text"}])"})
    CHECK(system_turn(none) == "[]");
}

TEST_CASE("Images and documents become parts with data URLs") {
  CHECK(
      user(
          R"({"type":"text","text":"?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVB"}})") ==
      R"([{"role":"user","content":[{"type":"text","text":"?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVB"}}]}])");
  CHECK(user(R"({"type":"image","source":{"type":"url","url":"https://x/a.png"}})") ==
        R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/a.png"}}]}])");
  CHECK(
      user(
          R"({"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVB"}})") ==
      R"([{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVB"}}]}])");
  CHECK(user(R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}})") ==
        R"([{"role":"user","content":"words"}])");
}

TEST_CASE("Tool results come first, as messages of their own; their images follow") {
  CHECK(
      user(
          R"({"type":"text","text":"and?"},{"type":"tool_result","tool_use_id":"t1","content":"one"},)"
          R"({"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"image","source":{"type":"url","url":"u"}}]},)"
          R"({"type":"tool_result","tool_use_id":"t3"})") ==
      R"([{"role":"tool","tool_call_id":"t1","content":"one"},{"role":"tool","tool_call_id":"t2","content":"a\nb"},)"
      R"({"role":"tool","tool_call_id":"t3","content":""},)"
      R"({"role":"user","content":[{"type":"text","text":"and?"},{"type":"image_url","image_url":{"url":"u"}}]}])");
  CHECK(user(R"({"type":"tool_result","tool_use_id":"t1","content":"one"})") ==
        R"([{"role":"tool","tool_call_id":"t1","content":"one"}])");
}

TEST_CASE("Tool calls carry their input as text; thoughts and the provider's own tools are left out") {
  CHECK(
      assistant(
          R"({"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"server_tool_use","id":"s"},)"
          R"({"type":"web_search_tool_result","content":[]},{"type":"tool_use","id":"t1","name":"f","input":{"n":1.50}},{"type":"tool_use","id":"t2","name":"g"})") ==
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"n\":1.50}"}},)"
      R"({"id":"t2","type":"function","function":{"name":"g","arguments":"{}"}}]}])");
}

TEST_CASE("What has no form in a chat completion is refused by its type") {
  CHECK(user(R"({"type":"search_result"})") ==
        "error: a content block of type 'search_result' has no form in a chat completion");
  CHECK(user(R"({"type":"image","source":{"type":"file","file_id":"f"}})") ==
        "error: an image source of type 'file' has no form in a chat completion");
  CHECK(user(R"({"type":"document","source":{"type":"url","url":"u"}})") ==
        "error: a document source of type 'url' has no form in a chat completion");
  CHECK(turn(R"({"role":"system","content":"x"})") ==
        "error: the role 'system' is none of user and assistant");
  for (const std::string_view bad :
       {"", "7", "null", "{}", "[]", R"({"role":"user"})", R"({"role":"user","content":7})",
        R"({"role":"assistant","content":[7]})", R"({"role":"user","content":[null]})",
        R"({"role":"user","content":[{"type":"text","text":7}]})",
        R"({"role":"user","content":[{"type":"tool_result","content":[{"type":"document"}]}]})"}) {
    INFO(bad);
    CHECK(turn(bad).starts_with("error: "));
  }
}

}  // namespace
}  // namespace pk::provider
