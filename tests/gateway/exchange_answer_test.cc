// What becomes of an upstream's answer, from its head to the record: against a scripted upstream on loopback.
#include "base/json.h"
#include "gateway/exchange_fixture.h"
#include "support/catch.h"
#include "support/closed_port.h"

using namespace pk::test;
using pk::http::Headers;
using pk::log::LogRecord;
using pk::log::State;

namespace {

// What each reply of a gateway route carries.
void check_gateway_headers(const FakeResponder& responder) {
  CHECK_FALSE(responder.header("x-portkey-trace-id").empty());
  CHECK(responder.header("x-portkey-cache-status") == "DISABLED");
  CHECK(responder.header("x-portkey-retry-attempt-count") == "0");
  CHECK(responder.header("x-portkey-last-used-option-index") == "config");
  CHECK(responder.header("x-pk-log-id").size() == 36);
}

constexpr const char* k_key = "sk-a-key-of-the-client-123";

}  // namespace

TEST_CASE("An answer passes byte for byte, with the upstream's headers and ours") {
  FakeUpstream upstream;
  upstream.always(Answer::script()
                      .head(200, {{"Content-Type", "application/json"},
                                  {"x-request-id", "req-1"},
                                  {"Content-Length", std::to_string(chat_body().size())},
                                  {"Connection", "keep-alive"}})
                      .bytes(chat_body()));
  const Called called(chat_to(upstream, {{"x-portkey-trace-id", "t1"}}));
  CHECK(called.responder.status() == 200);
  CHECK(called.responder.whole);
  CHECK(called.responder.sent == chat_body());
  CHECK(called.responder.length() == chat_body().size());
  CHECK(called.responder.header("x-request-id") == "req-1");
  CHECK(called.responder.header("x-portkey-trace-id") == "t1");
  CHECK(called.responder.header("x-portkey-provider") == "openai");
  CHECK(called.responder.header("connection").empty());
  check_gateway_headers(called.responder);
  const LogRecord& record = called.record();
  CHECK(record.ok);
  CHECK(record.state == State::complete);
  CHECK(record.total_tokens == 12);
  CHECK(record.response->body == chat_body());
  CHECK(record.id.text() == called.responder.header("x-pk-log-id"));
}

TEST_CASE("The upstream gets the body byte for byte, the key, and nothing of the gateway's") {
  FakeUpstream upstream;
  pk::http::Request request = chat_to(upstream, {{"x-portkey-metadata", R"({"a":"b"})"}, {"X-Mine", "mine"}});
  request.body =
      "{ \"model\" : \"m\", \"temperature\":0.70, \"big\":12345678901234567890123,\"messages\":[] }\n";
  const std::string body = request.body;
  const Called called(std::move(request));
  const SeenRequest seen = upstream.seen(0);
  CHECK(seen.target == "/v1/chat/completions");
  CHECK(seen.body == body);
  CHECK(seen.header("authorization") == "Bearer " + std::string(k_key));
  CHECK(seen.header("x-mine").empty());
  for (const auto& [name, value] : seen.headers) CHECK_FALSE(name.starts_with("x-portkey"));
  CHECK(called.record().request == std::nullopt);  // the open has it
  CHECK(called.sink.opened[0].request->body == body);
}

TEST_CASE("A stream goes out event by event, its end not before its record") {
  FakeUpstream upstream;
  const std::vector<std::string> events = chat_events({"one", " two", " three"});
  upstream.always(Answer::sse(events));
  std::string all;
  for (const std::string& event : events) all += "data: " + event + "\n\n";
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  bool whole_at_close = true;
  sink.on_close = [&] { whole_at_close = responder.whole; };
  gateway.serve(chat_to(upstream, {}, true), responder);
  CHECK(responder.whole);
  CHECK(responder.sent == all);
  CHECK_FALSE(responder.length());
  CHECK(responder.header("content-type") == "text/event-stream");
  CHECK_FALSE(whole_at_close);
  const LogRecord& record = only(sink);
  CHECK(record.ok);
  CHECK(record.stream);
  CHECK(record.total_tokens == 12);
  CHECK(record.ttft_ms);
  CHECK(record.response->body == all);
}

