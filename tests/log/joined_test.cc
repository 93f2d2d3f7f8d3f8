#include "log/joined.h"

#include "base/json.h"
#include "support/catch.h"

using pk::log::joined_message;

namespace {

std::string events(std::initializer_list<std::string_view> data) {
  std::string out;
  for (const std::string_view one : data) out.append("data: ").append(one).append("\n\n");
  return out;
}

std::string joined(std::initializer_list<std::string_view> data) {
  return joined_message(events(data)).value_or("nothing");
}

const std::string k_chat = events({
    R"({"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"aB3"})",
    R"({"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hé"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x"})",
    R"({"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-x","choices":[{"index":0,"delta":{"content":"llo \"you\"\n"},"finish_reason":null}]})",
    R"({"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})",
    R"({"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-x","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"x":0.70}})",
    "[DONE]",
});

}  // namespace

TEST_CASE("Chat chunks become the body that an unstreamed call gives") {
  CHECK(
      joined_message(k_chat) ==
      R"({"id":"c-1","object":"chat.completion","created":1700000000,"model":"gpt-x","choices":[{"index":0,"message":{"role":"assistant","content":"Héllo \"you\"\n","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"x":0.70}})");
}

TEST_CASE("Tool calls are joined by index, their arguments in pieces") {
  CHECK(
      joined({
          R"({"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get","arguments":""}}]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"put","arguments":"{"}}]}}]})",
          R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"","arguments":":1}"}},{"index":1,"function":{"arguments":"}"}}]}}]})",
          R"({"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})",
      }) ==
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get","arguments":"{\"a\":1}"}},{"id":"call_2","type":"function","function":{"name":"put","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})");
}

TEST_CASE("Tool calls without an index are calls of their own") {
  CHECK(
      joined(
          {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}}]}}]})",
           R"({"choices":[{"index":0,"delta":{"tool_calls":[{"id":"b","function":{"name":"g","arguments":"2"}}]}}]})"}) ==
      R"({"choices":[{"index":0,"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}},{"id":"b","function":{"name":"g","arguments":"2"}}]}}]})");
}

TEST_CASE("Several choices, refusals and reasoning are kept apart") {
  CHECK(
      joined(
          {R"({"choices":[{"index":1,"delta":{"role":"assistant","content":"b"}}]})",
           R"({"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"th","refusal":"n"}}]})",
           R"({"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"ink","refusal":"o"}},{"index":1,"delta":{"content":"B"}}]})",
           R"({"choices":[{"index":1,"delta":{},"finish_reason":"length"}]})"}) ==
      R"({"choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"think","refusal":"no"}},{"index":1,"message":{"role":"assistant","content":"bB"},"finish_reason":"length"}]})");
}

TEST_CASE("Log probabilities are strung together with their digits kept") {
  CHECK(
      joined(
          {R"({"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.10,"bytes":[97]}]}}]})",
           R"({"choices":[{"index":0,"delta":{"content":"b"},"logprobs":{"content":[{"token":"b","logprob":-7E-1,"bytes":[12345678901234567890123]}]}}]})"}) ==
      R"({"choices":[{"index":0,"message":{"content":"ab"},"logprobs":{"content":[{"token":"a","logprob":-0.10,"bytes":[97]},{"token":"b","logprob":-7E-1,"bytes":[12345678901234567890123]}]}}]})");
}

TEST_CASE("Text completions are joined") {
  CHECK(
      joined(
          {R"({"id":"t","object":"text_completion","choices":[{"text":"one ","index":0,"finish_reason":null}]})",
           R"({"id":"t","object":"text_completion","choices":[{"text":"two","index":0,"finish_reason":"stop"}],"usage":{"total_tokens":3}})",
           "[DONE]"}) ==
      R"({"id":"t","object":"text_completion","choices":[{"text":"one two","index":0,"finish_reason":"stop"}],"usage":{"total_tokens":3}})");
}

TEST_CASE("An Anthropic message is joined from its blocks") {
  const std::string stream =
      "event: message_start\n"
      R"(data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}})"
      "\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n"
      R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"let "}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"me"}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}})"
      "\n\n"
      R"(data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi"}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"n":1}}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" there"}})"
      "\n\n"
      R"(data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"get","input":{}}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"city\": \"S"}})"
      "\n\n"
      R"(data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"F\", \"n\": 0.70}"}})"
      "\n\n"
      R"(data: {"type":"content_block_stop","index":2})"
      "\n\n"
      R"(data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":15}})"
      "\n\ndata: {\"type\":\"message_stop\"}\n\n";
  CHECK(
      joined_message(stream) ==
      R"({"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"thinking","thinking":"let me","signature":"EqQB"},{"type":"text","text":"Hi there","citations":[{"n":1}]},{"type":"tool_use","id":"toolu_1","name":"get","input":{"city": "SF", "n": 0.70}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":15}})");
}

TEST_CASE("An Anthropic tool input that was cut is shown as far as it came") {
  CHECK(
      joined(
          {R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"get","input":{}}})",
           R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\": [1"}})"}) ==
      R"({"content":[{"type":"tool_use","name":"get","input":"{\"a\": [1"}]})");
}

TEST_CASE("A response is taken whole from its last event") {
  CHECK(
      joined(
          {R"({"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}})",
           R"({"type":"response.output_item.added","output_index":0,"item":{"type":"message","content":[]}})",
           R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"})",
           R"({"type":"response.completed","response":{"id":"r","status":"completed","temperature":1.0,"output":[{"type":"message","content":[{"type":"output_text","text":"Hi."}]}]}})"}) ==
      R"({"id":"r","status":"completed","temperature":1.0,"output":[{"type":"message","content":[{"type":"output_text","text":"Hi."}]}]})");
}

