#include "gateway/demo_call.h"

#include <utility>

namespace pk::gateway {

DemoCall::DemoCall(provider::DemoReply reply) : m_reply(std::move(reply)) {
  m_head.status = m_reply.status;
  m_head.headers = std::move(m_reply.headers);
  // A whole body is the one piece of its stream.
  if (m_reply.chunks.empty() && !m_reply.body.empty()) m_reply.chunks.push_back(std::move(m_reply.body));
}

Task<Result<const upstream::Head*>> DemoCall::head() {
  co_return &m_head;
}

Task<Result<std::string_view>> DemoCall::read() {
  if (m_cancelled) co_return Error{Errc::cancelled, "the client left"};
  if (m_next == m_reply.chunks.size()) co_return std::string_view();
  co_return std::string_view(m_reply.chunks[m_next++]);
}

}  // namespace pk::gateway
