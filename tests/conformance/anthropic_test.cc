// A: chat completions for Anthropic, messages for Anthropic and for everybody else.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

struct Anthropic {
  FakeUpstream upstream;
  Serve serve;

  Reply call(const std::string& body, const HeaderList& more = {},
             const std::string& path = "/v1/chat/completions") const {
    HeaderList headers{{"Content-Type", "application/json"},
                       {"x-portkey-provider", "anthropic"},
                       {"Authorization", "Bearer k-ant"},
                       {"x-portkey-custom-host", upstream.url()}};
    headers.insert(headers.end(), more.begin(), more.end());
    return request(serve.port(), "POST", path, headers, body);
  }
};

std::string message(const std::string& content, const std::string& stop_reason,
                    const std::string& usage = R"({"input_tokens":10,"output_tokens":4})") {
  return R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x-1","content":[)" + content +
         R"(],"stop_reason":")" + stop_reason + R"(","stop_sequence":null,"usage":)" + usage + "}";
}

std::string event(const std::string& type, const std::string& rest) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + (rest.empty() ? "" : ",") + rest + "}\n\n";
}

Answer events(const std::string& text) {
  return Answer::script()
      .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
      .chunk(text)
      .last_chunk();
}

std::string text_and_tool_stream() {
  return event(
             "message_start",
             R"("message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x-1","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":1}})") +
         event("content_block_start", R"("index":0,"content_block":{"type":"text","text":""})") +
         event("ping", "") +
         event("content_block_delta", R"("index":0,"delta":{"type":"text_delta","text":"Hel"})") +
         event("content_block_delta", R"("index":0,"delta":{"type":"text_delta","text":"lo"})") +
         event("content_block_stop", R"("index":0)") +
         event("content_block_start",
               R"("index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}})") +
         event("content_block_delta",
               R"("index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"})") +
         event("content_block_delta",
               R"("index":1,"delta":{"type":"input_json_delta","partial_json":"1}"})") +
         event("content_block_stop", R"("index":1)") +
         event("message_delta",
               R"("delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9})") +
         event("message_stop", "");
}

// The data of the events of a stream, the end mark too.
std::vector<std::string> datas(const std::string& stream) {
  std::vector<std::string> all;
  for (std::size_t at = 0; (at = stream.find("data: ", at)) != std::string::npos;) {
    const std::size_t end = stream.find('\n', at);
    all.push_back(stream.substr(at + 6, end - at - 6));
    at = end;
  }
  return all;
}

}  // namespace

