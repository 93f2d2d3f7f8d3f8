#include "gateway/restricted.h"

#include "gateway/fakes.h"
#include "gateway/saved_things.h"

using namespace pk::test;
using pk::config::Scope;
using pk::gateway::Restricted;
using pk::gateway::Rules;
using pk::http::Headers;

namespace {

class Open final : public pk::http::Handler {
 public:
  pk::Task<void> handle(pk::http::Request&, pk::http::Responder& responder) override {
    responder.head({});
    responder.body("inside");
    responder.end();
    co_await responder.flush();
  }
  pk::Task<void> handle_malformed(pk::http::Request& request, const pk::http::Malformed&,
                                  pk::http::Responder& responder) override {
    co_await handle(request, responder);
  }
};

struct Fixture {
  Fixture() {
    pk::config::Saved saved;
    for (const auto& [name, scope] :
         {std::pair("proxy", Scope::proxy), std::pair("read", Scope::read), std::pair("admin", Scope::admin)})
      saved.add(pk::config::key_hash("pk-secret-of-" + std::string(name)), api_key(name, {scope}));
    keyed.plan.saved = std::make_shared<const pk::config::Saved>(std::move(saved));
  }
  int ask(std::optional<Scope> scope, const Rules& rules, const Headers& headers) {
    Restricted restricted(inner, scope, std::make_shared<const Rules>(rules), stats);
    pk::http::Request request = request_of("GET", "/metrics", headers);
    if (const auto host = pk::http::find_header(headers, "host")) request.headers[0].second = *host;
    FakeResponder responder;
    run(restricted, request, responder).detach();
    CHECK(responder.whole);
    CHECK((responder.sent == "inside") == (responder.status() == 200));
    return responder.status();
  }
  static pk::Task<void> run(pk::http::Handler& handler, pk::http::Request& request,
                            FakeResponder& responder) {
    co_await handler.handle(request, responder);
  }

  Open inner;
  pk::gateway::Stats stats;
  Rules open = TestGateway::default_rules();
  Rules keyed = TestGateway::default_rules();
};

Headers with_key(const std::string& of) {
  return {{"x-portkey-api-key", "pk-secret-of-" + of}};
}

}  // namespace

TEST_CASE_METHOD(Fixture, "Without keys every local program may ask, and no page of another origin") {
  for (const std::optional<Scope> scope : {std::optional<Scope>(), std::optional(Scope::read)}) {
    CHECK(ask(scope, open, {}) == 200);
    CHECK(ask(scope, open, {{"Origin", "https://evil.example"}}) == 403);
    CHECK(ask(scope, open, {{"host", "evil.example"}}) == 400);
  }
  CHECK(stats.refused == 4);
}

TEST_CASE_METHOD(Fixture, "Where keys are wanted one with the scope is let in") {
  CHECK(ask(Scope::read, keyed, {}) == 401);
  CHECK(ask(Scope::read, keyed, with_key("nobody")) == 401);
  CHECK(ask(Scope::read, keyed, with_key("proxy")) == 403);
  CHECK(ask(Scope::read, keyed, with_key("read")) == 200);
  CHECK(ask(Scope::read, keyed, with_key("admin")) == 200);
  CHECK(ask(Scope::read, keyed, {{"Authorization", "Bearer pk-secret-of-read"}}) == 200);
  CHECK(ask({}, keyed, {}) == 200);
  CHECK(stats.refused == 3);
  open.key_required = true;
  CHECK(ask(Scope::read, open, {}) == 401);
}

TEST_CASE_METHOD(Fixture, "A visitor is known by the key they sent, else by their session's") {
  using pk::gateway::Links;
  const auto visit = [&](const Headers& headers, std::optional<Scope> scope, const std::string& session) {
    keyed.session_key = [session](const pk::http::Request&) { return session; };
    const pk::http::Request request = request_of("GET", "/v1/logs", headers);
    pk::gateway::Visitor visitor;
    const auto refusal = pk::gateway::check_visitor(request, keyed, scope, Links::refused, visitor);
    return std::pair(refusal ? refusal->status : 200, visitor.key ? visitor.key->name : "");
  };
  const std::string reader = keyed.plan.saved->api_key(pk::config::key_hash("pk-secret-of-read"))->id;
  CHECK(visit(with_key("read"), Scope::read, "") == std::pair(200, std::string("read")));
  CHECK(visit({}, Scope::read, reader) == std::pair(200, std::string("read")));
  CHECK(visit({}, Scope::admin, reader) == std::pair(403, std::string("read")));
  CHECK(visit({}, Scope::read, "pk-gone").first == 401);
  CHECK(visit({}, {}, reader) == std::pair(200, std::string("read")));
  CHECK(visit({{"x-portkey-api-key", "pk-wrong"}}, Scope::read, reader).first == 401);
}

TEST_CASE_METHOD(Fixture,
                 "Who is not let in may send no large body, and is told why and not how large it was") {
  const auto body_max = [&](const Rules& rules, Headers headers, const char* length) {
    headers.emplace_back(*length == 'c' ? "Transfer-Encoding" : "Content-Length", length);
    Restricted restricted(inner, Scope::proxy, std::make_shared<const Rules>(rules), stats);
    return restricted.body_bytes_max(request_of("POST", "/v1/chat/completions", headers));
  };
  for (const char* length : {"65537", "chunked"}) {
    CHECK(body_max(keyed, with_key("nobody"), length) == 0);
    CHECK(body_max(keyed, with_key("read"), length) == 0);
    CHECK(body_max(keyed, with_key("proxy"), length) > 1'000'000'000'000);
    CHECK(body_max(open, {}, length) > 1'000'000'000'000);
  }
  CHECK(body_max(keyed, {}, "65536") > 1'000'000'000'000);  // is judged when it is there
  const auto status = [&](const Headers& headers) {
    Restricted restricted(inner, Scope::proxy, std::make_shared<const Rules>(keyed), stats);
    pk::http::Request request = request_of("POST", "/v1/chat/completions", headers);
    FakeResponder responder;
    restricted.handle_malformed(request, {413, "too much", true}, responder).detach();
    return responder.status();
  };
  CHECK(status(with_key("nobody")) == 401);
  CHECK(status(with_key("proxy")) == 200);  // what is inside has the word
}
