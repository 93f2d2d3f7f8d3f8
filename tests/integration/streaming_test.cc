// Streams: each byte as it comes and as it was, no more of it in memory than fits, and an end when the client
// leaves.
#include <chrono>
#include <thread>

#include "support/catch.h"
#include "support/serve_fixture.h"

using namespace pk::test;

namespace {

Answer event_stream() {
  return Answer::script().head(200,
                               {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}});
}

std::string stream_call(const FakeUpstream& upstream) {
  return request_text("POST", "/v1/chat/completions", openai(upstream), chat_request("hi", true));
}

// Waits until the flood stands still (the client does not read, so it must) or is over.
std::uint64_t flooded_when_still(const FakeUpstream& upstream, std::uint64_t all) {
  constexpr int k_still_rounds = 20;
  std::uint64_t last = 0;
  for (int still = 0; still < k_still_rounds && last < all;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    const std::uint64_t now = upstream.flooded();
    still = now == last && now > 0 ? still + 1 : 0;
    last = now;
  }
  return last;
}

}  // namespace

TEST_CASE("The first event reaches the client while the upstream still waits", "[streaming]") {
  FakeUpstream upstream;
  const Gate first_was_read;
  upstream.always(
      event_stream().chunk("data: one\n\n").wait(first_was_read).chunk("data: [DONE]\n\n").last_chunk());
  Serve serve;
  HttpClient client(serve.port());
  client.send(stream_call(upstream));
  CHECK(client.read_until("data: one\n\n") == "data: one\n\n");
  first_was_read.open();
  const Reply reply = client.read_reply();
  CHECK(reply.whole);
  CHECK(reply.body == "data: one\n\ndata: [DONE]\n\n");
  CHECK(reply.header("content-type") == "text/event-stream");
  CHECK(reply.header("x-portkey-trace-id") != "");
}

TEST_CASE("The response's head reaches the client before the first event", "[streaming]") {
  FakeUpstream upstream;
  const Gate head_was_read;
  upstream.always(event_stream().wait(head_was_read).chunk("data: [DONE]\n\n").last_chunk());
  Serve serve;
  HttpClient client(serve.port());
  client.send(stream_call(upstream));
  CHECK(client.read_some().rfind("HTTP/1.1 200", 0) == 0);
  head_was_read.open();
}

TEST_CASE("A stream passes byte for byte, however it is cut", "[streaming]") {
  using namespace std::string_literals;
  const std::string odd =
      ": ping\r\n\r\ndata: {\"choices\":[]}\r\rdata:\xff\xfe not utf-8\n\nevent: x\ndata: a\ndata: b\n\nid: "
      "1\n\n"
      "data: \0 nul\n\ndata: no end"s;
  FakeUpstream upstream;
  Answer bytewise = event_stream();
  for (char byte : odd) bytewise.chunk({&byte, 1});
  Answer dripped = Answer::script().head(
      200, {{"Content-Type", "text/event-stream"}, {"Content-Length", std::to_string(odd.size())}});
  Serve serve;
  for (const Answer& answer :
       {event_stream().chunk(odd).last_chunk(), bytewise.last_chunk(), dripped.drip(odd)}) {
    upstream.always(answer);
    const Reply reply = chat(serve, upstream, {}, chat_request("hi", true));
    REQUIRE(reply.whole);
    CHECK(reply.body == odd);
    CHECK(at(log_of(serve.data(), reply.header("x-pk-log-id")), "/state") == "complete");
  }
}

TEST_CASE("Tokens and the joined text of a stream are in the ledger, its events under --raw", "[streaming]") {
  FakeUpstream upstream;
  upstream.always(Answer::sse(chat_events({"Hel", "lo ", "you"})));
  Serve serve;
  const Reply reply = chat(serve, upstream, {}, chat_request("hi", true));
  const std::string id = reply.header("x-pk-log-id");
  const auto record = log_of(serve.data(), id);
  CHECK(at(record, "/stream") == "true");
  CHECK(at(record, "/total_tokens") == "12");
  CHECK(at(record, "/model") == "gpt-4o-mini");
  CHECK(std::stod(at(record, "/ttft_ms")) >= 0);
  CHECK(at(record, "/response/body/choices/0/message/content") == "Hello you");
  const PkRun raw = run_pk(serve.data(), {"logs", "show", id, "--response", "--raw"});
  CHECK(raw.out.find("data: [DONE]") != std::string::npos);
}

