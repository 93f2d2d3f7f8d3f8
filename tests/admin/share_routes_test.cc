#include "admin/share_routes.h"

#include "admin/fixture.h"
#include "base/json.h"
#include "config/json_value.h"
#include "share/file.h"
#include "store/prune.h"
#include "store/share_rows.h"
#include "store/shares.h"

using namespace pk::test;

namespace {

constexpr std::int64_t k_start_ms = 1'772'357'400'000;

struct Shared : ControlPlaneFixture {
  Shared() : ControlPlaneFixture(logs()) {}
  static std::vector<pk::log::LogRecord> logs() {
    std::vector<pk::log::LogRecord> logs;
    for (unsigned n = 0; n < 3; ++n) logs.push_back(sample_record(k_start_ms + n, n));
    logs[1].request->body =
        R"({"messages":[{"role":"user","content":"write to ann@example.com about C-123456"}]})";
    logs[2].tracked = false;
    logs[2].request.reset();
    logs[2].response.reset();
    return logs;
  }
  static std::string id(unsigned n) { return sample_record(k_start_ms + n, n).id.text(); }
  static std::string member(const Answered& answered, std::string_view name) {
    for (const auto& [key, value] : pk::config::json_members(answered.text))
      if (key == name) return pk::config::json_plain(value);
    return "(none)";
  }
  std::string token(unsigned n, const std::string& body = {}) {
    return member(ask("POST", "/v1/logs/" + id(n) + "/share", body), "token");
  }
  std::string data_of(const Answered& answered) {
    const auto shared = pk::share::parse_shared(answered.text);
    REQUIRE(shared);
    CHECK_FALSE(shared->changed);
    return shared->json;
  }
};

}  // namespace

TEST_CASE_METHOD(Shared, "A link is made for a week, shows its one log, and says who may keep it") {
  preferences.with([](pk::admin::Preferences& now) { now.public_url = "https://pk.example"; });
  const Answered made = ask("POST", "/v1/logs/" + id(0) + "/share");
  CHECK(made.status() == 200);
  const std::string token = member(made, "token");
  CHECK(member(made, "url") == "https://pk.example/s/" + token);
  CHECK(member(made, "log_id") == id(0));
  CHECK(member(made, "expires_at") > "2026-");
  CHECK(guard.asked->scope == pk::config::Scope::admin);
  const Answered page = ask("GET", "/s/" + token);
  CHECK(page.status() == 200);
  CHECK_FALSE(guard.asked->scope);
  CHECK(guard.asked->linked);
  CHECK(page.header("content-type") == "text/html; charset=utf-8");
  CHECK(page.header("referrer-policy") == "no-referrer");
  CHECK(page.header("x-content-type-options") == "nosniff");
  CHECK(page.header("cache-control") == "no-store");
  CHECK(page.header("content-security-policy").find("default-src 'none'") == 0);
  CHECK(page.header("content-security-policy").find("frame-ancestors 'none'") != std::string::npos);
  CHECK(page.header("set-cookie").empty());
  CHECK(data_of(page).find(id(0)) != std::string::npos);
  CHECK(page.text.find(id(1)) == std::string::npos);
  const Answered json = ask("GET", "/s/" + token, {}, 0, {{"accept", "application/json"}});
  CHECK(json.header("content-type") == "application/json");
  CHECK(json.text == ask("GET", "/v1/logs/" + id(0)).text);
  CHECK(ask("GET", "/s/" + token, {}, 0, {{"Accept", "text/html,application/json;q=0.9"}}).text == page.text);
}

TEST_CASE_METHOD(Shared, "What a link says of itself is refused where it has no effect or makes no sense") {
  const std::string path = "/v1/logs/" + id(0) + "/share";
  for (const char* bad : {"[]", "{", R"({"expires":7})", R"({"expires":"0s"})", R"({"expires":"soon"})",
                          R"({"redact":"yes"})", R"({"redacted":true})"})
    CHECK(ask("POST", path, bad).status() == 400);
  CHECK(ask("POST", "/v1/logs/01890000-0000-7000-8000-000000000000/share").status() == 404);
  CHECK(member(ask("POST", path, R"({"expires":"never"})"), "expires_at") == "null");
  const Answered own = ask("POST", path, {}, 0, {{"host", "127.0.0.1:9999"}});
  CHECK(member(own, "url").starts_with("http://127.0.0.1:9999/s/"));
  services->tls = true;
  const Answered safe = ask("POST", path, {}, 0, {{"host", "127.0.0.1:9999"}});
  CHECK(member(safe, "url").starts_with("https://127.0.0.1:9999/s/"));
}

