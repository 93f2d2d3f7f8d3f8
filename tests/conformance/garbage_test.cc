// Providers that talk nonsense, in each form that pk translates: the client gets an error it can read or a
// stream that says so, the record tells it, and the next request is served.
#include "conformance/configs.h"
#include "support/catch.h"
#include "support/event_stream.h"

using namespace pk::test;

namespace {

struct Form {
  const char* provider;
  const char* extra;  // members of its target
  const char* path;   // behind the fake's URL
  std::string good;   // a whole answer
  std::string good_stream;
  std::string stream_type = "text/event-stream";
  // The routes whose answers do not pass as they are.
  std::vector<const char*> translated = {"/v1/chat/completions", "/v1/messages"};
};

std::string anthropic_event(const std::string& type, const std::string& rest) {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + rest + "}\n\n";
}

std::vector<Form> forms() {
  std::vector<Form> all;
  all.push_back({"anthropic", "", "/v1",
                 R"({"type":"message","content":[{"type":"text","text":"good"}],"stop_reason":"end_turn"})",
                 anthropic_event("message_start", R"(,"message":{"id":"m","model":"x"})") +
                     anthropic_event("content_block_delta",
                                     R"(,"index":0,"delta":{"type":"text_delta","text":"good"})") +
                     anthropic_event("message_stop", "")});
  all.back().translated = {"/v1/chat/completions"};
  all.push_back(
      {"openai", "", "/v1",
       R"({"choices":[{"index":0,"message":{"content":"good"},"finish_reason":"stop"}]})",
       "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"good\"}}]}\n\ndata: "
       "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"});
  all.back().translated = {"/v1/messages"};
  all.push_back(
      {"google", "", "", R"({"candidates":[{"content":{"parts":[{"text":"good"}]},"finishReason":"STOP"}]})",
       "data: "
       "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"good\"}]},\"finishReason\":\"STOP\"}]}\n\n"});
  all.push_back(
      {"cohere", "", "",
       R"({"id":"c","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"good"}]}})",
       "data: "
       "{\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\"good\"}}}}"
       "\n\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\"}}\n\n"});
  all.push_back(
      {"bedrock", R"(,"aws_region":"us-east-1")", "",
       R"({"output":{"message":{"role":"assistant","content":[{"text":"good"}]}},"stopReason":"end_turn"})",
       pk::aws_event("messageStart", R"({"role":"assistant"})") +
           pk::aws_event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"good"}})") +
           pk::aws_event("messageStop", R"({"stopReason":"end_turn"})") + pk::aws_event("metadata", "{}"),
       "application/vnd.amazon.eventstream"});
  return all;
}

struct Bench {
  FakeUpstream upstream;
  Serve serve;

  std::string config(const Form& form) const {
    return R"({"provider":")" + std::string(form.provider) + R"(","api_key":"k","custom_host":")" +
           upstream.url(form.path) + "\"" + form.extra + "}";
  }
  Reply call(const Form& form, bool stream, const std::string& path = "/v1/chat/completions") const {
    return ask_at(serve, path, config(form), {},
                  R"({"model":"m","max_tokens":9,"stream":)" + std::string(stream ? "true" : "false") +
                      R"(,"messages":[{"role":"user","content":"hi"}]})");
  }
  // The last record says that it went wrong, and why.
  void check_told(const Reply& reply) {
    const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
    CHECK(at(record, "/state") == "complete");
    CHECK(at(record, "/ok") == "false");
    CHECK(at(record, "/error") != "null");
    CHECK(at(record, "/attempts/0/error") != "null");
  }
  void check_next_is_served(const Form& form) {
    upstream.always(Answer::json(200, form.good));
    const Reply next = call(form, false);
    CHECK(next.status == 200);
    CHECK(next.body.find("good") != std::string::npos);
  }
};

Answer whole(const std::string& type, const std::string& body, int status = 200) {
  return Answer::script()
      .head(status, {{"Content-Type", type}, {"Content-Length", std::to_string(body.size())}})
      .bytes(body);
}

Answer streamed(const Form& form, const std::string& bytes) {
  Answer answer =
      Answer::script().head(200, {{"Content-Type", form.stream_type}, {"Transfer-Encoding", "chunked"}});
  if (!bytes.empty()) answer.chunk(bytes);
  return answer.last_chunk();
}

const std::string k_binary = [] {
  std::string bytes;
  for (int i = 0; i < 2000; ++i) bytes += static_cast<char>(i * 37 % 256);
  return bytes;
}();

