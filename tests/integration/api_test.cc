// The HTTP API of the server itself, against the built pk: who may, what it answers, and clients that mean it
// no good.
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include "support/catch.h"
#include "support/serve_fixture.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

const HeaderList k_demo{{"Content-Type", "application/json"}, {"x-portkey-provider", "demo"}};

std::string demo_body(const std::string& model = "demo") {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"hi"}]})";
}

Reply ask(const Serve& serve, std::string_view method, std::string_view target, std::string_view body = "",
          HeaderList headers = {}) {
  return request(serve.port(), method, target, headers, body);
}

void call_demo(const Serve& serve, const HeaderList& more = {}, const std::string& model = "demo") {
  HeaderList headers = k_demo;
  headers.insert(headers.end(), more.begin(), more.end());
  REQUIRE(request(serve.port(), "POST", "/v1/chat/completions", headers, demo_body(model)).status < 600);
}

// An API key of that scope, once it counts.
std::string keep_key(const Serve& serve, const std::string& name, const std::string& scope,
                     const HeaderList& as = {}) {
  const Reply made =
      ask(serve, "POST", "/v1/api-keys", R"({"name":")" + name + R"(","scope":")" + scope + "\"}", as);
  REQUIRE(made.status == 201);
  const std::string key = at(parse_json(made.body), "/key");
  wait_until("the key " + name + " counts", [&] {
    const Reply session = ask(serve, "GET", "/v1/session", "", {{"x-portkey-api-key", key}});
    return at(parse_json(session.body), "/scopes/0") != "(nothing)";
  });
  wait_until("a key is wanted", [&] {
    return at(parse_json(ask(serve, "GET", "/v1/session").body), "/login_required") == "true";
  });
  return key;
}

struct Asked {
  const char* method;
  const char* target;
  const char* scope;  // "" open
};
constexpr Asked k_routes[] = {{"GET", "/v1/logs", "read"},
                              {"POST", "/v1/logs", "proxy"},
                              {"GET", "/v1/logs/@latest", "read"},
                              {"DELETE", "/v1/logs/nothing-there", "admin"},
                              {"GET", "/v1/logs/@latest/why", "read"},
                              {"GET", "/v1/logs/@latest/neighbours", "read"},
                              {"GET", "/v1/logs/count", "read"},
                              {"GET", "/v1/logs/values?field=model", "read"},
                              {"HEAD", "/v1/logs/tail", "read"},
                              {"GET", "/v1/stats", "read"},
                              {"GET", "/v1/logs/exports", "read"},
                              {"POST", "/v1/logs/exports", "read"},
                              {"GET", "/v1/configs", "read"},
                              {"POST", "/v1/configs", "admin"},
                              {"DELETE", "/v1/configs/none", "admin"},
                              {"GET", "/v1/prompts", "read"},
                              {"PUT", "/v1/prompts/none", "admin"},
                              {"GET", "/v1/virtual-keys", "read"},
                              {"POST", "/v1/virtual-keys", "admin"},
                              {"GET", "/v1/api-keys", "admin"},
                              {"DELETE", "/v1/api-keys/none", "admin"},
                              {"GET", "/v1/plan", "read"},
                              {"PUT", "/v1/plan", "admin"},
                              {"GET", "/v1/session", ""},
                              {"DELETE", "/v1/session", ""}};

}  // namespace

TEST_CASE("Without an API key everything is open to this machine, and to no page of another origin",
          "[api]") {
  Serve serve;
  call_demo(serve);
  for (const Asked& asked : k_routes) {
    INFO(asked.method << " " << asked.target);
    const int status = ask(serve, asked.method, asked.target).status;
    CHECK((status == 200 || status == 204 || status == 400 || status == 404));
    for (const HeaderList& foreign :
         {HeaderList{{"Origin", "https://evil.example"}}, {{"Sec-Fetch-Site", "cross-site"}}})
      CHECK(ask(serve, asked.method, asked.target, "", foreign).status == 403);
    CHECK(ask(serve, asked.method, asked.target, "", {{"Host", "evil.example"}}).status == 400);
  }
  const auto rows = logs(serve.data());
  CHECK(rows.size() == 1);  // none of this is logged
}

