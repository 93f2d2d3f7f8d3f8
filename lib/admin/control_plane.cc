#include "admin/control_plane.h"

#include <fmt/format.h>

#include <utility>

namespace pk::admin {

namespace {

Need need_of(const Match& match) {
  return match.route ? match.route->need : Need{};
}

Reply no_method(const Match& match, std::string_view method) {
  if (method == "OPTIONS") return {204, {}, {}, {{"allow", match.allow}}};
  Reply reply = failure(405, fmt::format("this path takes {}", match.allow), "invalid_request_error");
  reply.headers.emplace_back("allow", match.allow);
  return reply;
}

}  // namespace

Task<void> ControlPlane::handle(http::Request& request, http::Responder& responder) {
  auto match = m_routes.find(request.method, request.path());
  if (!match) return m_otherwise.handle(request, responder);
  return serve(*std::move(match), request, responder);
}

// Who may not hear of the path is told that alone, also where a body was refused for it.
Task<void> ControlPlane::handle_malformed(http::Request& request, const http::Malformed& problem,
                                          http::Responder& responder) {
  const auto match = problem.head_known ? m_routes.find(request.method, request.path()) : std::nullopt;
  if (!match) return m_otherwise.handle_malformed(request, problem, responder);
  Admission admission = m_desk.guard.admit(request, need_of(*match));
  if (admission.refused) return refuse(*std::move(admission.refused), request, responder);
  return refuse(failure(problem.status, problem.reason, "invalid_request_error"), request, responder);
}

std::optional<std::uint64_t> ControlPlane::body_bytes_max(const http::Request& head) const {
  const auto match = m_routes.find(head.method, head.path());
  if (!match) return {};
  const Need need = need_of(*match);
  if (!m_desk.guard.lets_in(head, need)) return 0;
  return need.scope ? k_body_bytes_max : k_open_body_bytes_max;
}

Task<void> ControlPlane::refuse(Reply reply, http::Request& request, http::Responder& responder) {
  Call call(m_desk, request, responder);
  co_await call.answer(std::move(reply));
}

// In this order: who may hear of the path at all, what it takes, whether this is it.
Task<void> ControlPlane::serve(Match match, http::Request& request, http::Responder& responder) {
  Call call(m_desk, request, responder);
  const Need need = need_of(match);
  Admission admission = m_desk.guard.admit(request, need);
  if (admission.refused && need.page &&
      (admission.refused->status == 401 || admission.refused->status == 403))
    call.page_status = admission.refused->status;
  else if (admission.refused) {
    co_await call.answer(*std::move(admission.refused));
    co_return;
  }
  Reply refusal;
  if (!match.route) {
    refusal = no_method(match, request.method);
  } else if (auto query = Parameters::parse(request.query()); !query) {
    refusal = failure(query.error());
  } else {
    call.query = *std::move(query);
    call.parts = std::move(match.parts);
    call.caller = std::move(admission.caller);
    co_await match.route->serve(call);
    co_return;
  }
  co_await call.answer(std::move(refusal));
}

}  // namespace pk::admin
