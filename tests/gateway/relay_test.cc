// Answers that are scripted piece by piece, brought to a client that leaves when it is told to.
#include "gateway/relay.h"

#include "base/text.h"
#include "gateway/fakes.h"
#include "provider/translation.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::gateway;
using namespace pk::test;
using How = Delivered::How;

namespace {

// What an upstream sends, in these pieces and at once; then its end, or an error.
class ScriptedCall final : public upstream::Call {
 public:
  explicit ScriptedCall(std::vector<std::string> pieces, std::optional<Error> error = {})
      : m_pieces(std::move(pieces)), m_error(std::move(error)) {}

  Task<Result<const upstream::Head*>> head() override { co_return &m_head; }
  Task<Result<std::string_view>> read() override {
    if (m_cancelled) co_return Error{Errc::cancelled, "the client left"};
    if (m_next < m_pieces.size()) co_return std::string_view(m_pieces[m_next++]);
    if (m_error) co_return Error(*m_error);
    co_return std::string_view();
  }
  bool ended() const override {
    return says_its_end && m_next == m_pieces.size() && !m_error && !m_cancelled;
  }
  void cancel() override { m_cancelled = m_next < m_pieces.size() || m_error || !says_its_end; }
  bool cancelled() const { return m_cancelled; }

  bool says_its_end = true;  // as the last piece is read, as if its end had come with it

 private:
  std::vector<std::string> m_pieces;
  std::optional<Error> m_error;
  upstream::Head m_head;
  std::size_t m_next = 0;
  bool m_cancelled = false;
};

upstream::Head head_of(std::string type, std::optional<std::size_t> length = {}, int status = 200) {
  upstream::Head head{status, {{"Content-Type", std::move(type)}, {"x-of", "upstream"}}};
  if (length) head.headers.emplace_back("Content-Length", std::to_string(*length));
  return head;
}

// One answer on its way; what holds it together lives in the test.
struct Relayed {
  explicit Relayed(bool bodyless = false, bool tracked = true)
      : recorder(clock, Uuid::lowest_of(FakeClock::k_start_ms)), relay(recorder, responder, bodyless) {
    const http::Request request = request_of("POST", "/v1/chat/completions");
    recorder.request(request, read_options(request.headers), log::Endpoint::chat_completions, tracked);
    recorder.attempt_begins("config", 0);
  }

  void pass(ScriptedCall& call, const upstream::Head& head) { run(relay.pass(call, head)).detach(); }
  void translate(ScriptedCall& call, const upstream::Head& head, provider::Decoder& decoder,
                 bool of_upstream) {
    run(relay.translate(call, head, decoder, of_upstream)).detach();
  }
  // As the exchange does once it has recorded.
  void flush_end() { flush().detach(); }

  FakeClock clock;
  FakeResponder responder;
  Recorder recorder;
  Relay relay;
  std::optional<Delivered> delivered;

 private:
  Task<void> run(Task<Delivered> task) { delivered = co_await std::move(task); }
  Task<void> flush() { co_await responder.flush(); }
};

std::unique_ptr<provider::Decoder> decoder_of(const char* provider, log::Endpoint endpoint,
                                              bool include_usage = true) {
  provider::AnswerFacts facts;
  facts.provider = provider;
  facts.endpoint = endpoint;
  facts.id = "0195-id";
  facts.model = "m";
  facts.include_usage = include_usage;
  return provider::answer_decoder(*provider::find(provider), facts);
}

const std::string k_message =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"Hello"}],)"
    R"("stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":3}})";
const std::string k_gemini =
    R"({"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]},"finishReason":"STOP","index":0}],)"
    R"("usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":3,"totalTokenCount":12},"modelVersion":"gemini-x"})";
const std::string k_message_events =
    "event: message_start\ndata: "
    "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\","
    "\"role\":\"assistant\",\"model\":\"claude-x\",\"content\":[],\"usage\":{\"input_tokens\":9,\"output_"
    "tokens\":1}}}\n\n"
    "event: content_block_start\ndata: "
    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\","
    "\"text\":\"\"}}\n\n"
    "event: content_block_delta\ndata: "
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
    "\"text\":\"Hello\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: "
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{"
    "\"output_tokens\":3}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
const std::string k_gemini_event = "data: " + k_gemini + "\n\n";

// Headers that say something of an upstream's body that another one takes the place of.
constexpr const char* k_of_the_bytes[] = {"Content-Encoding", "ETag",           "Content-MD5",
                                          "Digest",           "Content-Digest", "Repr-Digest",
                                          "Accept-Ranges",    "Content-Range",  "Last-Modified"};

std::vector<std::string> cut_at(const std::string& text, std::size_t at) {
  std::vector<std::string> pieces;
  for (const std::string& piece : {text.substr(0, at), text.substr(at)})
    if (!piece.empty()) pieces.push_back(piece);
  return pieces;
}

}  // namespace

