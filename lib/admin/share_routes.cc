#include "admin/share_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "admin/log_routes.h"
#include "admin/selection.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "config/json_value.h"
#include "log/json.h"
#include "query/run.h"
#include "share/link.h"
#include "share/mask.h"
#include "share/page.h"
#include "store/share_rows.h"
#include "store/shares.h"

namespace pk::admin {

namespace {

using config::JsonValue;
using config::Scope;
using EnvPtr = std::shared_ptr<store::Env>;

std::string time_or_null(const std::optional<std::int64_t>& time) {
  return time ? json_string(rfc3339(*time)) : "null";
}

// {"expires":"7d"|"never","redact":bool}; nothing at all is an empty object.
Result<store::Share> read_wanted(const Services& services, std::string_view body) {
  store::Share wanted;
  wanted.created_at = services.clock.wall_ms();
  std::string expires{share::k_expires_default};
  const JsonValue whole = config::json_value(body.empty() ? "{}" : body);
  if (!whole.is_object()) return Error{Errc::invalid, "the body must be a JSON object"};
  for (const auto& [name, value] : config::json_members(whole.text)) {
    if (name == "expires") {
      if (!value.is_string()) return Error{Errc::invalid, "expires: must be a text, \"7d\" or \"never\""};
      expires = config::json_plain(value);
    } else if (name == "redact") {
      if (value.kind != JsonToken::truth) return Error{Errc::invalid, "redact: must be true or false"};
      wanted.redact = value.text == "true";
    } else {
      return Error{Errc::invalid,
                   fmt::format("'{}' is unknown; there are expires and redact", visible(name, false))};
    }
  }
  auto ends = share::parse_expires(expires, wanted.created_at);
  if (!ends) return std::move(ends).error().within("expires");
  wanted.expires_at = *ends;
  if (wanted.redact)
    wanted.patterns = services.preferences.with([](const Preferences& now) { return now.share_patterns; });
  return wanted;
}

// Where no public URL is set the caller's own way to the server will do: its Host was checked.
std::string origin_of(const Call& call) {
  const Services& services = call.desk.services;
  std::string url = services.preferences.with([](const Preferences& now) { return now.public_url; });
  if (!url.empty()) return url;
  return (services.tls ? "https://" : "http://") +
         std::string(http::find_header(call.request.headers, "host").value_or("127.0.0.1:8787"));
}

Task<void> make(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(store::Share wanted, read_wanted(call.desk.services, call.request.body));
    PK_ASSIGN(wanted.log_id, log_id_of(store::LogReader(env), call.parts[0]));
    PK_ASSIGN(const store::MadeShare made, store::add_share(*env, wanted));
    return json_reply(fmt::format(R"({{"url":{},"token":"{}","log_id":"{}","expires_at":{}}})",
                                  json_string(share::share_url(origin_of(call), made.token)), made.token,
                                  wanted.log_id.text(), time_or_null(wanted.expires_at)));
  };
  co_await call.answer_from(std::move(work));
}

std::string json_of(const store::Share& share) {
  return fmt::format(R"({{"log_id":"{}","created_at":"{}","expires_at":{},"redact":{},"hint":"{}"}})",
                     share.log_id.text(), rfc3339(share.created_at), time_or_null(share.expires_at),
                     share.redact, share.hint());
}

// Where a share stands in the list: newest first, of one time by their hashes. Hints are too short for that,
// of thousands some are the same.
struct Place {
  std::int64_t created_at;
  std::string key;

  static Place of(const store::Share& share) { return {share.created_at, hex(store::share_key(share.hash))}; }
  std::string text() const { return fmt::format("{}-{}", created_at, key); }
  bool is_before(const store::Share& share) const {
    return share.created_at != created_at ? share.created_at < created_at : key < of(share).key;
  }
};

// What text() gave. The share itself may have been ended meanwhile.
Result<Place> read_place(std::string_view text) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto time = parse_int(text.substr(0, dash));
  if (!time || dash == text.size()) return Error{Errc::invalid, "after: it is no next of this list"};
  return Place{*time, std::string(text.substr(dash + 1))};
}