TEST_CASE("Once there are keys each route asks for its scope", "[api]") {
  Serve serve;
  call_demo(serve);
  const std::string admin = keep_key(serve, "boss", "admin");
  const HeaderList as_admin{{"x-portkey-api-key", admin}};
  const std::string proxy = keep_key(serve, "app", "proxy", as_admin);
  const std::string read = keep_key(serve, "eye", "read", as_admin);
  for (const Asked& asked : k_routes) {
    INFO(asked.method << " " << asked.target);
    const bool open = std::string_view(asked.scope).empty();
    CHECK((ask(serve, asked.method, asked.target).status == 401) == !open);
    CHECK((ask(serve, asked.method, asked.target, "", {{"Authorization", "Bearer pk-wrong"}}).status ==
           401) == !open);
    for (const auto& [scope, key] : {std::pair("proxy", proxy), {"read", read}, {"admin", admin}}) {
      INFO(scope);
      const bool may = open || scope == std::string_view(asked.scope) || scope == std::string_view("admin");
      const Reply reply = ask(serve, asked.method, asked.target, "", {{"Authorization", "Bearer " + key}});
      CHECK((reply.status != 403) == may);
      if (!may && asked.method != std::string_view("HEAD"))
        CHECK(at(parse_json(reply.body), "/error/type") == "permission_error");
    }
  }
}

TEST_CASE("A session stands for its key until the key is removed", "[api]") {
  Serve serve;
  const std::string admin = keep_key(serve, "boss", "admin");
  const HeaderList as_admin{{"x-portkey-api-key", admin}};
  const std::string read = keep_key(serve, "eye", "read", as_admin);
  CHECK(ask(serve, "POST", "/v1/session", R"({"key":"pk-wrong"})").status == 401);
  const Reply in = ask(serve, "POST", "/v1/session", R"({"key":")" + read + "\"}");
  REQUIRE(in.status == 204);
  const std::string cookie = in.header("set-cookie");
  const HeaderList with_cookie{{"Cookie", cookie.substr(0, cookie.find(';'))}};
  CHECK(ask(serve, "GET", "/v1/logs", "", with_cookie).status == 200);
  CHECK(ask(serve, "PUT", "/v1/plan", R"({"plan":"production"})", with_cookie).status == 403);
  CHECK(at(parse_json(ask(serve, "GET", "/v1/session", "", with_cookie).body), "/scopes") == R"(["read"])");
  CHECK(ask(serve, "GET", "/v1/logs", "", {{"Cookie", "pk_session=AAAA"}}).status == 401);
  const Reply again = ask(serve, "POST", "/v1/session", R"({"key":")" + read + "\"}");
  const std::string ended = again.header("set-cookie").substr(0, again.header("set-cookie").find(';'));
  CHECK(ask(serve, "DELETE", "/v1/session", "", {{"Cookie", ended}}).status == 204);
  CHECK(ask(serve, "GET", "/v1/logs", "", {{"Cookie", ended}}).status == 401);
  CHECK(ask(serve, "GET", "/v1/logs", "", with_cookie).status == 200);
  CHECK(ask(serve, "DELETE", "/v1/api-keys/eye", "", as_admin).status == 200);
  wait_until("the session of a removed key is over",
             [&] { return ask(serve, "GET", "/v1/logs", "", with_cookie).status == 401; });
}

TEST_CASE("Pages are there for who opens a link, and for nobody with --no-ui", "[api]") {
  Serve serve;
  const Reply page =
      ask(serve, "GET", "/logs/x", "", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}});
  CHECK((page.status == 200 || page.body.find("-DPK_UI=OFF") != std::string::npos));
  CHECK(page.header("x-content-type-options") == "nosniff");
  CHECK(ask(serve, "GET", "/", "", {{"Host", "evil.example"}}).status == 400);
  Serve bare({.flags = {"--no-ui"}});
  for (const char* path : {"/", "/logs/x", "/login", "/analytics"})
    CHECK(ask(bare, "GET", path).status == 404);
  CHECK(ask(bare, "GET", "/v1/logs").status == 200);
}

TEST_CASE("What is not the control plane's goes to providers as ever", "[api]") {
  FakeUpstream upstream;
  Serve serve;
  for (const char* path : {"/v1/models", "/v1/files/x", "/v1/log"})
    CHECK(request(serve.port(), "GET", path, openai(upstream)).status == 200);
  CHECK(upstream.seen_count() == 3);
}

