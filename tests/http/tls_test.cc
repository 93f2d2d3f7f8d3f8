// TLS first as bytes between a session and a client, with no socket; then through a server.
#include "http/tls.h"

#include <filesystem>
#include <fstream>

#include "support/catch.h"
#include "support/scripted_server.h"
#include "support/temp_folder.h"
#include "support/tls_client.h"
#include "support/wait_until.h"

using namespace pk::test;
using pk::Task;
using pk::http::Request;
using pk::http::Responder;
using pk::http::TlsContext;
using pk::http::TlsSession;

namespace {

struct Files {
  TempFolder folder;
  std::string cert = (folder.path() / "cert.pem").string();
  std::string key = (folder.path() / "key.pem").string();

  void write(const Certificate& certificate, const std::string& passphrase = "") const {
    certificate.write(cert);
    certificate.write_key(key, passphrase);
  }
  std::shared_ptr<const TlsContext> load() const { return TlsContext::load(cert, key).value(); }
  std::string error() const { return TlsContext::load(cert, key).error().message; }
};

struct Spoken {
  Certificate certificate;
  Files files;
  std::optional<TlsSession> session;
  TlsClient client;
  std::string heard;  // by the session

  explicit Spoken(int client_version_max = TLS1_3_VERSION) : client(certificate, client_version_max) {
    files.write(certificate);
    session.emplace(files.load());
  }
  // What the client has for the session, in pieces of `step` bytes.
  bool carry(std::size_t step) {
    const std::string bytes = client.give();
    for (std::size_t at = 0; at < bytes.size(); at += step)
      if (!session->put(std::string_view(bytes).substr(at, step), heard)) return false;
    return true;
  }
  bool shake(std::size_t step = std::string::npos) {
    for (int turns = 0; turns < 4; ++turns) {
      const bool done = client.shake();
      if (!carry(step == std::string::npos ? 1'000'000 : step)) return false;
      client.take(session->take_output());
      if (done && session->is_established()) return true;
    }
    return false;
  }
};

Task<void> echo_body(Request& request, Responder& responder) {
  return answer_text(responder, request.body);
}

std::string post(std::string_view body) {
  return request_text("POST", "/", {}, body);
}

}  // namespace

TEST_CASE("What is wrong with a certificate or its key is said of the file that has it") {
  const Files files;
  const auto contains = [&](std::string_view words) {
    const std::string error = files.error();
    INFO(error);
    CHECK(error.find(words) != std::string::npos);
    CHECK(error.find('\n') == std::string::npos);
  };
  contains("cannot read tls_cert " + files.cert + ": No such file");
  std::ofstream(files.cert) << "hello";
  contains("cannot read tls_key " + files.key + ": No such file");
  Certificate(1).write_key(files.key);
  contains("tls_cert " + files.cert + ": no certificate in PEM form");
  Certificate(2).write(files.cert);
  contains("tls_key " + files.key + ": it is not the key of the certificate in " + files.cert);
  std::ofstream(files.key) << "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  contains("tls_key " + files.key + ": no private key in PEM form");
  files.write(Certificate(3), "secret");
  contains("tls_key " + files.key + ": it is guarded by a passphrase");
  CHECK(TlsContext::load(files.cert, files.key).error().code == pk::Errc::invalid);
  files.write(Certificate(4));
  CHECK(files.load());
}

TEST_CASE("Both sides understand each other, however the network cuts what they say") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    for (const std::size_t step : {1, 7, 1'000'000}) {
      Spoken spoken(version);
      REQUIRE(spoken.shake(step));
      const std::string question(40'000, 'q'), answer(100'000, 'a');
      REQUIRE(spoken.client.say(question));
      REQUIRE(spoken.carry(step));
      CHECK(spoken.heard == question);
      spoken.session->say(answer);
      spoken.session->end();
      const std::string output = spoken.session->take_output();
      CHECK(output.find("aaaa") == std::string::npos);
      spoken.client.take(output);
      CHECK(spoken.client.hear() == answer);
      CHECK(spoken.client.told_the_end());
      CHECK(spoken.session->take_output().empty());
      CHECK(SSL_version(spoken.client.get()) == version);
    }
}

TEST_CASE("A client that says its last word has ended; one that breaks the record is not listened to") {
  Spoken ending;
  REQUIRE(ending.shake());
  ending.client.say("bye");
  SSL_shutdown(ending.client.get());
  CHECK_FALSE(ending.carry(1'000'000));
  CHECK(ending.heard == "bye");
  Spoken breaking;
  REQUIRE(breaking.shake());
  breaking.client.say("hello");
  std::string bytes = breaking.client.give();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  CHECK_FALSE(breaking.session->put(bytes, breaking.heard));
  CHECK(breaking.heard.empty());
  breaking.session->say("nothing");
  CHECK_FALSE(breaking.session->put(bytes, breaking.heard));
}