TEST_CASE_METHOD(Shared, "A dead link is 404, whatever it died of, and says nothing") {
  const std::string revoked = token(0);
  CHECK(ask("DELETE", "/v1/shares/" + revoked).text == R"({"deleted":true})");
  CHECK(ask("DELETE", "/v1/shares/" + revoked).status() == 404);
  const std::string gone = token(1);
  const auto gone_id = *pk::Uuid::parse(id(1));
  REQUIRE(pk::store::remove(*services->env, std::span(&gone_id, 1)));
  pk::store::Share over;
  over.log_id = *pk::Uuid::parse(id(0));
  over.expires_at = 1;
  const std::string expired = pk::store::add_share(*services->env, over)->token;
  const std::string page = ask("GET", "/s/" + std::string(32, 'a')).text;
  for (const std::string& dead :
       {revoked, gone, expired, std::string("x"), std::string("%00"), std::string(5000, 'a')}) {
    const Answered answered = ask("GET", "/s/" + dead);
    CHECK(answered.status() == 404);
    CHECK(answered.text == page);
    CHECK(answered.header("referrer-policy") == "no-referrer");
    CHECK(ask("GET", "/s/" + dead, {}, 0, {{"accept", "application/json"}}).status() == 404);
  }
}

TEST_CASE_METHOD(Shared, "A redacted link masks with the patterns of when it was made, in page and JSON") {
  preferences.with([](pk::admin::Preferences& now) { now.share_patterns = {{"customer", "C-[0-9]{6}"}}; });
  const std::string masked = token(1, R"({"redact":true})"), plain = token(1);
  preferences.with([](pk::admin::Preferences& now) { now.share_patterns.clear(); });
  for (const pk::http::Headers& headers :
       {pk::http::Headers{}, pk::http::Headers{{"accept", "application/json"}}}) {
    const Answered answered = ask("GET", "/s/" + masked, {}, 0, headers);
    CHECK(answered.text.find("ann@example.com") == std::string::npos);
    CHECK(answered.text.find("C-123456") == std::string::npos);
    CHECK(answered.text.find("write to [email] about [customer]") != std::string::npos);
    CHECK(ask("GET", "/s/" + plain, {}, 0, headers).text.find("ann@example.com") != std::string::npos);
  }
}

TEST_CASE_METHOD(Shared, "An untracked log shows no content, for there is none") {
  const Answered page = ask("GET", "/s/" + token(2));
  CHECK(page.text.find("asked not to be tracked") != std::string::npos);
  CHECK(data_of(page).find(R"("request":null,"response":null)") != std::string::npos);
}

TEST_CASE_METHOD(Shared, "Shares are listed, of one log or of all, page by page, and ended by their hints") {
  token(0, R"({"redact":true,"expires":"never"})");
  token(1);
  token(1);
  const Answered one = ask("GET", "/v1/shares?log_id=" + id(0));
  CHECK(one.text.find(R"("redact":true,"hint":")") != std::string::npos);
  CHECK(one.text.find(R"("expires_at":null)") != std::string::npos);
  CHECK(one.text.find(id(1)) == std::string::npos);
  const Answered page = ask("GET", "/v1/shares?limit=2");
  const std::string next = member(page, "next");
  CHECK(member(ask("GET", "/v1/shares?limit=2&after=" + next), "next") == "null");
  CHECK(ask("GET", "/v1/shares?after=nonsense").status() == 400);
  CHECK(ask("GET", "/v1/shares?after=").status() == 400);
  CHECK(ask("GET", "/v1/shares?log-id=" + id(0)).status() == 400);  // not all there are
  const std::size_t hint_at = one.text.find("\"hint\":\"") + 8;
  const std::string hint = one.text.substr(hint_at, pk::store::k_share_hint_digits);
  CHECK(ask("DELETE", "/v1/shares/" + hint).status() == 200);
  CHECK(ask("DELETE", "/v1/shares/" + hint).status() == 404);
  CHECK(pk::is_json(ask("GET", "/v1/shares").text));
}

TEST_CASE_METHOD(Shared, "Paging through shares gives each once, also where two have the same hint") {
  {
    auto txn = *pk::store::WriteTxn::begin(*services->env);
    for (std::uint8_t n = 0; n < 9; ++n) {
      pk::store::Share share;
      share.log_id = *pk::Uuid::parse(id(0));
      share.created_at = k_start_ms - n;
      share.hash[0] = n < 5 ? 7 : n;  // of five the first digits are the same
      share.hash[8] = n;
      REQUIRE(pk::store::put_share(txn, share));
    }
    REQUIRE(txn.commit());
  }
  std::size_t shares = 0, pages = 0;
  std::string after;
  for (std::string next; next != "null" && pages < 20; ++pages) {
    const Answered page = ask("GET", "/v1/shares?limit=2" + after);
    for (std::size_t at = 0; (at = page.text.find("\"hint\"", at)) != std::string::npos; ++at) ++shares;
    next = member(page, "next");
    after = "&after=" + next;
    // The last that was given is ended, and the next page goes on all the same.
    if (pages == 1) REQUIRE(ask("DELETE", "/v1/shares/070000000000000003").status() == 200);
  }
  CHECK(shares == 9);
  CHECK(pages == 5);
  CHECK(ask("DELETE", "/v1/shares/070000").status() == 400);
}