TEST_CASE("A whole answer passes wherever it is cut, its last bytes kept back") {
  const std::string body = "{\"a\":\"b\"}";
  for (const bool has_length : {true, false})
    for (std::size_t at = 0; at <= body.size(); ++at) {
      INFO(has_length << " cut at " << at);
      ScriptedCall call(cut_at(body, at));
      const upstream::Head head =
          head_of("application/json", has_length ? std::optional(body.size()) : std::nullopt);
      Relayed one;
      one.pass(call, head);
      REQUIRE(one.delivered);
      CHECK(one.delivered->how == How::whole);
      CHECK_FALSE(one.responder.whole);
      CHECK(one.responder.sent.size() < body.size());
      one.flush_end();
      CHECK(one.responder.sent == body);
      CHECK(one.responder.whole);
      // Its length is known from the start where it is one piece.
      CHECK(one.responder.length().has_value() == (has_length || at == 0 || at == body.size()));
      CHECK(one.responder.header("x-of") == "upstream");
      CHECK(one.responder.header("x-portkey-trace-id").size() == 36);
      one.recorder.completed();
      CHECK(one.recorder.to_close().response->body == body);
    }
}

TEST_CASE("An answer that breaks before its first byte can still be another one") {
  for (const char* type : {"application/json", "text/plain"}) {
    ScriptedCall call({}, Error{Errc::upstream, "reset"});
    const upstream::Head head = head_of(type, 5);
    Relayed one;
    one.pass(call, head);
    CHECK(one.delivered->how == How::nothing);
    CHECK(one.delivered->error->message == "reset");
    CHECK_FALSE(one.responder.head_sent());
    one.flush_end();
    CHECK(one.responder.status() == 0);
  }
}

TEST_CASE("An answer that breaks later is cut: its head was sent, or its stream had begun") {
  ScriptedCall whole({"half"}, Error{Errc::upstream, "reset"});
  Relayed one;
  one.pass(whole, head_of("application/json", 8));
  CHECK(one.delivered->how == How::cut);
  CHECK(one.responder.sent == "half");

  ScriptedCall stream({}, Error{Errc::upstream, "reset"});
  Relayed other;
  other.pass(stream, head_of("text/event-stream"));
  CHECK(other.delivered->how == How::cut);
  CHECK(other.responder.status() == 200);
}

TEST_CASE("An answer that is not of the length it says is never whole") {
  const std::vector<std::pair<std::size_t, How>> cases = {{3, How::nothing}, {7, How::cut}, {9, How::cut}};
  for (const auto& [length, how] : cases) {
    INFO(length);
    ScriptedCall call({"1234", "5678"});
    Relayed one;
    one.pass(call, head_of("application/json", length));
    CHECK(one.delivered->how == how);
    CHECK(one.delivered->error->message.find("Content-Length") != std::string::npos);
  }
  // What overrides it is what counts.
  ScriptedCall call({"1234", "5678"});
  upstream::Head head = head_of("application/json", 3);
  head.headers.emplace_back("Transfer-Encoding", "chunked");
  Relayed one;
  one.pass(call, head);
  CHECK(one.delivered->how == How::whole);
  CHECK_FALSE(one.responder.length());
}

TEST_CASE("Where only the connection's end ends an answer, it is whole if its own form says so") {
  struct Row {
    std::string type, body;
    bool whole;
  };
  const std::string json = "application/json", events = "text/event-stream; charset=utf-8";
  const std::vector<Row> rows = {
      {json, chat_body(), true},
      {json,
       R"( {"a":"}\"]{[","b":[{}]} )"
       "\n",
       true},
      {json, chat_body().substr(0, chat_body().size() - 1), false},
      {json, R"({"a":"}")", false},
      {json, R"({"a":"\"}")", false},
      {json, "", false},
      {json, " ", false},
      {"text/plain", "anyth{ng", true},
      {events, "data: {\"id\":1}\n\ndata: [DONE]\n\n", true},
      {events, "data: {\"id\":1}\n\ndata: [DONE]", true},
      {events, "data: {\"id\":1}\n\n", false},
      {events, "data: {\"error\":{\"message\":\"m\"}}\n\n", true},
      {events, k_message_events, true},
      {events, k_message_events.substr(0, k_message_events.size() - 60), false},
      {events, "event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n", true}};
  for (const Row& row : rows)
    for (const bool by_close : {true, false})
      for (const bool tracked : {true, false})
        for (std::size_t at = 0; at <= row.body.size(); at += 1 + row.body.size() / 9)
          for (const bool end_comes_late : {true, false}) {
            INFO(row.type << by_close << tracked << at << end_comes_late << row.body);
            Relayed one(false, tracked);
            ScriptedCall call(cut_at(row.body, at));
            call.says_its_end = !end_comes_late;
            upstream::Head head = head_of(row.type);
            head.ends_by_close = by_close;
            one.pass(call, head);
            CHECK((one.delivered->how == How::whole) == (row.whole || !by_close));
            one.flush_end();
            CHECK(one.responder.whole == (row.whole || !by_close));
          }
}

