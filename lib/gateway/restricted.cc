#include "gateway/restricted.h"

#include <limits>

#include "base/text.h"
#include "gateway/options.h"
#include "gateway/replies.h"

namespace pk::gateway {

namespace {

// What is small is judged once it is there, with the rest.
constexpr std::int64_t k_unasked_body_bytes = 64 * 1024;

bool has_small_body(const http::Request& head) {
  const auto length = http::find_header(head.headers, "content-length");
  const auto bytes = length ? parse_int(*length) : std::nullopt;
  return bytes && *bytes <= k_unasked_body_bytes;
}

}  // namespace

std::optional<Refusal> check_visitor(const http::Request& request, const Rules& rules,
                                     std::optional<config::Scope> scope, Links links, Visitor& visitor) {
  if (auto refusal = check_access(request, rules.hosts, links)) return refusal;
  const config::Saved& saved = *rules.plan.saved;
  const std::string_view secret = read_options(request.headers).own_key;
  const std::string session_key = rules.session_key_of(request);
  visitor.key = find_key(secret, session_key, saved);
  if (!scope || !rules.wants_key()) return {};
  return check_key(secret, saved, *scope, visitor.key, session_key);
}

std::uint64_t body_bytes_max(const http::Request& head, const Rules& rules,
                             std::optional<config::Scope> scope) {
  constexpr auto k_any = std::numeric_limits<std::uint64_t>::max();
  if (!rules.wants_key() || has_small_body(head)) return k_any;
  Visitor visitor;
  return check_visitor(head, rules, scope, Links::refused, visitor) ? 0 : k_any;
}

Task<void> Restricted::handle(http::Request& request, http::Responder& responder) {
  Visitor visitor;
  const auto refusal = check_visitor(request, *m_rules, m_scope, Links::refused, visitor);
  return refusal ? refuse(*refusal, responder) : m_inner.handle(request, responder);
}

// Who may not call is told that alone, also where a body was refused for it.
Task<void> Restricted::handle_malformed(http::Request& request, const http::Malformed& problem,
                                        http::Responder& responder) {
  Visitor visitor;
  const auto refusal =
      problem.head_known ? check_visitor(request, *m_rules, m_scope, Links::refused, visitor) : std::nullopt;
  return refusal ? refuse(*refusal, responder) : m_inner.handle_malformed(request, problem, responder);
}

Task<void> Restricted::refuse(Refusal refusal, http::Responder& responder) {
  Stats::add(m_stats.refused);
  const std::string body = refusal_body(refusal, ErrorForm::openai);
  http::ResponseHead head;
  head.status = refusal.status;
  head.headers = {{"content-type", "application/json"},
                  {"cache-control", "no-store"},
                  {"x-content-type-options", "nosniff"}};
  head.content_length = body.size();
  responder.head(head);
  responder.body(body);
  responder.end();
  co_await responder.flush();
}

}  // namespace pk::gateway