TEST_CASE("The first event of a stream leaves while the next one is not there yet") {
  FakeUpstream upstream;
  Gate gate;
  upstream.always(sse_head().chunk("data: first\n\n").wait(gate).chunk("data: second\n\n").last_chunk());
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  gateway.start(chat_to(upstream, {}, true), responder);
  while (responder.sent.empty()) gateway.turn();
  CHECK(responder.sent == "data: first\n\n");
  CHECK(sink.closed.empty());
  gate.open();
  while (!gateway.done()) gateway.turn();
  CHECK(responder.sent == "data: first\n\ndata: second\n\n");
  CHECK(responder.whole);
  CHECK(only(sink).ok);
}

TEST_CASE("The last bytes of a whole answer leave only when its record is on disk") {
  for (const bool stream : {false, true}) {
    FakeUpstream upstream;
    if (stream) upstream.always(Answer::sse(chat_events({"one"})));
    RecordingSink sink;
    sink.durable_up_to = 0;
    TestGateway gateway(sink);
    FakeResponder responder;
    gateway.start(chat_to(upstream, {}, stream), responder);
    while (sink.closed.empty()) gateway.turn();
    CHECK_FALSE(responder.whole);
    CHECK_FALSE(gateway.done());
    sink.durable_up_to = 2;
    gateway.gate.notify();
    while (!gateway.done()) gateway.turn();
    CHECK(responder.whole);
    CHECK(gateway.gate.released() == 0);
  }
}

TEST_CASE("With relaxed durability nothing waits") {
  FakeUpstream upstream;
  RecordingSink sink;
  sink.durable_up_to = 0;
  TestGateway gateway(sink);
  gateway.rules.hold_until_durable = false;
  gateway.use_rules();
  CHECK(gateway.answer(chat_to(upstream)).whole);
  CHECK(only(sink).ok);
}

TEST_CASE("An upstream's error has the one shape on a unified route, and its own on others") {
  FakeUpstream upstream;
  const std::string body = R"({"error":{"message":"You exceeded","type":"insufficient_quota","code":"x"}})";
  upstream.always(Answer::script()
                      .head(429, {{"Content-Type", "application/json"},
                                  {"Retry-After", "7"},
                                  {"Content-Encoding", "identity"},
                                  {"ETag", "\"of the upstream's\""},
                                  {"Content-MD5", "x"},
                                  {"Content-Length", std::to_string(body.size())}})
                      .bytes(body));
  const Called unified(chat_to(upstream));
  CHECK(unified.responder.status() == 429);
  CHECK(
      unified.responder.sent ==
      R"({"error":{"message":"openai error: You exceeded","type":"insufficient_quota","param":null,"code":"x"},)"
      R"("provider":"openai"})");
  CHECK(unified.responder.header("retry-after") == "7");
  CHECK(unified.responder.header("content-type") == "application/json");
  for (const char* of_the_bytes : {"content-encoding", "etag", "content-md5"})
    CHECK(unified.responder.header(of_the_bytes).empty());
  check_gateway_headers(unified.responder);
  CHECK_FALSE(unified.record().ok);
  CHECK(unified.record().error.find("You exceeded") != std::string::npos);
  CHECK(unified.record().attempts.size() == 1);

  pk::http::Request passed = chat_to(upstream);
  passed.target = "/v1/images/generations";
  const Called other(std::move(passed));
  CHECK(other.responder.status() == 429);
  CHECK(other.responder.sent == body);
  CHECK(other.record().error.find("You exceeded") != std::string::npos);
}

TEST_CASE("A page as an error, a stream as an error, and an error without an end are shaped too") {
  FakeUpstream upstream;
  const std::vector<Answer> answers = {
      Answer::script()
          .head(502, {{"Content-Type", "text/html"}, {"Content-Length", "23"}})
          .bytes("<html>bad luck</html>\r\n"),
      Answer::script()
          .head(500, {{"Content-Type", "text/event-stream"}})
          .bytes("data: {\"error\":\"bad luck\"}\n\n")
          .close(),
      Answer::script().head(503, json_of_length(1000)).bytes("{\"error\":\"bad luck\"").close(),
      Answer::script().head(500, json_of_length(0))};
  for (const Answer& answer : answers) {
    upstream.always(answer);
    const Called called(chat_to(upstream));
    CHECK(called.responder.status() >= 500);
    CHECK(called.responder.whole);
    CHECK(pk::is_json(called.responder.sent));
    CHECK_FALSE(called.record().ok);
    CHECK_FALSE(called.record().error.empty());
  }
}