// A whole answer with status 200 that is none.
const std::vector<std::pair<const char*, std::string>> k_bodies = {
    {"nothing", ""},
    {"null", "null"},
    {"a number", "7"},
    {"an empty object", "{}"},
    {"an empty array", "[]"},
    {"half of it", R"({"candidates":[{"content")"},
    {"wrong types", R"({"content":7,"candidates":"x","message":[1],"output":[[]],"usage":"many","id":{}})"},
    {"an error", R"({"error":{"message":"boom","type":"server_error"}})"},
    {"an error in words", R"({"message":"boom"})"},
    {"binary", k_binary},
    {"a page", "<html><title>Sign in</title></html>"},
    {"deep", std::string(100'000, '[')},
};

}  // namespace

TEST_CASE_METHOD(Bench, "An answer that is none is a 5xx with the reason, whatever the provider's form",
                 "[garbage]") {
  for (const Form& form : forms()) {
    for (const auto& [title, body] : k_bodies) {
      for (const char* path : form.translated) {
        INFO(form.provider << " " << path << ": " << title);
        upstream.always(whole("application/json", body));
        const Reply reply = call(form, false, path);
        REQUIRE(reply.whole);
        CHECK(reply.status == 502);
        CHECK_FALSE(at(parse_json(reply.body), "/error/message").empty());
        check_headers(reply);
        check_told(reply);
      }
    }
    check_next_is_served(form);
  }
}

TEST_CASE_METHOD(Bench, "A stream that is none says so in its last event, or is cut", "[garbage]") {
  for (const Form& form : forms()) {
    const std::string& good = form.good_stream;
    const std::vector<std::pair<const char*, std::string>> streams = {
        {"nothing", ""},
        {"half of it", good.substr(0, good.size() / 2)},
        {"nothing but its beginning",
         good.substr(0, good.find("\n\n") == good.size() - 2 ? 0 : good.find("\n\n") + 2)},
        {"an event cut at its end", good.substr(0, good.size() - 50)},
        {"no events", k_binary},
        {"an event of nonsense", "data: nonsense\n\n"},
        {"an event of another type", "data: [1,2]\n\n"},
        {"an error", "data: {\"error\":{\"message\":\"boom\"}}\n\n"},
        {"a page", "<html><title>Sign in</title></html>"},
        {"JSON", R"({"error":{"message":"boom"}})"},
    };
    for (const auto& [title, bytes] : streams) {
      for (const char* path : form.translated) {
        INFO(form.provider << " " << path << ": " << title);
        upstream.always(streamed(form, bytes));
        const Reply reply = call(form, true, path);
        CHECK(reply.body.find("[DONE]") == std::string::npos);
        CHECK(reply.body.find("event: message_stop") == std::string::npos);
        const bool says = reply.body.find("\"error\"") != std::string::npos;
        const bool cut = !reply.whole;
        CHECK((says || cut));
        check_told(reply);
      }
    }
    upstream.always(streamed(form, good));
    const Reply next = call(form, true);
    CHECK(next.body.find("good") != std::string::npos);
    CHECK(next.body.ends_with("data: [DONE]\n\n"));
    check_next_is_served(form);
  }
}

TEST_CASE_METHOD(Bench, "JSON where a stream was asked for, and a stream where none was", "[garbage]") {
  for (const Form& form : forms()) {
    INFO(form.provider);
    // The answer is there and can be read: the client gets it as a whole.
    upstream.always(Answer::json(200, form.good));
    const Reply unstreamed = call(form, true);
    CHECK(unstreamed.status == 200);
    CHECK(unstreamed.body.find("good") != std::string::npos);
    upstream.always(streamed(form, form.good_stream));
    const Reply unasked = call(form, false);
    CHECK(unasked.body.find("good") != std::string::npos);
    check_next_is_served(form);
  }
}

TEST_CASE_METHOD(Bench, "Errors of any shape get the one shape, with the provider's status", "[garbage]") {
  for (const Form& form : forms()) {
    for (int status : {400, 401, 429, 500, 529}) {
      for (const std::string& body : {std::string(), std::string("{"), std::string("[]"), k_binary,
                                      std::string(R"({"message":"boom"})"),
                                      std::string(R"([{"error":{"message":"boom","status":"X"}}])"),
                                      std::string("<html><title>boom</title></html>")}) {
        INFO(form.provider << " " << status << " " << body.substr(0, 40));
        upstream.always(whole("application/json", body, status));
        const Reply reply = call(form, status % 2 == 0);
        CHECK(reply.status == status);
        const std::string message = at(parse_json(reply.body), "/error/message");
        CHECK(message.starts_with(std::string(form.provider) + " error: "));
        if (body.find("boom") != std::string::npos) CHECK(message.find("boom") != std::string::npos);
        CHECK(at(parse_json(reply.body), "/provider") == form.provider);
      }
    }
    check_next_is_served(form);
  }
}

TEST_CASE_METHOD(Bench, "An answer without usage is an answer, and its tokens are not known", "[garbage]") {
  for (const Form& form : forms()) {
    INFO(form.provider);
    upstream.always(Answer::json(200, form.good));
    const auto record = record_of(serve, call(form, false));
    CHECK(at(record, "/ok") == "true");
    CHECK(at(record, "/total_tokens") == "null");
    CHECK(at(record, "/cost_usd") == "null");
  }
}

TEST_CASE_METHOD(Bench, "An answer that breaks off is never whole, in any form", "[garbage]") {
  for (const Form& form : forms()) {
    INFO(form.provider);
    upstream.always(Answer::script()
                        .head(200, {{"Content-Type", "application/json"}, {"Content-Length", "1000"}})
                        .bytes(form.good)
                        .reset());
    const Reply broken = call(form, false, form.translated[0]);
    CHECK(broken.status == 502);
    check_told(broken);
    upstream.always(Answer::script()
                        .head(200, {{"Content-Type", form.stream_type}, {"Transfer-Encoding", "chunked"}})
                        .chunk(form.good_stream.substr(0, form.good_stream.size() / 2))
                        .reset());
    const Reply cut = call(form, true, form.translated[0]);
    CHECK_FALSE(cut.whole);
    CHECK(cut.body.find("[DONE]") == std::string::npos);
    check_told(cut);
    check_next_is_served(form);
  }
}

TEST_CASE_METHOD(Bench, "Where OpenAI's form passes as it is, an error with status 200 is recorded as one",
                 "[garbage]") {
  upstream.always(Answer::json(200, R"({"error":{"message":"boom"}})"));
  const Reply reply = ask(serve, target(upstream));
  CHECK(reply.status == 200);
  CHECK(reply.body == R"({"error":{"message":"boom"}})");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/ok") == "false");
  CHECK(at(record, "/error") == "boom");
  for (const auto& [title, body] : k_bodies) {
    INFO(title);
    upstream.always(whole("application/json", body));
    CHECK(ask(serve, target(upstream)).body == body);
  }
  upstream.always(ok());
  CHECK(ask(serve, target(upstream)).body == chat_body());
}
