// The tools of these tests, tried on each other: a fake that is wrong would prove nothing.
#include "support/catch.h"
#include "support/fake_upstream.h"
#include "support/http_client.h"

using namespace pk::test;

TEST_CASE("The fake upstream remembers what it was sent and answers what it was told", "[support]") {
  FakeUpstream upstream;
  upstream.next(Answer::json(201, "{}"));
  HttpClient client(upstream.port());
  client.send(
      "POST /a?b HTTP/1.1\r\nHost: x\r\nX-A:  1 \r\nContent-Length: 3\r\n\r\nabcGET /c HTTP/1.1\r\n\r\n");
  const Reply first = client.read_reply();
  CHECK(first.status == 201);
  CHECK(first.body == "{}");
  CHECK(client.read_reply().body == chat_body());
  CHECK(upstream.seen(0).method == "POST");
  CHECK(upstream.seen(0).target == "/a?b");
  CHECK(upstream.seen(0).header("x-a") == "1");
  CHECK(upstream.seen(0).body == "abc");
  CHECK(upstream.seen(1).target == "/c");
  CHECK(upstream.connection_count() == 1);
}

TEST_CASE("The fake upstream reads chunked bodies and asks for those that wait for 100", "[support]") {
  FakeUpstream upstream;
  HttpClient client(upstream.port());
  client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_some() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
  CHECK(client.read_reply().status == 200);
  CHECK(upstream.seen(0).body == "abcd");
}

TEST_CASE("Pieces wait for their gate", "[support]") {
  FakeUpstream upstream;
  const Gate gate;
  upstream.always(Answer::script()
                      .head(200, {{"Transfer-Encoding", "chunked"}})
                      .chunk("one")
                      .wait(gate)
                      .chunk("two")
                      .last_chunk());
  HttpClient client(upstream.port());
  client.send("GET / HTTP/1.1\r\n\r\n");
  CHECK(client.read_until("one") == "one");
  gate.open();
  const Reply reply = client.read_reply();
  CHECK(reply.whole);
  CHECK(reply.body == "onetwo");
}

TEST_CASE("Half an answer is no whole reply", "[support]") {
  FakeUpstream upstream;
  for (const Answer& half :
       {Answer::script().head(200, {{"Content-Length", "9"}}).bytes("half").close(),
        Answer::script().head(200, {{"Content-Length", "9"}}).bytes("half").reset(),
        Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).chunk("x").close(),
        Answer::script().bytes("HTTP/1.1 2").close(), Answer::script().close()}) {
    upstream.always(half);
    CHECK_FALSE(request(upstream.port(), "GET", "/").whole);
  }
}

TEST_CASE("The fake upstream notices that its peer left", "[support]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  HttpClient client(upstream.port());
  client.send("GET / HTTP/1.1\r\n\r\n");
  upstream.seen(0);
  client.abort();
  upstream.wait_peer_left(1);
}

TEST_CASE("A flood comes whole to who reads it and stands still for who does not", "[support]") {
  FakeUpstream upstream;
  upstream.always(
      Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).flood(3'000'000).last_chunk());
  CHECK(request(upstream.port(), "GET", "/").body == std::string(3'000'000, 'x'));
  upstream.always(
      Answer::script().head(200, {{"Transfer-Encoding", "chunked"}}).flood(64 << 20).last_chunk());
  HttpClient slow(upstream.port(), 16 * 1024);
  slow.send("GET / HTTP/1.1\r\n\r\n");
  slow.read_some(1);
  CHECK(upstream.flooded() < (64u << 20));
}

TEST_CASE("Stored gzip has the length, the checksum and the blocks of its text", "[support]") {
  CHECK(gzip_stored("") == std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff\1\0\0\xff\xff\0\0\0\0\0\0\0\0", 23));
  CHECK(gzip_stored("123456789").substr(24) == std::string("\x26\x39\xf4\xcb\x09\0\0\0", 8));
  CHECK(gzip_stored(std::string(70'000, 'a')).size() == 10 + 2 * 5 + 70'000 + 8);
}