TEST_CASE("An error of any size is answered with a bounded one") {
  FakeUpstream upstream;
  upstream.always(
      Answer::script().head(500, {{"Transfer-Encoding", "chunked"}}).flood(50'000'000).last_chunk());
  const Called called(chat_to(upstream));
  CHECK(called.responder.status() == 500);
  CHECK(called.responder.whole);
  CHECK(called.responder.sent.size() < 1'000'000);
  CHECK(called.record().http_status == 500);
}

TEST_CASE("A secret that the upstream echoes reaches neither the client nor the record") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest& seen) {
    return Answer::json(401, R"({"error":{"message":"bad key )" + seen.header("authorization") + R"("}})");
  });
  const Called called(chat_to(upstream));
  CHECK(upstream.seen(0).header("authorization").find(k_key) != std::string::npos);
  CHECK(called.responder.sent.find("bad key") != std::string::npos);
  CHECK(called.responder.sent.find(k_key) == std::string::npos);
  CHECK(called.record().error.find(k_key) == std::string::npos);
  CHECK(called.record().response->body.find(k_key) == std::string::npos);
}

TEST_CASE("An upstream that fails before its first byte is a 502 with all headers, and a record") {
  FakeUpstream upstream;
  const std::vector<Answer> answers = {
      Answer::script().reset(),
      Answer::script().close(),
      Answer::script().bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n").close(),
      Answer::script().bytes("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx").close(),
      Answer::script().head(200, json_of_length(100)).close(),
      Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).bytes("zz\r\n").close(),
  };
  for (const Answer& answer : answers) {
    upstream.always(answer);
    const Called called(chat_to(upstream));
    CHECK(called.responder.status() == 502);
    CHECK(called.responder.whole);
    CHECK(pk::is_json(called.responder.sent));
    CHECK(called.responder.header("x-portkey-provider") == "openai");
    check_gateway_headers(called.responder);
    const LogRecord& record = called.record();
    CHECK(record.state == State::complete);
    CHECK(record.http_status == 502);
    CHECK_FALSE(record.ok);
    CHECK_FALSE(record.error.empty());
    CHECK(record.response->body == called.responder.sent);
  }
}

TEST_CASE("An upstream that cannot be reached is a 502, and its attempt has no status") {
  const ClosedPort closed;
  pk::http::Request request = chat_of("openai", {{"x-portkey-custom-host", closed.url()}});
  const Called called(std::move(request));
  CHECK(called.responder.status() == 502);
  CHECK(called.record().http_status == 502);
  REQUIRE(called.record().attempts.size() == 1);
  CHECK_FALSE(called.record().attempts[0].http_status);
  CHECK(called.record().attempts[0].error == called.record().error);
}

TEST_CASE("An answer that breaks off once it has begun is cut, never ended") {
  FakeUpstream upstream;
  const std::string event = "data: {\"choices\":[]}\n\n";
  // What breaks waits until the event is through: it may take along what was not read yet.
  for (const int way : {0, 1, 2}) {
    Gate gate;
    Answer begun = sse_head().chunk(event).wait(gate);
    upstream.always(way == 0 ? begun.reset() : way == 1 ? begun.close() : begun.bytes("zz\r\n").close());
    RecordingSink sink;
    TestGateway gateway(sink);
    FakeResponder responder;
    gateway.start(chat_to(upstream, {}, true), responder);
    while (responder.sent.empty()) gateway.turn();
    gate.open();
    while (!gateway.done()) gateway.turn();
    CHECK(responder.sent == event);
    CHECK_FALSE(responder.whole);
    CHECK(responder.was_cut());
    const LogRecord& record = only(sink);
    CHECK(record.state == State::complete);
    CHECK_FALSE(record.ok);
    CHECK(record.http_status == 200);
    CHECK_FALSE(record.error.empty());
    CHECK(record.response->body == event);
  }
}

