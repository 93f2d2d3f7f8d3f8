#include "admin/session_routes.h"

#include <fmt/format.h>

#include <utility>

#include "admin/fields.h"
#include "admin/session.h"
#include "base/json.h"
#include "http/cookie.h"

namespace pk::admin {

namespace {

Reply with_cookie(const Services& services, std::string_view token, std::int64_t seconds) {
  Reply reply{204, {}, {}, {}};
  reply.headers.emplace_back(
      "set-cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}",
                                http::k_session_cookie, token, seconds, services.tls ? "; Secure" : ""));
  return reply;
}

Reply log_in(const Call& call) {
  const auto fields = Fields::parse(call.request.body, {"key"});
  if (!fields) return failure(fields.error());
  const auto secret = fields->needed("key");
  if (!secret) return failure(secret.error());
  if (!call.caller.login_wanted)
    return bad_request("no API key is wanted here: there is none, and only this machine is served");
  Sessions& sessions = call.desk.services.sessions;
  const std::int64_t now_ms = call.desk.services.clock.wall_ms();
  if (!sessions.may_try(now_ms)) {
    Reply reply = failure(429, "too many wrong API keys; wait a little", "rate_limit_error");
    reply.headers.emplace_back("retry-after", std::to_string(k_wrong_logins_ms / 1000));
    return reply;
  }
  const auto holder = call.desk.guard.holder_of(*secret);
  if (!holder) {
    sessions.was_wrong(now_ms);
    return failure(401, "the API key is not known here; pk key list shows those there are",
                   "authentication_error");
  }
  return with_cookie(call.desk.services, sessions.seal(holder->key_id, now_ms), k_session_ms / 1000);
}

Reply who(const Call& call) {
  std::string scopes;
  for (const auto scope : {config::Scope::proxy, config::Scope::read, config::Scope::admin})
    if (call.caller.scopes & static_cast<std::uint8_t>(scope))
      scopes.append(scopes.empty() ? "" : ",").append(json_string(config::slug(scope)));
  return json_reply(fmt::format(R"({{"login_required":{},"scopes":[{}],"version":{}}})",
                                call.caller.login_wanted, scopes, json_string(call.desk.services.version)));
}

Task<void> open(Call& call) {
  Reply reply = log_in(call);
  co_await call.answer(std::move(reply));
}

Task<void> show(Call& call) {
  Reply reply = who(call);
  co_await call.answer(std::move(reply));
}

// The cookie goes from the browser, and stands for nothing wherever else it went.
Task<void> close(Call& call) {
  if (const auto token = http::cookie_of(call.request.headers, http::k_session_cookie))
    call.desk.services.sessions.end(*token, call.desk.services.clock.wall_ms());
  Reply reply = with_cookie(call.desk.services, "", 0);
  co_await call.answer(std::move(reply));
}

}  // namespace

std::vector<Route> session_routes() {
  return {{"POST", "/v1/session", {}, open},
          {"GET", "/v1/session", {}, show},
          {"DELETE", "/v1/session", {}, close}};
}

}  // namespace pk::admin