TEST_CASE("To a HEAD the head alone is the answer, with the length that a GET would have") {
  ScriptedCall call({});
  Relayed one(true);
  one.pass(call, head_of("application/json", 1234));
  CHECK(one.delivered->how == How::whole);
  one.flush_end();
  CHECK(one.responder.length() == 1234);
  CHECK(one.responder.sent.empty());
  // An upstream that sends a body all the same does not get it through.
  ScriptedCall wordy({"body"});
  Relayed other(true);
  other.pass(wordy, head_of("application/json", 2));
  CHECK(other.delivered->how == How::whole);
  other.flush_end();
  CHECK(other.responder.sent.empty());
}

TEST_CASE("A status without a body has none, whatever its headers say") {
  for (const int status : {204, 304}) {
    ScriptedCall call({});
    Relayed one;
    one.pass(call, head_of("application/json", 10, status));
    CHECK(one.delivered->how == How::whole);
    one.flush_end();
    CHECK(one.responder.status() == status);
    CHECK(one.responder.whole);
  }
}

TEST_CASE("A client that leaves at any flush ends the call, passed or translated") {
  const std::vector<std::string> events = cut_at(k_message_events, 500);
  for (const bool translated : {false, true})
    for (int flush = 0; flush < 3; ++flush) {
      INFO(translated << " gone before flush " << flush);
      ScriptedCall call({events[0], events[1], ": ping\n\n"});
      call.says_its_end = false;
      const auto decoder = decoder_of("anthropic", log::Endpoint::chat_completions);
      Relayed one;
      one.responder.leave_at_flush = flush;
      if (translated)
        one.translate(call, head_of("text/event-stream"), *decoder, true);
      else
        one.pass(call, head_of("text/event-stream"));
      REQUIRE(one.delivered);
      CHECK(one.delivered->how == How::left);
      CHECK_FALSE(one.responder.whole);
      CHECK(call.cancelled());
    }
}

TEST_CASE("A stream is translated the same wherever it is cut") {
  std::string expected;
  for (std::size_t at = 0; at <= k_message_events.size(); ++at) {
    INFO("cut at " << at);
    ScriptedCall call(cut_at(k_message_events, at));
    const auto decoder = decoder_of("anthropic", log::Endpoint::chat_completions);
    Relayed one;
    one.translate(call, head_of("text/event-stream; charset=utf-8", 5), *decoder, true);
    REQUIRE(one.delivered);
    CHECK(one.delivered->how == How::whole);
    CHECK_FALSE(one.responder.whole);
    one.flush_end();
    if (expected.empty()) expected = one.responder.sent;
    CHECK(one.responder.sent == expected);
    CHECK(one.responder.sent.find("Hello") != std::string::npos);
    CHECK(one.responder.sent.ends_with("data: [DONE]\n\n"));
    CHECK_FALSE(one.responder.length());
    CHECK(one.responder.header("content-type") == "text/event-stream");
    one.recorder.completed();
    const log::LogRecord& record = one.recorder.to_close();
    CHECK(record.ok);
    CHECK(record.total_tokens == 12);
    CHECK(record.response->body == one.responder.sent);
  }
}

TEST_CASE("Tokens of a translated stream are recorded whether the client asked for them or not") {
  for (const bool asked : {true, false})
    for (const bool whole : {true, false}) {
      INFO("asked " << asked << " whole " << whole);
      ScriptedCall call({k_gemini_event},
                        whole ? std::nullopt : std::optional(Error{Errc::upstream, "reset"}));
      const auto decoder = decoder_of("google", log::Endpoint::chat_completions, asked);
      Relayed one;
      one.translate(call, head_of("text/event-stream"), *decoder, false);
      REQUIRE(one.delivered);
      one.flush_end();
      const bool told = one.responder.sent.find(R"("choices":[],"usage":)") != std::string::npos;
      CHECK(told == (asked && whole));
      one.recorder.completed();
      const log::LogRecord& record = one.recorder.to_close();
      CHECK(record.model == "gemini-x");
      CHECK(record.prompt_tokens == 9);
      CHECK(record.completion_tokens == 3);
      CHECK(record.total_tokens == 12);
    }
}

