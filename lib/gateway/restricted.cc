#include "gateway/restricted.h"

#include "gateway/options.h"
#include "gateway/replies.h"

namespace pk::gateway {

Task<void> Restricted::handle(http::Request& request, http::Responder& responder) {
  const auto refusal = refusal_of(request);
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

std::optional<Refusal> Restricted::refusal_of(const http::Request& request) const {
  if (auto refusal = check_access(request, m_rules->hosts)) return refusal;
  if (!m_scope || !m_rules->wants_key()) return {};
  const config::ApiKey* key = nullptr;
  return check_key(read_options(request.headers).own_key, *m_rules->plan.saved, *m_scope, key);
}

}  // namespace pk::gateway