TEST_CASE("An answer that ends with its connection is whole only if it says so") {
  const auto script = [](const char* type, const std::string& bytes) {
    return Answer::script().head(200, {{"Content-Type", type}, {"Connection", "close"}}).bytes(bytes).close();
  };
  FakeUpstream upstream;
  const std::string stream = "data: {\"id\":\"1\"}\n\n";
  for (const bool whole : {true, false}) {
    INFO(whole);
    upstream.always(script("text/event-stream", whole ? stream + "data: [DONE]\n\n" : stream));
    const Called streamed(chat_to(upstream, {}, true));
    CHECK(streamed.responder.whole == whole);
    CHECK(streamed.responder.was_cut() == !whole);
    CHECK(streamed.record().ok == whole);
    CHECK(streamed.record().error.empty() == whole);
    upstream.always(script("application/json", whole ? chat_body() : chat_body().substr(0, 40)));
    const Called json(chat_to(upstream));
    CHECK((json.responder.status() == 200 && json.responder.whole) == whole);
    CHECK((json.responder.was_cut() || json.responder.status() == 502) == !whole);
    CHECK(json.record().ok == whole);
  }
}

TEST_CASE("A head that does not come in the asked time is the reference's 408") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  const Called called(chat_to(upstream, {{"x-portkey-request-timeout", "1"}}));
  CHECK(called.responder.status() == 408);
  CHECK(
      called.responder.sent ==
      R"({"error":{"message":"Request exceeded the timeout sent in the request: 1ms","type":"timeout_error",)"
      R"("param":null,"code":null}})");
  check_gateway_headers(called.responder);
  CHECK(called.record().http_status == 408);
  CHECK_FALSE(called.record().ok);
  // What tells it from an upstream that cannot be reached.
  REQUIRE(called.record().attempts.size() == 1);
  CHECK(called.record().attempts[0].http_status == 408);
  CHECK_FALSE(called.record().attempts[0].error.empty());
}

TEST_CASE("An address that may not be called is a 400 before anything is sent") {
  FakeUpstream upstream;
  const std::vector<std::string> hosts = {"http://10.0.0.1/v1", "http://169.254.169.254/v1",
                                          "http://0.0.0.0:1"};
  for (const std::string& host : hosts)
    for (const char* target : {"/v1/chat/completions", "/v1/files", "/v1/proxy/x"}) {
      pk::http::Request request = chat_of("openai", {{"x-portkey-custom-host", host}});
      request.target = target;
      const Called called(std::move(request));
      CHECK(called.responder.status() == 400);
      CHECK(called.responder.sent.find("Invalid custom host") != std::string::npos);
      CHECK(called.record().http_status == 400);
    }
}

TEST_CASE("A client that leaves before the head ends the call, and the record says so") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  gateway.start(chat_to(upstream), responder);
  while (upstream.seen_count() == 0) gateway.turn_what_is_ready();
  responder.leave();
  while (!gateway.done()) gateway.turn();
  upstream.wait_peer_left(1);
  const LogRecord& record = only(sink);
  CHECK(record.state == State::aborted);
  CHECK_FALSE(record.ok);
  CHECK_FALSE(record.http_status);
  CHECK(responder.status() == 0);
}

TEST_CASE("A client that leaves within a stream ends the call, and the record has what it saw") {
  FakeUpstream upstream;
  upstream.always(sse_head().chunk("data: first\n\n").hang());
  RecordingSink sink;
  TestGateway gateway(sink);
  FakeResponder responder;
  gateway.start(chat_to(upstream, {}, true), responder);
  while (responder.sent.empty()) gateway.turn();
  responder.leave();
  while (!gateway.done()) gateway.turn();
  upstream.wait_peer_left(1);
  const LogRecord& record = only(sink);
  CHECK(record.state == State::aborted);
  CHECK(record.http_status == 200);
  CHECK(record.response->body == "data: first\n\n");
  CHECK_FALSE(responder.whole);
}

