// HTTP that is broken, or that two readers could take in two ways: refused, the connection closed, nothing
// passed on.
#include <algorithm>
#include <array>
#include <cstdio>

#include "support/catch.h"
#include "support/serve_fixture.h"

using namespace pk::test;

namespace {

struct BadRequest {
  const char* title;
  std::string bytes;
  std::vector<int> statuses;
};

const std::string k_post = "POST /v1/chat/completions HTTP/1.1\r\n";
const std::string k_head =
    k_post + "Host: localhost\r\nContent-Type: application/json\r\nx-portkey-provider: demo\r\n";

const std::vector<BadRequest> k_bad_requests{
    {"not HTTP", "hello there\r\n\r\n", {400}},
    {"binary", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), {400}},
    {"two Hosts", "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", {400}},
    {"both lengths", k_head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}},
    {"both lengths, the other way",
     k_head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
     {400}},
    {"two lengths", k_head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", {400}},
    {"a list of lengths", k_head + "Content-Length: 2, 3\r\n\r\n{}x", {400}},
    {"a signed length", k_head + "Content-Length: +2\r\n\r\n{}", {400}},
    {"a negative length", k_head + "Content-Length: -1\r\n\r\n{}", {400}},
    {"a hexadecimal length", k_head + "Content-Length: 0x2\r\n\r\n{}", {400}},
    {"a length beyond 64 bits", k_head + "Content-Length: 99999999999999999999\r\n\r\n{}", {400, 413}},
    {"an unknown transfer coding", k_head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}},
    {"chunked that is not last",
     k_head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
     {400, 501}},
    {"chunked twice", k_head + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", {400, 501}},
    {"two transfer codings",
     k_head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
     {400, 501}},
    {"a chunk size that is no number",
     k_head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
     {400}},
    {"a signed chunk size", k_head + "Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n", {400}},
    {"a chunk size beyond 64 bits",
     k_head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
     {400, 413}},
    {"a chunk longer than it says", k_head + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", {400}},
    {"a space before the colon", k_head + "Content-Length : 2\r\n\r\n{}", {400}},
    {"a header without a colon", k_head + "Nonsense\r\nContent-Length: 2\r\n\r\n{}", {400}},
    {"a header without a name", k_head + ": x\r\nContent-Length: 2\r\n\r\n{}", {400}},
    {"NUL in a header", k_head + std::string("X-A: a\0b\r\n", 10) + "Content-Length: 2\r\n\r\n{}", {400}},
    {"a bare CR in a header", k_head + "X-A: a\rb\r\nContent-Length: 2\r\n\r\n{}", {400}},
    {"lines that end in LF alone", "GET /health HTTP/1.1\nHost: localhost\n\n", {400}},
    {"an unknown version", "GET /health HTTP/9.1\r\nHost: localhost\r\n\r\n", {400, 505}},
    {"HTTP/2 out of nowhere", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}},
    {"spaces in the target", "GET /hea lth HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}},
    {"a huge header", k_head + "X-A: " + std::string(100'000, 'a') + "\r\n\r\n", {431}},
    {"very many headers",
     k_head +
         [] {
           std::string many;
           for (int i = 0; i < 20'000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
           return many;
         }() +
         "\r\n",
     {431}},
    {"a huge target",
     "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
     {414, 431}},
    {"a declared length over the limit", k_head + "Content-Length: 10000000000\r\n\r\n", {413}},
};

}  // namespace

TEST_CASE("Malformed and ambiguous requests are refused and their connection closed", "[bad_http]") {
  Serve serve;
  for (const BadRequest& bad : k_bad_requests) {
    INFO(bad.title);
    HttpClient client(serve.port());
    // A second request behind it, which must never be answered.
    client.send(bad.bytes + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const Reply reply = client.read_reply();
    CAPTURE(reply.status, reply.body);
    CHECK(std::find(bad.statuses.begin(), bad.statuses.end(), reply.status) != bad.statuses.end());
    const Reply behind = client.read_reply();
    CHECK(behind.status == 0);
    CHECK(client.peer_closed());
  }
  CHECK(request(serve.port(), "GET", "/health").status == 200);
}

TEST_CASE("A body that is declared too long is refused before it is read, also for one that asks first",
          "[bad_http]") {
  Serve serve;
  HttpClient client(serve.port());
  client.send(k_head + "Expect: 100-continue\r\nContent-Length: 10000000000\r\n\r\n");
  const Reply reply = client.read_reply();
  CHECK(reply.status == 413);
  CHECK(reply.header("x-portkey-trace-id") != "");
}

TEST_CASE("Whoever expects 100-continue gets it before the body", "[bad_http]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string body = chat_request();
  HttpClient client(serve.port());
  HeaderList headers = openai(upstream, {{"Expect", "100-continue"}});
  std::string text = request_text("POST", "/v1/chat/completions", headers, body);
  client.send(text.substr(0, text.size() - body.size()));
  CHECK(client.read_some().rfind("HTTP/1.1 100 ", 0) == 0);
  client.send(body);
  CHECK(client.read_reply().status == 200);
  CHECK(upstream.seen(0).body == body);
  CHECK(upstream.seen(0).header("expect") == "");
}

TEST_CASE("Who has no key is refused at the head of a large body, which is not waited for", "[bad_http]") {
  const TempFolder folder;
  const PkRun made = run_pk(folder.path(), {"key", "add", "ci"});
  REQUIRE(made.exit == 0);
  const std::string key = made.out.substr(0, made.out.find('\n'));
  ServeOptions options;
  options.data = folder.path();
  Serve serve(options);
  for (const char* target : {"/v1/chat/completions", "/v1/files", "/v1/prompts/x/render", "/v1/logs"})
    for (const char* length : {"Content-Length: 10000000\r\n", "Transfer-Encoding: chunked\r\n"})
      for (const std::string& sent : {std::string("pk-wrong"), key}) {
        HttpClient client(serve.port());
        client.send(std::string("POST ") + target + " HTTP/1.1\r\nHost: localhost\r\nx-portkey-api-key: " +
                    sent + "\r\nExpect: 100-continue\r\n" + length + "\r\n");
        const std::string begin = client.read_some();
        INFO(target << " " << length << begin);
        CHECK(begin.rfind(sent == key ? "HTTP/1.1 100 " : "HTTP/1.1 401 ", 0) == 0);
      }
  CHECK(logs(folder.path()).empty());
}

TEST_CASE("Ten pipelined requests are answered in their order", "[bad_http]") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest& seen) { return Answer::json(200, seen.body); });
  Serve serve;
  HttpClient client(serve.port());
  std::string all;
  for (int i = 0; i < 10; ++i)
    all +=
        request_text("POST", "/v1/chat/completions", openai(upstream), chat_request("n" + std::to_string(i)));
  client.send(all);
  for (int i = 0; i < 10; ++i) {
    const Reply reply = client.read_reply();
    CHECK(reply.status == 200);
    CHECK(reply.body == chat_request("n" + std::to_string(i)));
  }
  CHECK(logs(serve.data()).size() == 10);
}

TEST_CASE("A request is the same request however it is cut", "[bad_http]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string body = chat_request();
  std::string chunked =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
  for (const auto& [name, value] : openai(upstream)) chunked += name + ": " + value + "\r\n";
  chunked += "\r\n5;extension=1\r\n" + body.substr(0, 5) + "\r\n";
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%zX", body.size() - 5);
  chunked += std::string(size.data()) + "\r\n" + body.substr(5) + "\r\n0\r\nTrailer: x\r\n\r\n";
  for (const std::string& text :
       {request_text("POST", "/v1/chat/completions", openai(upstream), body), chunked}) {
    HttpClient client(serve.port());
    for (char byte : text) client.send({&byte, 1});
    CHECK(client.read_reply().status == 200);
  }
  CHECK(upstream.seen(0).body == body);
  CHECK(upstream.seen(1).body == body);
}

TEST_CASE("A client that stops in the middle of a request leaves no trace and no harm", "[bad_http]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string text = request_text("POST", "/v1/chat/completions", openai(upstream), chat_request());
  for (std::size_t cut : {std::size_t{1}, std::size_t{30}, text.size() - 20, text.size() - 1}) {
    HttpClient closing(serve.port());
    closing.send(text.substr(0, cut));
    closing.half_close();
    const Reply reply = closing.read_reply();
    CHECK((reply.status == 0 || reply.status == 400));
    HttpClient aborting(serve.port());
    aborting.send(text.substr(0, cut));
    aborting.abort();
  }
  CHECK(chat(serve, upstream).status == 200);
  CHECK(upstream.seen_count() == 1);
}

TEST_CASE("An HTTP/1.0 client gets a body without chunks and a closed connection", "[bad_http]") {
  FakeUpstream upstream;
  upstream.always(Answer::sse({"one", "[DONE]"}));
  Serve serve;
  const std::string body = chat_request("hi", true);
  std::string text = "POST /v1/chat/completions HTTP/1.0\r\nHost: localhost\r\n";
  for (const auto& [name, value] : openai(upstream)) text += name + ": " + value + "\r\n";
  HttpClient client(serve.port());
  client.send(text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  const Reply reply = client.read_reply();
  CHECK(reply.status == 200);
  CHECK(reply.header("transfer-encoding") == "");
  CHECK(reply.body == "data: one\n\ndata: [DONE]\n\n");
  CHECK(client.peer_closed());
}

TEST_CASE("Connection: close is kept to, and keep-alive is the rule", "[bad_http]") {
  Serve serve;
  HttpClient client(serve.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read_reply().status == 200);
  }
  client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(client.read_reply().status == 200);
  CHECK(client.peer_closed());
}

TEST_CASE("Only names of this server are a Host", "[bad_http]") {
  Serve serve({.flags = {"--host-name", "pk.example"}});
  const std::string port = std::to_string(serve.port());
  const auto status_with = [&](const std::string& host) {
    INFO(host);
    const HeaderList headers{
        {"Host", host}, {"Content-Type", "application/json"}, {"x-portkey-provider", "demo"}};
    return request(serve.port(), "POST", "/v1/chat/completions", headers, chat_request()).status;
  };
  for (const std::string& host : {"localhost:" + port, "127.0.0.1:" + port, std::string("localhost"),
                                  std::string("LOCALHOST"), std::string("pk.example"), "pk.example:" + port})
    CHECK(status_with(host) == 200);
  for (const char* host : {"evil.example", "localhost.evil.example", "169.254.169.254", "pk.example.evil",
                           "local host", "localhost, evil.example"})
    CHECK(status_with(host) == 400);
}

TEST_CASE("A missing or broken Host is refused, on the gateway's routes too", "[bad_http]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string text = request_text("POST", "/v1/chat/completions", openai(upstream), chat_request());
  const std::string host = "Host: localhost\r\n";
  for (const char* other : {"", "Host:\r\n", "Host: evil.example\r\n", "Host: a@localhost\r\n",
                            "Host: localhost:x\r\n", "Host: localhost/x\r\n", "Host: [::1\r\n"}) {
    INFO(other);
    HttpClient client(serve.port());
    std::string bytes = text;
    client.send(bytes.replace(bytes.find(host), host.size(), other));
    CHECK(client.read_reply().status == 400);
  }
  CHECK(upstream.seen_count() == 0);
  CHECK(logs(serve.data()).empty());
}

TEST_CASE("A folded header is refused or passed on as one line, never as it is", "[bad_http]") {
  FakeUpstream upstream;
  Serve serve;
  HttpClient client(serve.port());
  client.send(request_text("POST", "/v1/any",
                           openai(upstream, {{"X-A", "b\r\n Content-Length: 7"}, {"X-B", "c"}}),
                           chat_request()));
  const Reply reply = client.read_reply();
  if (reply.status == 400) return;
  CHECK(reply.status == 200);
  CHECK(upstream.seen(0).body == chat_request());
  CHECK(upstream.seen(0).header("x-a") == "b Content-Length: 7");
}

TEST_CASE("A browser on another origin cannot make proxy calls", "[bad_http]") {
  FakeUpstream upstream;
  Serve serve;
  const Reply cross =
      chat(serve, upstream, {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}});
  CHECK(cross.status == 403);
  CHECK(upstream.seen_count() == 0);
  const std::string own = "http://127.0.0.1:" + std::to_string(serve.port());
  CHECK(chat(serve, upstream, {{"Host", own.substr(7)}, {"Origin", own}, {"Sec-Fetch-Site", "same-origin"}})
            .status == 200);
}
