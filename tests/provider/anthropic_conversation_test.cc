#include "provider/anthropic_conversation.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

Conversation read(std::string_view messages) {
  auto conversation = read_conversation(JsonView(messages));
  INFO(messages);
  if (!conversation) FAIL(conversation.error().message);
  return *conversation;
}

std::string refusal(std::string_view messages) {
  const auto conversation = read_conversation(JsonView(messages));
  return conversation ? "" : conversation.error().message;
}

TEST_CASE("System and developer messages stand apart, in their order") {
  const Conversation both = read(
      R"([{"role":"system","content":"a"},{"role":"user","content":"q"},)"
      R"({"role":"developer","content":[{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}])");
  CHECK(both.system ==
        R"([{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}])");
  CHECK(both.messages == R"([{"role":"user","content":"q"}])");
  CHECK(read(R"([{"role":"user","content":"q"}])").system.empty());
  CHECK(read(R"([{"role":"system","content":""}])").system.empty());
}

TEST_CASE("cache_control on a message is kept on its block") {
  CHECK(read(R"([{"role":"system","content":"a","cache_control":{"type":"ephemeral"}}])").system ==
        R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}])");
  CHECK(read(R"([{"role":"user","content":"a","cache_control":{"type":"ephemeral"}}])").messages ==
        R"([{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}])");
}

TEST_CASE("Tool calls and their results are tool_use and tool_result") {
  CHECK(
      read(
          R"([{"role":"assistant","content":"so","tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"n\":1.50}"}},)"
          R"({"id":"t2","type":"function","function":{"name":"g","arguments":""}}]},)"
          R"({"role":"tool","tool_call_id":"t1","content":"one"},{"role":"tool","tool_call_id":"t2","content":[{"type":"text","text":"two"}]},)"
          R"({"role":"user","content":"go on"}])")
          .messages ==
      R"([{"role":"assistant","content":[{"type":"text","text":"so"},{"type":"tool_use","id":"t1","name":"f","input":{"n":1.50}},)"
      R"({"type":"tool_use","id":"t2","name":"g","input":{}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"one"},)"
      R"({"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"two"}]}]},{"role":"user","content":"go on"}])");
}

TEST_CASE("Results of two rounds stay apart") {
  const std::string messages =
      read(
          R"([{"role":"tool","tool_call_id":"a","content":"1"},{"role":"assistant","content":"x"},{"role":"tool","tool_call_id":"b","content":"2"}])")
          .messages;
  CHECK(
      messages ==
      R"([{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]},{"role":"assistant","content":"x"},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"2"}]}])");
}

TEST_CASE("An assistant's content_blocks go back with their signatures, tool calls once") {
  CHECK(
      read(
          R"([{"role":"assistant","content":"so","content_blocks":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"so"},{"type":"tool_use","id":"t1","name":"f","input":{}}],)"
          R"("tool_calls":[{"id":"t1","function":{"name":"f","arguments":"{}"}}]}])")
          .messages ==
      R"([{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"so"},{"type":"tool_use","id":"t1","name":"f","input":{}}]}])");
}

TEST_CASE("Pieces of a stream that a client kept as content_blocks are passed over") {
  for (const std::string_view kept : {R"([{"index":0,"delta":{"text":"so"}}])", "[]", "[7]", "7", "null"})
    CHECK(read(R"([{"role":"assistant","content":"so","content_blocks":)" + std::string(kept) + "}]")
              .messages == R"([{"role":"assistant","content":"so"}])");
}

TEST_CASE("A refusal names the message") {
  CHECK(refusal(R"([{"role":"user","content":"q"},{"role":"function","name":"f","content":"x"}])") ==
        "messages[1]: the role 'function' cannot be sent to anthropic");
  CHECK(refusal(R"([{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"[1]"}}]}])") ==
        "messages[0]: the arguments of a tool call are no JSON object");
  CHECK(refusal(R"([{"role":"user","content":[{"type":"input_audio"}]}])").starts_with("messages[0]: "));
  for (const std::string_view bad :
       {"", "{}", "null", "7", R"([7])", R"([null])", R"([{"content":"x"}])", R"([{"role":7}])",
        R"([{"role":"user","content":7}])", R"([{"role":"system","content":[{"type":"image_url"}]}])",
        R"([{"role":"assistant","tool_calls":[7]}])"}) {
    INFO(bad);
    CHECK_FALSE(refusal(bad).empty());
  }
}

TEST_CASE("Messages without anything in them, which Anthropic refuses, make no turn") {
  const Conversation result = read(
      R"([{"role":"system","content":[{"type":"text","text":""},{"type":"text","text":"s"}]},{"role":"system","content":" "},)"
      R"({"role":"user","content":""},{"role":"user","content":"","cache_control":{"type":"ephemeral"}},{"role":"user","content":[]},)"
      R"({"role":"user","content":[{"type":"text","text":""}]},{"role":"user"},{"role":"user","content":"q"},)"
      R"({"role":"assistant","content":""},{"role":"assistant","content":null},{"role":"assistant","content":null,"tool_calls":[]},)"
      R"({"role":"assistant","content":[{"type":"text","text":""}]},{"role":"assistant","content_blocks":[{"type":"text","text":""}]},)"
      R"({"role":"user","content":"go on"}])");
  CHECK(result.system == R"([{"type":"text","text":"s"}])");
  CHECK(result.messages == R"([{"role":"user","content":"q"},{"role":"user","content":"go on"}])");
  CHECK(read(R"([{"role":"system","content":[{"type":"text","text":""}]}])").system.empty());
}

TEST_CASE("Tool calls make a turn without text, and a result may be empty") {
  CHECK(
      read(
          R"([{"role":"assistant","content":"","tool_calls":[{"id":"t","function":{"name":"f","arguments":"{}"}}]},)"
          R"({"role":"tool","tool_call_id":"t","content":""},{"role":"tool","tool_call_id":"t","content":[{"type":"text","text":""}]}])")
          .messages ==
      R"([{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":""},{"type":"tool_result","tool_use_id":"t","content":[]}]}])");
}

}  // namespace
}  // namespace pk::provider