TEST_CASE("An inserted log is masked, counted and priced as a proxied one is", "[api]") {
  Serve serve;
  const Reply put =
      ask(serve, "POST", "/v1/logs", R"({"provider":"openai","created_at":"2026-03-01T09:30:00Z",
    "request":{"url":"https://api.openai.com/v1/chat/completions","headers":{"Authorization":"Bearer sk-0123456789abcdefghij"},
      "body":{"model":"gpt-4o-mini","messages":[]}},
    "response":{"status":200,"response_time":420,"body":{"model":"gpt-4o-mini-2024-07-18","choices":[],
      "usage":{"prompt_tokens":1000,"completion_tokens":200}}},"metadata":{"_user":"ana","traceId":"order-17"}})");
  REQUIRE(put.status == 200);
  const std::string id = at(parse_json(put.body), "/ids/0");
  const auto record = log_of(serve.data(), id);
  CHECK(at(record, "/created_at") == "2026-03-01T09:30:00.000Z");
  CHECK(at(record, "/endpoint") == "chat-completions");
  CHECK(at(record, "/model") == "gpt-4o-mini-2024-07-18");
  CHECK(at(record, "/total_tokens") == "1200");
  CHECK(std::stod(at(record, "/cost_usd")) == Approx(0.00027));
  CHECK(at(record, "/trace_id") == "order-17");
  CHECK(at(record, "/user") == "ana");
  CHECK(at(record, "/replayable") == "true");
  CHECK(at(record, "/request/headers/Authorization").find("3456789") == std::string::npos);
  // It counts for the month that it is of.
  CHECK(at(parse_json(ask(serve, "GET", "/v1/plan").body), "/used") == "0");
  CHECK(ask(serve, "POST", "/v1/logs",
            R"({"request":{"url":"/v1/embeddings","body":{}},"response":{"body":{}}})")
            .status == 200);
  CHECK(at(parse_json(ask(serve, "GET", "/v1/plan").body), "/used") == "1");
}

TEST_CASE("Why is told as the command line tells it", "[api]") {
  Serve serve;
  call_demo(serve, {{"x-portkey-config", R"({"provider":"demo","cache":{"mode":"simple"}})"}});
  const Reply why = ask(serve, "GET", "/v1/logs/@latest/why");
  CHECK(why.status == 200);
  CHECK(parse_json(why.body) == parse_json(run_pk(serve.data(), {"logs", "why", "@latest", "--json"}).out));
}

TEST_CASE("Paging while logs are written loses none of those that were there", "[api]") {
  Serve serve;
  constexpr int k_before = 10'000, k_array = 1'000;
  const std::string one =
      R"({"request":{"url":"/v1/chat/completions","body":{"model":"m"}},"response":{"body":{"id":1}}})";
  std::set<std::string> wanted;
  for (int i = 0; i < k_before / k_array; ++i) {
    std::string array = "[" + one;
    for (int n = 1; n < k_array; ++n) array += "," + one;
    const auto ids = parse_json(ask(serve, "POST", "/v1/logs", array + "]").body).at("ids").as_array();
    for (const auto& id : ids) wanted.insert(std::string(id.as_string()));
  }
  REQUIRE(wanted.size() == k_before);
  std::thread writer([&] {
    for (int i = 0; i < 100; ++i) call_demo(serve);
  });
  std::size_t rows = 0;
  std::set<std::string> seen;
  std::string after;
  do {
    const auto page = parse_json(ask(serve, "GET", "/v1/logs?limit=700" + after).body);
    for (const auto& row : page.at("data").as_array()) seen.insert(at(row, "/id"));
    rows += page.at("data").as_array().size();
    const std::string next = at(page, "/next");
    after = next == "null" ? "" : "&after=" + next;
  } while (!after.empty());
  writer.join();
  CHECK(seen.size() == rows);
  CHECK(std::ranges::includes(seen, wanted));
}

TEST_CASE("The tail tells a log as it is written, also one of another process, and ends with the server",
          "[api]") {
  Serve serve;
  HttpClient tail(serve.port());
  REQUIRE(tail.send(request_text("GET", "/v1/logs/tail?model=demo-1", {}, "")));
  CHECK(tail.read_until(": listening").find(": listening") != std::string::npos);
  call_demo(serve, {}, "demo-2");
  call_demo(serve, {}, "demo-1");
  const std::string told = tail.read_until("\"model\":\"demo-1\"");
  CHECK(told.find("event: log\nid: ") != std::string::npos);
  CHECK(told.find("demo-2") == std::string::npos);
  CHECK(serve.terminate() == 0);
  CHECK(tail.peer_closed());
}

