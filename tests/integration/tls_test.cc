// --tls-cert and --tls-key: what is served with them, and where they have to be.
#include <signal.h>

#include <fstream>

#include "support/catch.h"
#include "support/serve_fixture.h"
#include "support/tls_client.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

struct Files {
  TempFolder folder;
  std::string cert = (folder.path() / "cert.pem").string();
  std::string key = (folder.path() / "key.pem").string();

  std::vector<std::string> flags(const Certificate& certificate, std::vector<std::string> more = {}) const {
    certificate.write(cert);
    certificate.write_key(key);
    more.insert(more.end(), {"--tls-cert", cert, "--tls-key", key});
    return more;
  }
};

std::string demo_chat(const HeaderList& more = {}) {
  HeaderList headers{{"Content-Type", "application/json"}, {"x-portkey-provider", "demo"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return request_text("POST", "/v1/chat/completions", headers, chat_request("hi", true));
}

// The words that a serve which must not start ends with; its exit is `exit`.
std::string refusal(const std::filesystem::path& data, std::vector<std::string> flags, int exit) {
  flags.insert(flags.begin(), "serve");
  const PkRun run = run_pk(data, flags);
  CHECK(run.exit == exit);
  INFO(run.err);
  CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 1);
  return run.err;
}

}  // namespace

TEST_CASE("A call over TLS is served, streamed and logged as any other", "[tls]") {
  const Certificate certificate;
  const Files files;
  Serve serve({.flags = files.flags(certificate)});
  HttpsClient client(serve.port(), certificate);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(client.send(demo_chat()));
    const Reply reply = client.read_reply();
    CHECK(reply.status == 200);
    CHECK(reply.whole);
    CHECK(reply.body.ends_with("data: [DONE]\n\n"));
  }
  CHECK(logs(serve.data()).size() == 2);
  CHECK(request(serve.port(), "GET", "/health").status == 400);  // plain HTTP
  CHECK(serve.terminate() == 0);
  CHECK(client.ended_properly());
}

TEST_CASE("A new certificate is shown after SIGHUP, and a bad one leaves the old", "[tls]") {
  const Certificate first(21), second(22);
  const Files files;
  Serve serve({.flags = files.flags(first)});
  const auto reload = [&](std::string_view expected) {
    const std::size_t before = serve.errors().size();
    serve.signal(SIGHUP);
    wait_until("serve says: " + std::string(expected),
               [&] { return serve.errors().find(expected, before) != std::string::npos; });
  };
  const auto served_with = [&](const Certificate& trusted) {
    HttpsClient client(serve.port(), trusted);
    client.send(demo_chat());
    return client.read_reply().status == 200 ? client.tls().serial_seen() : 0;
  };
  CHECK(served_with(first) == 21);
  second.write(files.cert);
  reload("settings not reloaded: tls_key " + files.key + ": it is not the key of the certificate");
  CHECK(served_with(first) == 21);
  second.write_key(files.key);
  reload("settings reloaded; listening on https://127.0.0.1:");
  CHECK(served_with(second) == 22);
}

TEST_CASE("A certificate or key that is of no use is refused before anything is done", "[tls]") {
  const Files files;
  const TempFolder data;
  const std::vector<std::string> flags = files.flags(Certificate(1));
  Certificate(2).write_key(files.key);
  CHECK(refusal(data.path() / "data", flags, 2).find("is not the key of the certificate") !=
        std::string::npos);
  std::filesystem::remove(files.key);
  CHECK(refusal(data.path() / "data", flags, 2).find("cannot read tls_key") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(data.path() / "data"));
}

TEST_CASE("Beyond loopback a key is needed, and TLS or a word that it may be missing", "[tls]") {
  const Certificate certificate;
  const Files files;
  const TempFolder folder;
  const std::filesystem::path data = folder.path() / "data";
  const auto with_tls = files.flags(certificate, {"--listen", "0.0.0.0:0"});
  CHECK(refusal(data, with_tls, 4).find("without an API key") != std::string::npos);
  const PkRun added = run_pk(data, {"key", "add", "mine"});
  REQUIRE(added.exit == 0);
  CHECK(refusal(data, {"--listen", "0.0.0.0:0"}, 4).find("--tls-cert and --tls-key") != std::string::npos);
  Serve serve({.flags = files.flags(certificate), .data = data, .listen = "0.0.0.0:0"});
  HttpsClient client(serve.port(), certificate);
  REQUIRE(client.send(demo_chat()));
  CHECK(client.read_reply().status == 401);
  const std::string key =
      added.out.substr(added.out.find("pk-"), added.out.find('\n') - added.out.find("pk-"));
  REQUIRE(client.send(demo_chat({{"x-portkey-api-key", key}})));
  CHECK(client.read_reply().status == 200);
}

TEST_CASE("A replay goes through a server with a certificate that only a file of the caller's vouches for",
          "[tls]") {
  const Certificate certificate;
  const Files files;
  Serve serve({.flags = files.flags(certificate)});
  HttpsClient client(serve.port(), certificate);
  REQUIRE(client.send(demo_chat()));
  const std::string id = client.read_reply().header("x-pk-log-id");
  const auto replay = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all{"replay", id};
    all.insert(all.end(), more.begin(), more.end());
    return run_pk(serve.data(), all);
  };
  const std::vector<std::string> via{"--via", "https://127.0.0.1:" + std::to_string(serve.port())};
  const auto trusting = [&](const std::string& file) { return replay({via[0], via[1], "--ca-file", file}); };
  const PkRun done = trusting(files.cert);
  CHECK(done.err == "");
  CHECK(done.exit == 0);
  CHECK(logs(serve.data(), {"--replay-of", id}).size() == 1);

  const std::string other = (files.folder.path() / "other.pem").string();
  Certificate(2).write(other);
  for (const PkRun& refused : {replay(via), trusting(other)}) {
    CHECK(refused.exit == 1);
    CHECK(refused.err.find("certificate") != std::string::npos);
  }
  CHECK(trusting(files.folder.path() / "gone.pem").exit == 2);
  CHECK(trusting("/dev/null").exit == 2);
  CHECK(replay({"--ca-file", files.cert}).exit == 2);  // without --via nothing is asked of it
  CHECK(logs(serve.data(), {"--replay-of", id}).size() == 1);
}

TEST_CASE("Links to what a server with TLS shares begin with https", "[tls]") {
  const Certificate certificate;
  const Files files;
  Serve serve({.flags = files.flags(certificate)});
  HttpsClient client(serve.port(), certificate);
  REQUIRE(client.send(demo_chat()));
  REQUIRE(client.read_reply().whole);
  const std::string origin = "https://127.0.0.1:" + std::to_string(serve.port()) + "/s/";
  CHECK(run_pk(serve.data(), {"logs", "share", "@latest"}).out.starts_with(origin));
  REQUIRE(client.send(request_text("POST", "/v1/logs/@latest/share",
                                   {{"Host", "127.0.0.1:" + std::to_string(serve.port())}}, "")));
  CHECK(at(parse_json(client.read_reply().body), "/url").starts_with(origin));
}