TEST_CASE("A translated stream that breaks off is cut, and one that was no stream says so") {
  ScriptedCall cut(cut_at(k_message_events.substr(0, 600), 300), Error{Errc::upstream, "reset"});
  const auto decoder = decoder_of("anthropic", log::Endpoint::chat_completions);
  Relayed one;
  one.translate(cut, head_of("text/event-stream"), *decoder, true);
  CHECK(one.delivered->how == How::cut);
  CHECK(one.responder.sent.find("[DONE]") == std::string::npos);

  ScriptedCall garbage({"this is ", "no event stream\n\n"});
  const auto second = decoder_of("anthropic", log::Endpoint::chat_completions);
  Relayed other;
  other.translate(garbage, head_of("text/event-stream"), *second, true);
  CHECK(other.delivered->how == How::whole);
  other.flush_end();
  CHECK(other.responder.sent.find("[DONE]") == std::string::npos);
  other.recorder.completed();
  CHECK_FALSE(other.recorder.to_close().ok);
  CHECK_FALSE(other.recorder.to_close().error.empty());
}

TEST_CASE("A whole answer is translated wherever it is cut, and its tokens are known, tracked or not") {
  struct Case {
    const char* provider;
    const std::string& body;
    bool usage_is_upstreams;
  };
  const std::vector<Case> cases = {{"anthropic", k_message, true}, {"google", k_gemini, false}};
  for (const Case& c : cases)
    for (const bool tracked : {true, false})
      for (std::size_t at = 0; at < c.body.size(); at += 7) {
        INFO(c.provider << " tracked " << tracked << " cut at " << at);
        ScriptedCall call(cut_at(c.body, at));
        const auto decoder = decoder_of(c.provider, log::Endpoint::chat_completions);
        Relayed one(false, tracked);
        one.translate(call, head_of("application/json", c.body.size()), *decoder, c.usage_is_upstreams);
        CHECK(one.delivered->how == How::whole);
        CHECK(one.responder.sent.empty());
        one.flush_end();
        CHECK(one.responder.status() == 200);
        CHECK(one.responder.length() == one.responder.sent.size());
        CHECK(one.responder.sent.find(R"("content":"Hello")") != std::string::npos);
        one.recorder.completed();
        const log::LogRecord& record = one.recorder.to_close();
        CHECK(record.ok);
        CHECK(record.total_tokens == 12);
        CHECK(record.response.has_value() == tracked);
      }
}

TEST_CASE("A whole answer that cannot be understood is a 502 that says why") {
  for (const char* body : {"", "no json", "[]", "{\"type\":\"message\""}) {
    INFO(body);
    ScriptedCall call(cut_at(body, 0));
    const auto decoder = decoder_of("anthropic", log::Endpoint::chat_completions);
    Relayed one;
    one.translate(call, head_of("application/json"), *decoder, true);
    CHECK(one.delivered->how == How::whole);
    one.flush_end();
    CHECK(one.responder.status() == 502);
    CHECK(one.responder.header("content-type") == "application/json");
    one.recorder.completed();
    const log::LogRecord& record = one.recorder.to_close();
    CHECK_FALSE(record.ok);
    CHECK(record.http_status == 502);
    CHECK_FALSE(record.error.empty());
    CHECK(record.attempts.back().error == record.error);
  }
}

TEST_CASE("A whole answer that breaks, or is too large to be translated, can still be another one") {
  ScriptedCall broken(cut_at(k_message, 40), Error{Errc::upstream, "reset"});
  const auto decoder = decoder_of("anthropic", log::Endpoint::chat_completions);
  Relayed one;
  one.translate(broken, head_of("application/json", 4000), *decoder, true);
  CHECK(one.delivered->how == How::nothing);
  CHECK_FALSE(one.responder.head_sent());

  std::vector<std::string> pieces(k_translated_bytes_max / 1'000'000 + 2, std::string(1'000'000, ' '));
  ScriptedCall large(std::move(pieces));
  Relayed other;
  other.translate(large, head_of("application/json"), *decoder, true);
  CHECK(other.delivered->how == How::nothing);
  CHECK(other.delivered->error->message.find("too large") != std::string::npos);
}

TEST_CASE("A translated answer keeps the upstream's headers but those of its form") {
  upstream::Head head = head_of("application/vnd.something+json", k_message.size());
  head.headers.emplace_back("request-id", "req-1");
  head.headers.emplace_back("Connection", "close");
  for (const char* of_the_bytes : k_of_the_bytes) head.headers.emplace_back(of_the_bytes, "x");
  ScriptedCall call({k_message});
  const auto decoder = decoder_of("anthropic", log::Endpoint::chat_completions);
  Relayed one;
  one.translate(call, head, *decoder, true);
  one.flush_end();
  CHECK(one.responder.header("request-id") == "req-1");
  CHECK(one.responder.header("content-type") == "application/json");
  CHECK(one.responder.header("connection").empty());
  for (const char* of_the_bytes : k_of_the_bytes) CHECK(one.responder.header(of_the_bytes).empty());
  std::size_t types = 0;
  for (const auto& [name, value] : one.responder.headers()) types += iequals(name, "content-type");
  CHECK(types == 1);
}