TEST_CASE("A client that takes an export slowly, or leaves, costs the server nothing", "[api]") {
  Serve serve;
  const std::string body(20'000, 'x');
  std::string array = "[";
  for (int i = 0; i < 500; ++i)
    array += (i ? "," : "") +
             (R"({"request":{"url":"/v1/chat/completions","body":")" + body + R"("},"response":{"body":1}})");
  for (int i = 0; i < 4; ++i) REQUIRE(ask(serve, "POST", "/v1/logs", array + "]").status == 200);
  const std::string id = at(parse_json(ask(serve, "POST", "/v1/logs/exports", "{}").body), "/id");
  const std::string download = request_text("GET", "/v1/logs/exports/" + id + "/download", {}, "");
  const std::uint64_t before = serve.anonymous_bytes();
  std::vector<std::unique_ptr<HttpClient>> slow;
  for (int i = 0; i < 16; ++i) {
    slow.push_back(std::make_unique<HttpClient>(serve.port(), 4096));
    REQUIRE(slow.back()->send(download));
    CHECK_FALSE(slow.back()->read_some(512).empty());
  }
  CHECK(ask(serve, "GET", "/v1/logs?limit=1").status == 200);  // nobody holds a thread
  CHECK(serve.anonymous_bytes() < before + 40'000'000);        // 16 times 40 MB would be 640
  for (auto& client : slow) client->abort();
  slow.clear();
  const Reply whole = ask(serve, "GET", "/v1/logs/exports/" + id + "/download");
  CHECK(whole.whole);
  CHECK(std::ranges::count(whole.body, '\n') == 2'000);
}

TEST_CASE("Hostile requests get an answer in shape", "[api]") {
  Serve serve;
  const Reply deep = ask(serve, "POST", "/v1/logs", std::string(5'000, '[') + std::string(5'000, ']'));
  CHECK(deep.status == 400);
  CHECK(ask(serve, "POST", "/v1/configs", "{\"name\":\"a\",\"config\":{\"x\":\xff}}").status == 400);
  CHECK(ask(serve, "GET", "/v1/logs?q=" + std::string(20'000, 'a')).status == 400);
  std::string many;
  for (int i = 0; i < 300; ++i) many += "model=a&";
  CHECK(ask(serve, "GET", "/v1/logs?" + many).status == 400);
  const Reply large = ask(serve, "POST", "/v1/logs", std::string(16'000'001, ' '));
  CHECK(large.status == 413);
  CHECK(large.body.find("16000000") != std::string::npos);
  // Who declares as much is not told to go on, and is answered before it has said any of it.
  HttpClient asking(serve.port());
  REQUIRE(
      asking.send("POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000001\r\n"
                  "Expect: 100-continue\r\n\r\n"));
  CHECK(asking.read_reply().status == 413);
  const Reply method = ask(serve, "PATCH", "/v1/configs/x");
  CHECK(method.status == 405);
  CHECK(method.header("allow") == "GET, HEAD, PUT, DELETE, OPTIONS");
  CHECK(ask(serve, "OPTIONS", "/v1/logs").status == 204);
  CHECK(ask(serve, "GET", "/health").status == 200);
}

TEST_CASE("What links mask, where they lead and which config is the default follow the settings", "[api]") {
  const TempFolder folder;
  const std::string file = (folder.path() / "config.toml").string();
  const auto set = [&](std::string_view lines) { std::ofstream(file) << lines; };
  set("");
  Serve serve({.flags = {"--config", file}});
  const std::string config = at(
      parse_json(ask(serve, "POST", "/v1/configs", R"({"name":"main","config":{"provider":"demo"}})").body),
      "/id");
  REQUIRE(request(serve.port(), "POST", "/v1/chat/completions", k_demo,
                  R"({"model":"demo-1","messages":[{"role":"user","content":"of C-4711"}]})")
              .status == 200);
  const auto shared = [&] {
    const auto made = parse_json(ask(serve, "POST", "/v1/logs/@latest/share", R"({"redact":true})").body);
    return std::pair(at(made, "/url"), ask(serve, "GET", "/s/" + at(made, "/token")).body);
  };
  CHECK(shared().second.find("of C-4711") != std::string::npos);
  set("share_patterns = [\"customer=C-[0-9]+\"]\npublic_url = \"https://pk.example\"\ndefault_config = \"" +
      config + "\"\n");
  serve.signal(SIGHUP);
  wait_until("the settings are reloaded",
             [&] { return serve.errors().find("settings reloaded") != std::string::npos; });
  const auto [url, page] = shared();
  CHECK(url.starts_with("https://pk.example/s/"));
  CHECK(page.find("C-4711") == std::string::npos);
  CHECK(page.find("of [customer]") != std::string::npos);
  CHECK(ask(serve, "DELETE", "/v1/configs/main").status == 409);
}