TEST_CASE("A response that was cut is built from its deltas") {
  CHECK(
      joined(
          {R"({"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}})",
           R"({"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","summary":[]}})",
           R"({"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}})",
           R"({"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"so"})",
           R"({"type":"response.output_item.added","output_index":1,"item":{"type":"message","content":[]}})",
           R"({"type":"response.content_part.added","output_index":1,"content_index":0,"part":{"type":"output_text","text":""}})",
           R"({"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Hi"})",
           R"({"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":" you"})",
           R"({"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","name":"f","arguments":""}})",
           R"({"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"a\""})"}) ==
      R"({"id":"r","status":"in_progress","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"so"}]},{"type":"message","content":[{"type":"output_text","text":"Hi you"}]},{"type":"function_call","name":"f","arguments":"{\"a\""}]})");
}

TEST_CASE("An error in a stream is shown beside what came before it") {
  CHECK(
      joined({R"({"choices":[{"index":0,"delta":{"content":"par"}}]})",
              R"({"error":{"message":"overloaded","code":529}})"}) ==
      R"({"choices":[{"index":0,"message":{"content":"par"}}],"error":{"message":"overloaded","code":529}})");
  CHECK(joined({R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"}) ==
        R"({"error":{"type":"overloaded_error","message":"Overloaded"}})");
  CHECK(joined({R"({"type":"response.created","response":{"id":"r"}})",
                R"({"type":"error","code":"x","message":"m"})"}) ==
        R"({"id":"r","error":{"code":"x","message":"m"}})");
}

TEST_CASE("Garbage between events is passed over") {
  CHECK(
      joined_message(": ping\n\ndata: {broken\n\ndata: []\n\ndata: 1\n\ndata: "
                     "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\r\n\r\n"
                     "event: x\ndata: {\"foo\":1}\n\ndata: "
                     "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"}}]}\r\rdata: {\"choices\":") ==
      R"({"choices":[{"index":0,"message":{"content":"ab"}}]})");
}

TEST_CASE("What is no stream of these forms gives nothing") {
  for (const char* text : {"", "data: \n\n", "data: [DONE]\n\n", "{\"choices\":[]}", "data: {\"foo\":1}\n\n",
                           "data: null\n\n", "event: ping\n\n", "\xff\xfe"}) {
    INFO(text);
    CHECK_FALSE(joined_message(text).has_value());
  }
}

TEST_CASE("Odd shapes are taken as they come, and the result is JSON") {
  for (const char* data :
       {R"({"choices":null})",
        R"({"choices":5})",
        R"({"choices":{}})",
        R"({"choices":[null,1,"x",[]]})",
        R"({"choices":[{"delta":"x"}]})",
        R"({"choices":[{"index":99999999999999999999,"delta":{"content":1}}]})",
        R"({"choices":[{"index":-1,"delta":{"tool_calls":{}}}]})",
        R"({"choices":[{"delta":{"tool_calls":[null,{"index":5000000}]}}]})",
        R"({"type":"message_start"})",
        R"({"type":"message_start","message":[]})",
        R"({"type":"content_block_delta","index":4000000000})",
        R"({"type":"content_block_delta","index":3,"delta":{"type":"text_delta"}})",
        R"({"type":"content_block_start","index":0})",
        R"({"type":"message_delta","delta":5,"usage":[]})",
        R"({"type":"response.output_item.done"})",
        R"({"type":"response.output_item.done","output_index":4000000000,"item":{}})",
        R"({"type":"response.output_text.delta","output_index":1,"content_index":2,"delta":"x"})",
        R"({"type":"response.completed"})",
        R"({"error":null})",
        R"({"choices":[{"delta":{"content":"\ud83d"}}]})"}) {
    INFO(data);
    const auto message =
        joined_message(events({data, data, R"({"choices":[{"index":0,"delta":{"content":"z"}}]})"}));
    REQUIRE(message.has_value());
    CHECK(pk::is_json(*message));
  }
}

TEST_CASE("A character that two chunks share is made whole again") {
  CHECK(joined({"{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xe2\x82\"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xac\"}}]}"}) ==
        "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"\u20ac\"}}]}");
}

TEST_CASE("A stream that is cut at any byte gives JSON of what came until then") {
  std::size_t longest = 0;
  for (std::size_t cut = 0; cut <= k_chat.size(); ++cut) {
    const auto message = joined_message(std::string(k_chat, 0, cut));
    if (!message) continue;
    CHECK(pk::is_json(*message));
    longest = std::max(longest, message->size());
  }
  CHECK(longest == joined_message(k_chat)->size());
}

TEST_CASE("A body is a stream by its content type, or by how it begins") {
  using pk::log::Content;
  using pk::log::is_event_stream;
  CHECK(is_event_stream(Content{{{"Content-Type", "text/event-stream; charset=utf-8"}}, ""}));
  CHECK(is_event_stream(Content{{{"content-type", " TEXT/EVENT-STREAM"}}, "x"}));
  CHECK_FALSE(is_event_stream(Content{{{"content-type", "application/json"}}, "data: x\n\n"}));
  CHECK(is_event_stream(Content{{}, "data: x\n\n"}));
  CHECK(is_event_stream(Content{{}, "event: x\n"}));
  CHECK_FALSE(is_event_stream(Content{{}, "{}"}));
  CHECK_FALSE(is_event_stream(Content{}));
}