TEST_CASE("A client that is found gone at any flush leaves one record") {
  FakeUpstream upstream;
  upstream.always(Answer::sse(chat_events({"one", " two", " three", " four"})));
  for (int flush = 0; flush < 12; ++flush) {
    INFO("gone before flush " << flush);
    RecordingSink sink;
    TestGateway gateway(sink);
    FakeResponder responder;
    responder.leave_at_flush = flush;
    gateway.serve(chat_to(upstream, {}, true), responder);
    const LogRecord& record = only(sink);
    CHECK(record.ok == (record.state == State::complete));
  }
}

TEST_CASE("A reply to HEAD has the head alone, and a status without a body none") {
  FakeUpstream upstream;
  upstream.always(Answer::script().head(200, {{"Content-Length", "1234"}, {"x-of", "upstream"}}));
  pk::http::Request head = chat_to(upstream);
  head.method = "HEAD";
  head.target = "/v1/files/f-1";
  head.body.clear();
  const Called to_head(std::move(head));
  CHECK(to_head.responder.status() == 200);
  CHECK(to_head.responder.length() == 1234);
  CHECK(to_head.responder.sent.empty());
  CHECK(to_head.responder.whole);
  CHECK(to_head.record().ok);

  upstream.always(Answer::script().head(204, {}));
  pk::http::Request gone = chat_to(upstream);
  gone.method = "DELETE";
  gone.target = "/v1/files/f-1";
  gone.body.clear();
  const Called deleted(std::move(gone));
  CHECK(deleted.responder.status() == 204);
  CHECK(deleted.responder.whole);
  CHECK(upstream.seen(1).method == "DELETE");
}

TEST_CASE("A redirect goes to the client") {
  FakeUpstream upstream;
  upstream.always(
      Answer::script().head(302, {{"Location", "http://elsewhere.example/"}, {"Content-Length", "0"}}));
  const Called called(chat_to(upstream));
  CHECK(called.responder.status() == 302);
  CHECK(called.responder.header("location") == "http://elsewhere.example/");
  CHECK(called.record().ok);
}

TEST_CASE("A coded answer reaches the client once decoded, and the record as text") {
  FakeUpstream upstream;
  const std::string gzip = gzip_stored(chat_body());
  HeaderList headers = json_of_length(gzip.size());
  headers.emplace_back("Content-Encoding", "gzip");
  upstream.always(Answer::script().head(200, headers).bytes(gzip));
  const Called called(chat_to(upstream));
  CHECK(called.responder.sent == chat_body());
  CHECK(called.responder.header("content-encoding").empty());
  CHECK(called.record().total_tokens == 12);
  CHECK(called.record().response->body == chat_body());
}

TEST_CASE("Of an untracked call no content is in any record, whichever way it ends") {
  const std::string marker = "unique-marker-77c2";
  const auto holds = [&](const LogRecord& record) {
    std::string all = record.error + record.path + record.user;
    for (const auto& attempt : record.attempts) all += attempt.error;
    for (const auto* content : {&record.request, &record.response})
      if (*content) all += (*content)->body + "content";
    return all.find(marker) != std::string::npos || all.find("content") != std::string::npos;
  };
  FakeUpstream upstream;
  const std::string error = R"({"error":{"message":")" + marker + R"("}})";
  const std::vector<Answer> answers = {
      Answer::json(200, chat_body(marker)), Answer::json(500, error), Answer::sse({marker, "[DONE]"}),
      sse_head().chunk("data: " + marker + "\n\n").reset(), Answer::script().reset()};
  for (const Answer& answer : answers)
    for (const bool by_settings : {false, true}) {
      upstream.always(answer);
      Headers headers = {{"X-Marked", marker}};
      if (!by_settings) headers.emplace_back("x-portkey-debug", "false");
      pk::http::Request request = chat_to(upstream, headers);
      request.body = R"({"model":"m","user":")" + marker + R"(","messages":[]})";
      const Called called(std::move(request), [&](TestGateway& gateway) {
        gateway.rules.tracked = !by_settings;
        gateway.use_rules();
      });
      CHECK_FALSE(called.record().tracked);
      CHECK_FALSE(holds(called.record()));
      for (const LogRecord& opened : called.sink.opened) CHECK_FALSE(holds(opened));
      CHECK(called.responder.header("x-pk-log-id").size() == 36);
    }
}