TEST_CASE("A client that does not read stops the upstream, and memory stays small", "[streaming]") {
  constexpr std::uint64_t k_all = 64ull << 20;
  constexpr std::uint64_t k_in_flight_max =
      24ull << 20;  // what the kernel's buffers on both sides may take, mostly
  constexpr std::uint64_t k_memory_max = 40ull << 20;
  FakeUpstream upstream;
  upstream.always(event_stream().flood(k_all).last_chunk());
  Serve serve;
  HttpClient client(serve.port(), 16 * 1024);
  client.send(stream_call(upstream));
  CHECK(client.read_some(200).rfind("HTTP/1.1 200", 0) == 0);
  CHECK(flooded_when_still(upstream, k_all) < k_in_flight_max);
  CHECK(serve.anonymous_bytes() < k_memory_max);
  CHECK(chat(serve, upstream, {{"x-portkey-custom-host", "http://127.0.0.1:1"}}).status !=
        0);  // others are served
  std::uint64_t received = 200;
  for (std::string bytes; received < k_all && !(bytes = client.read_some(1 << 20)).empty();)
    received += bytes.size();
  CHECK(received >= k_all);
}

TEST_CASE("A request of 8 MB reaches the upstream whole", "[streaming]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":")" + std::string(8 << 20, 'a') + "\"}]}";
  const Reply reply = chat(serve, upstream, {}, body);
  CHECK(reply.status == 200);
  CHECK(upstream.seen(0).body == body);
}

TEST_CASE("A client that leaves in a stream ends the upstream's work; the record is aborted", "[streaming]") {
  FakeUpstream upstream;
  upstream.always(event_stream()
                      .chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"seen\"}}]}\n\n")
                      .hang());
  Serve serve;
  HttpClient client(serve.port());
  client.send(stream_call(upstream));
  client.read_until("seen");
  client.abort();
  upstream.wait_peer_left(1);
  const auto rows = logs_until(
      serve.data(), [](const auto& all) { return all.size() == 1 && at(all[0], "/state") == "aborted"; });
  REQUIRE(rows.size() == 1);
  CHECK(at(rows[0], "/state") == "aborted");
  CHECK(at(rows[0], "/ok") == "false");
  CHECK(at(rows[0], "/http_status") == "200");
  CHECK(at(log_of(serve.data(), at(rows[0], "/id")), "/response").find("seen") != std::string::npos);
}

TEST_CASE("A client that leaves before the answer ends the upstream's work too", "[streaming]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Serve serve;
  HttpClient client(serve.port());
  client.send(request_text("POST", "/v1/chat/completions", openai(upstream), chat_request()));
  upstream.seen(0);
  client.abort();
  upstream.wait_peer_left(1);
  const auto rows = logs_until(
      serve.data(), [](const auto& all) { return all.size() == 1 && at(all[0], "/state") == "aborted"; });
  REQUIRE(rows.size() == 1);
  CHECK(at(rows[0], "/state") == "aborted");
  CHECK(at(rows[0], "/http_status") == "null");
  CHECK(at(rows[0], "/ok") == "false");
}

TEST_CASE("An error that is no stream comes back as it is, though a stream was asked", "[streaming]") {
  FakeUpstream upstream;
  upstream.always(Answer::json(401, R"({"error":{"message":"no","type":"auth","param":null,"code":null}})"));
  Serve serve;
  const Reply reply = chat(serve, upstream, {}, chat_request("hi", true));
  CHECK(reply.status == 401);
  CHECK(reply.header("content-type") == "application/json");
  CHECK(at(parse_json(reply.body), "/error/type") == "auth");
}
