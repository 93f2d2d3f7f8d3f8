// The control plane of one worker: answers the API and the pages, and leaves every other request to the data
// plane. Lives on its worker's thread; what it refers to outlives it.
#pragma once

#include <cstdint>
#include <optional>

#include "admin/routes.h"
#include "http/handler.h"

namespace pk::admin {

class ControlPlane final : public http::Handler {
 public:
  ControlPlane(const RouteTable& routes, Desk desk, http::Handler& otherwise)
      : m_routes(routes), m_desk(std::move(desk)), m_otherwise(otherwise) {}

  Task<void> handle(http::Request& request, http::Responder& responder) override;
  Task<void> handle_malformed(http::Request& request, const http::Malformed& problem,
                              http::Responder& responder) override;
  // Of its own paths, 0 of who may not call; nothing for what goes on to the data plane. For http::Server.
  std::optional<std::uint64_t> body_bytes_max(const http::Request& head) const;

 private:
  Task<void> serve(Match match, http::Request& request, http::Responder& responder);
  Task<void> refuse(Reply reply, http::Request& request, http::Responder& responder);

  const RouteTable& m_routes;
  const Desk m_desk;
  http::Handler& m_otherwise;
};

}  // namespace pk::admin
