#include "gateway/restricted.h"

#include "gateway/options.h"
#include "gateway/replies.h"

namespace pk::gateway {

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

Task<void> Restricted::handle(http::Request& request, http::Responder& responder) {
  Visitor visitor;
  const auto refusal = check_visitor(request, *m_rules, m_scope, Links::refused, visitor);
  if (!refusal) {
    co_await m_inner.handle(request, responder);
    co_return;
  }
  Stats::add(m_stats.refused);
  const std::string body = refusal_body(*refusal, ErrorForm::openai);
  http::ResponseHead head;
  head.status = refusal->status;
  head.headers = {{"content-type", "application/json"},
                  {"cache-control", "no-store"},
                  {"x-content-type-options", "nosniff"}};
  head.content_length = body.size();
  responder.head(head);
  responder.body(body);
  responder.end();
  co_await responder.flush();
}

Task<void> Restricted::handle_malformed(http::Request& request, const http::Malformed& problem,
                                        http::Responder& responder) {
  co_await m_inner.handle_malformed(request, problem, responder);
}

}  // namespace pk::gateway