TEST_CASE("Who speaks plain HTTP is told so in HTTP, and garbage is answered by an alert at most") {
  Spoken plain;
  CHECK_FALSE(plain.session->put("GET / HTTP/1.1\r\nHost: a\r\n\r\n", plain.heard));
  CHECK(plain.session->take_output().starts_with("HTTP/1.1 400 "));
  for (const std::string& garbage : {std::string(100, '\0'), std::string(100, '\xff'),
                                     std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, 'x')}) {
    Spoken spoken;
    CHECK_FALSE(spoken.session->put(garbage, spoken.heard));
    CHECK_FALSE(spoken.session->is_established());
    CHECK(spoken.session->take_output().size() < 20);
    spoken.session->end();
  }
}

TEST_CASE("TLS before 1.2 is refused") {
  Spoken spoken(TLS1_1_VERSION);
  CHECK_FALSE(spoken.shake());
  CHECK_FALSE(spoken.session->is_established());
}

TEST_CASE("HTTP/1.1 is chosen where the client names what it speaks, and nothing else") {
  Spoken both;
  both.client.offer("\x02h2\x08http/1.1");
  REQUIRE(both.shake());
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(both.client.get(), &chosen, &size);
  CHECK(std::string_view(reinterpret_cast<const char*>(chosen), size) == "http/1.1");
  Spoken newer;
  newer.client.offer("\x02h2");
  CHECK_FALSE(newer.shake());
}

TEST_CASE("A server that has a certificate serves over TLS, many requests on a connection") {
  const Certificate certificate;
  const Files files;
  files.write(certificate);
  ScriptedServer server(echo_body, {}, files.load());
  HttpsClient client(server.port(), certificate);
  const std::string large(3'000'000, 'x');
  REQUIRE(client.send(post("one") + post(large)));
  CHECK(client.read_reply().body == "one");
  CHECK(client.read_reply().body == large);
  REQUIRE(client.send(post("three")));
  CHECK(client.read_reply().body == "three");
  client.end();
  CHECK(client.ended_properly());
}

TEST_CASE("The end of an answer that only the close ends is told by TLS, and not where it is cut") {
  const Certificate certificate;
  const Files files;
  files.write(certificate);
  for (const bool cut : {false, true}) {
    ScriptedServer server(
        [cut](Request&, Responder& responder) -> Task<void> {
          responder.head({200, {}, {}});
          responder.body("some");
          co_await responder.flush();
          if (cut)
            responder.cut();
          else
            responder.end();
          co_await responder.flush();
        },
        {}, files.load());
    HttpsClient client(server.port(), certificate);
    REQUIRE(client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n"));
    CHECK(client.ended_properly() == !cut);
  }
}

TEST_CASE("A client that leaves in TLS is noticed while it is served") {
  const Certificate certificate;
  const Files files;
  files.write(certificate);
  std::promise<void> begun, left;
  ScriptedServer server(
      [&](Request&, Responder& responder) -> Task<void> {
        pk::Event gone;
        begun.set_value();
        responder.on_client_left([&gone] { gone.set(); });
        co_await gone;
        left.set_value();
        responder.cut();
      },
      {}, files.load());
  HttpsClient client(server.port(), certificate);
  REQUIRE(client.send(post("wait")));
  begun.get_future().get();
  client.end();
  left.get_future().get();
}

TEST_CASE("Who never ends its handshake is let go") {
  const Certificate certificate;
  const Files files;
  files.write(certificate);
  pk::http::Limits limits;
  limits.header_timeout_ms = 300;
  ScriptedServer server(echo_body, limits, files.load());
  HttpClient silent(server.port());
  HttpClient slow(server.port());
  TlsClient tls(certificate);
  tls.shake();
  slow.send(tls.give().substr(0, 40));
  CHECK(silent.peer_closed());
  CHECK(slow.peer_closed());
  // Who is halted between two lines of a test is let go too.
  CHECK(comes_true([&] {
    HttpClient plain(server.port());
    plain.send(post("hello"));
    return plain.read_reply().status == 400;
  }));
  CHECK(server.handler().handled() == 0);
}

TEST_CASE("Connections after a new certificate show it, those before go on") {
  const Certificate first(11), second(12);
  const Files files;
  files.write(first);
  ScriptedServer server(echo_body, {}, files.load());
  HttpsClient before(server.port(), first);
  files.write(second);
  server.set_tls(files.load());
  HttpsClient after(server.port(), second);
  for (HttpsClient* client : {&before, &after}) {
    REQUIRE(client->send(post("hi")));
    CHECK(client->read_reply().body == "hi");
  }
  CHECK(before.tls().serial_seen() == 11);
  CHECK(after.tls().serial_seen() == 12);
}