Result<std::string> page_of(const std::vector<store::Share>& shares, std::optional<std::string_view> after,
                            std::size_t limit) {
  auto at = shares.begin();
  if (after) {
    PK_ASSIGN(const Place place, read_place(*after));
    at = std::ranges::find_if(shares, [&](const store::Share& one) { return place.is_before(one); });
  }
  std::string json = R"({"object":"list","data":[)";
  std::size_t given = 0;
  for (; at != shares.end() && given < limit; ++at, ++given) json += (given > 0 ? "," : "") + json_of(*at);
  const bool more = at != shares.end() && given > 0;
  return json + R"(],"next":)" + (more ? json_string(Place::of(*(at - 1)).text()) : "null") + "}";
}

Task<void> list(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    PK_TRY(call.query.only({"limit", "after", "log_id"}));
    PK_ASSIGN(const std::size_t limit, read_limit(call.query));
    std::optional<Uuid> log_id;
    if (const auto wanted = call.query.get("log_id")) {
      PK_ASSIGN(log_id, query::resolve_id(store::LogReader(env), *wanted));
    }
    PK_ASSIGN(const auto shares, store::list_shares(*env, call.desk.services.clock.wall_ms(), log_id));
    PK_ASSIGN(std::string json, page_of(shares.entries, call.query.get("after"), limit));
    return json_reply(std::move(json));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> revoke(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const bool revoked, store::revoke_share(*env, call.parts[0]));
    if (!revoked) return Error{Errc::not_found, "no link has that token or hint"};
    return json_reply(R"({"deleted":true})");
  };
  co_await call.answer_from(std::move(work));
}

// Whoever asks for JSON and not for a page gets the record.
bool wants_json(const http::Request& request) {
  const std::string_view accept = http::find_header(request.headers, "accept").value_or("");
  return ifind(accept, "application/json") < ifind(accept, "text/html");
}

// A shared page gives nothing away: not its own address, no frame, no index of a search engine.
Reply shared_reply(int status, std::string body, bool json) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.type = json ? k_json : k_html;
  reply.headers = {
      {"referrer-policy", "no-referrer"},
      {"content-security-policy", std::string(share::k_page_policy).append(share::k_frame_policy)},
      {"x-robots-tag", "noindex, nofollow"},
      {"vary", "accept"}};
  return reply;
}

// One that is unknown, over, revoked or damaged looks the same.
Reply dead_reply(bool json) {
  if (!json) return shared_reply(404, share::dead_page_html(), false);
  return shared_reply(404, not_found("nothing is shared here").body, true);
}

Result<Reply> shown(const EnvPtr& env, const store::Share& share, bool json) {
  PK_ASSIGN(auto record, store::LogReader(env).get(share.log_id));
  if (!record) return dead_reply(json);
  if (share.redact) {
    PK_ASSIGN(const share::Mask mask, share::Mask::make(share.patterns));
    *record = mask.record(*std::move(record));
  }
  if (!json) return shared_reply(200, share::page_html(*record, {share.redact, share.expires_at}), false);
  std::string text;
  log::append_json(text, *record, log::FieldSet::all());
  return shared_reply(200, std::move(text), true);
}

Task<void> show(Call& call) {
  const bool json = wants_json(call.request);
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    const auto share = store::find_share(*env, call.parts[0], call.desk.services.clock.wall_ms());
    if (!share || !*share) return dead_reply(json);
    return shown(env, **share, json);
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

std::vector<Route> share_routes() {
  const Need read{Scope::read}, admin{Scope::admin}, holder{.scope = {}, .linked = true};
  return {{"POST", "/v1/logs/{id}/share", admin, make},
          {"GET", "/v1/shares", read, list},
          {"DELETE", "/v1/shares/{token}", admin, revoke},
          {"GET", "/s/{token}", holder, show}};
}

}  // namespace pk::admin