TEST_CASE_METHOD(Anthropic, "A1: a chat completion goes as a message and comes back as a completion",
                 "[anthropic]") {
  upstream.always(Answer::json(
      200,
      message(
          R"({"type":"text","text":"Hello"},{"type":"text","text":" there"})", "end_turn",
          R"({"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":4})")));
  const Reply reply =
      call(R"({"model":"claude-x","max_tokens":64,"stop":["END"],"temperature":0.70,"n":1,"user":"u1",
    "messages":[{"role":"system","content":"Be short."},{"role":"user","content":"hi"},
      {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
      {"role":"tool","tool_call_id":"c1","content":"42"},
      {"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],
    "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}],"tool_choice":"required"})");
  CHECK(reply.status == 200);
  const SeenRequest seen = upstream.seen(0);
  CHECK(seen.target == "/v1/messages");
  CHECK(seen.header("x-api-key") == "k-ant");
  CHECK(seen.header("authorization").empty());
  CHECK(seen.header("anthropic-version") == "2023-06-01");
  const auto sent = parse_json(seen.body);
  CHECK(at(sent, "/system/0/text") == "Be short.");
  CHECK(sent.at("messages").as_array().size() == 4);
  CHECK(at(sent, "/messages/1/content/0/type") == "tool_use");
  CHECK(at(sent, "/messages/1/content/0/input/a") == "1");
  CHECK(at(sent, "/messages/2/role") == "user");
  CHECK(at(sent, "/messages/2/content/0/tool_use_id") == "c1");
  CHECK(at(sent, "/messages/3/content/1/source/data") == "AAAA");
  CHECK(at(sent, "/tools/0/input_schema/type") == "object");
  CHECK(at(sent, "/tool_choice/type") == "any");
  CHECK(at(sent, "/stop_sequences/0") == "END");
  CHECK(at(sent, "/metadata/user_id") == "u1");
  CHECK(at(sent, "/max_tokens") == "64");
  CHECK(at(sent, "/n") == "(nothing)");
  CHECK(seen.body.find("0.70") != std::string::npos);

  const auto got = parse_json(reply.body);
  CHECK(at(got, "/object") == "chat.completion");
  CHECK(at(got, "/id") == "msg_1");
  CHECK(at(got, "/model") == "claude-x-1");
  CHECK(at(got, "/provider") == "anthropic");
  CHECK(at(got, "/choices/0/message/content") == "Hello there");
  CHECK(at(got, "/choices/0/finish_reason") == "stop");
  // What was read from the cache and written to it is in the prompt's tokens, as OpenAI counts.
  CHECK(at(got, "/usage/prompt_tokens") == "17");
  CHECK(at(got, "/usage/total_tokens") == "21");
  CHECK(at(got, "/usage/prompt_tokens_details/cached_tokens") == "5");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/prompt_tokens") == "17");
  CHECK(at(record, "/cached_tokens") == "5");
  CHECK(at(record, "/total_tokens") == "21");
  CHECK(at(record, "/endpoint") == "chat-completions");
  CHECK(at(record, "/model") == "claude-x-1");
  CHECK(at(record, "/user") == "u1");
}

TEST_CASE_METHOD(Anthropic, "A1: finish reasons in OpenAI's words, or in Anthropic's for those who want them",
                 "[anthropic]") {
  const std::pair<const char*, const char*> words[] = {{"end_turn", "stop"},     {"stop_sequence", "stop"},
                                                       {"pause_turn", "stop"},   {"tool_use", "tool_calls"},
                                                       {"max_tokens", "length"}, {"new_word", "stop"}};
  for (const auto& [word, reason] : words) {
    INFO(word);
    upstream.always(Answer::json(200, message(R"({"type":"text","text":"x"})", word)));
    CHECK(at(parse_json(call(chat_request()).body), "/choices/0/finish_reason") == reason);
    const Reply loose = call(chat_request(), {{"x-portkey-strict-open-ai-compliance", "false"}});
    CHECK(at(parse_json(loose.body), "/choices/0/finish_reason") == word);
    CHECK(at(parse_json(loose.body), "/choices/0/message/content_blocks/0/text") == "x");
  }
}

TEST_CASE_METHOD(Anthropic,
                 "A3: a stream with text and a tool call becomes chunks, with usage and one end mark",
                 "[anthropic]") {
  upstream.always(events(text_and_tool_stream()));
  const Reply reply = call(chat_request("hi", true));
  CHECK(reply.status == 200);
  CHECK(reply.header("content-type") == "text/event-stream");
  const auto all = datas(reply.body);
  std::string text, arguments, finish, name, id;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const auto chunk = parse_json(all[i]);
    CHECK(at(chunk, "/object") == "chat.completion.chunk");
    CHECK(at(chunk, "/provider") == "anthropic");
    const auto add = [&](std::string& to, const char* pointer) {
      if (const std::string piece = at(chunk, pointer); piece != "(nothing)" && piece != "null") to += piece;
    };
    add(text, "/choices/0/delta/content");
    add(id, "/choices/0/delta/tool_calls/0/id");
    add(name, "/choices/0/delta/tool_calls/0/function/name");
    add(arguments, "/choices/0/delta/tool_calls/0/function/arguments");
    add(finish, "/choices/0/finish_reason");
  }
  CHECK(at(parse_json(all[0]), "/choices/0/delta/role") == "assistant");
  CHECK(text == "Hello");
  CHECK(id == "toolu_1");
  CHECK(name == "f");
  CHECK(arguments == R"({"a":1})");
  CHECK(finish == "tool_calls");
  CHECK(
      at(parse_json(all[all.size() - 2]), "/usage") ==
      R"({"prompt_tokens":15,"completion_tokens":9,"total_tokens":24,"prompt_tokens_details":{"cached_tokens":5},"cache_read_input_tokens":5})");
  CHECK(all.back() == "[DONE]");
  CHECK(std::count(all.begin(), all.end(), "[DONE]") == 1);
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/ok") == "true");
  CHECK(at(record, "/stream") == "true");
  CHECK(at(record, "/prompt_tokens") == "15");
  CHECK(at(record, "/total_tokens") == "24");
  CHECK(at(record, "/response/body/choices/0/message/content") == "Hello");
  CHECK(at(record, "/response/body/choices/0/message/tool_calls/0/function/arguments") == R"({"a":1})");
}

TEST_CASE_METHOD(Anthropic, "A4: an error keeps its status and gets the one shape", "[anthropic]") {
  upstream.always(Answer::json(
      400, R"({"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: required"}})"));
  for (bool stream : {false, true}) {
    const Reply reply = call(chat_request("hi", stream));
    CHECK(reply.status == 400);
    CHECK(reply.header("content-type") == "application/json");
    const auto body = parse_json(reply.body);
    CHECK(at(body, "/error/message") == "anthropic error: max_tokens: required");
    CHECK(at(body, "/error/type") == "invalid_request_error");
    CHECK(at(body, "/error/param") == "null");
    CHECK(at(body, "/error/code") == "null");
    CHECK(at(body, "/provider") == "anthropic");
    CHECK(at(record_of(serve, reply), "/error").find("max_tokens: required") != std::string::npos);
  }
}

TEST_CASE_METHOD(Anthropic, "Messages for Anthropic pass byte for byte, both ways", "[anthropic]") {
  const std::string body =
      R"({ "model":"claude-x","max_tokens":5, "temperature":1e0,"messages":[{"role":"user","content":"hi"}],"unknown":1 })";
  const std::string answer = message(R"({"type":"text","text":"Hello"})", "end_turn");
  upstream.always(Answer::json(200, answer));
  const Reply reply =
      call(body, {{"anthropic-version", "2024-01-01"}, {"anthropic-beta", "b1"}}, "/v1/messages");
  CHECK(reply.body == answer);
  CHECK(upstream.seen(0).body == body);
  CHECK(upstream.seen(0).header("anthropic-version") == "2024-01-01");
  CHECK(upstream.seen(0).header("anthropic-beta") == "b1");
  CHECK(at(record_of(serve, reply), "/total_tokens") == "14");
  CHECK(at(record_of(serve, reply), "/endpoint") == "messages");
  upstream.always(events(text_and_tool_stream()));
  const Reply stream = call(body, {}, "/v1/messages");
  CHECK(stream.body == text_and_tool_stream());
  CHECK(at(record_of(serve, stream), "/total_tokens") == "24");
  upstream.always(
      Answer::json(529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"));
  const Reply busy = call(body, {}, "/v1/messages");
  CHECK(busy.status == 529);
  CHECK(at(parse_json(busy.body), "/type") == "error");
  CHECK(at(parse_json(busy.body), "/error/type") == "overloaded_error");
}

TEST_CASE_METHOD(Anthropic,
                 "Messages reach a provider of OpenAI's form as a chat, and come back as a message",
                 "[anthropic]") {
  const std::string body =
      R"({"model":"gpt-x","max_tokens":5,"system":"Be short.","messages":[{"role":"user","content":"hi"}]})";
  const Reply reply =
      ask_at(serve, "/v1/messages", target(upstream), {{"anthropic-version", "2023-06-01"}}, body);
  CHECK(reply.status == 200);
  CHECK(upstream.seen(0).target == "/v1/chat/completions");
  CHECK(at(parse_json(upstream.seen(0).body), "/messages/0/content") == "Be short.");
  const auto got = parse_json(reply.body);
  CHECK(at(got, "/type") == "message");
  CHECK(at(got, "/content/0/text") == "Hello there");
  CHECK(at(got, "/stop_reason") == "end_turn");
  CHECK(at(got, "/usage/input_tokens") == "9");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/endpoint") == "messages");
  CHECK(at(record, "/total_tokens") == "12");

  upstream.always(Answer::sse(chat_events({"al", "pha"})));
  const Reply stream =
      ask_at(serve, "/v1/messages", target(upstream), {},
             R"({"model":"gpt-x","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"hi"}]})");
  for (const char* part : {"event: message_start\n", R"("text":"al")", R"("text":"pha")",
                           R"("stop_reason":"end_turn")", "event: message_stop\n"})
    CHECK(stream.body.find(part) != std::string::npos);
  CHECK(stream.body.find("[DONE]") == std::string::npos);
  CHECK(at(record_of(serve, stream), "/total_tokens") == "12");
  CHECK(at(record_of(serve, stream), "/ok") == "true");

  upstream.always(busy({}));
  const Reply error = ask_at(serve, "/v1/messages", target(upstream), {}, body);
  CHECK(error.status == 429);
  CHECK(at(parse_json(error.body), "/type") == "error");
  CHECK(at(parse_json(error.body), "/error/type") == "rate_limit_error");
}

TEST_CASE_METHOD(Anthropic, "Messages fall back from Anthropic to a provider of OpenAI's form",
                 "[anthropic]") {
  FakeUpstream other;
  upstream.always(
      Answer::json(529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"));
  const std::string anthropic =
      R"({"provider":"anthropic","api_key":"k-ant","custom_host":")" + upstream.url() + "\"}";
  const Reply reply =
      ask_at(serve, "/v1/messages",
             strategy("fallback", {anthropic, target(other, R"("override_params":{"model":"gpt-x"})")}), {},
             R"({"model":"claude-x","max_tokens":5,"messages":[{"role":"user","content":"hi"}]})");
  CHECK(reply.status == 200);
  CHECK(at(parse_json(reply.body), "/content/0/text") == "Hello there");
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(at(parse_json(other.seen(0).body), "/model") == "gpt-x");
}

TEST_CASE_METHOD(Anthropic, "A refusal of pk itself is an error that clients of either form can read",
                 "[anthropic]") {
  const Reply reply = ask_at(serve, "/v1/messages", "{", {}, "{}");
  CHECK(reply.status == 400);
  const auto body = parse_json(reply.body);
  CHECK(at(body, "/status") == "failure");
  CHECK(at(body, "/error/message") == at(body, "/message"));
  CHECK(at(body, "/error/type") == "invalid_request_error");
}
