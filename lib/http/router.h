// Hands a request to the handler of its path. Built once at start; one per worker, on its thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/handler.h"

namespace pk::http {

class Router final : public Handler {
 public:
  // `otherwise` serves what no route takes, and malformed requests.
  explicit Router(Handler& otherwise) : m_otherwise(otherwise) {}

  // Exactly this path, any method. Handlers outlive the router.
  void add(std::string path, Handler& handler) { m_routes.emplace_back(std::move(path), &handler); }

  Task<void> handle(Request& request, Responder& responder) override {
    return find(request.path()).handle(request, responder);
  }
  Task<void> handle_malformed(Request& request, const Malformed& problem, Responder& responder) override {
    return m_otherwise.handle_malformed(request, problem, responder);
  }

 private:
  Handler& find(std::string_view path) {
    for (auto& [route, handler] : m_routes)
      if (route == path) return *handler;
    return m_otherwise;
  }

  Handler& m_otherwise;
  std::vector<std::pair<std::string, Handler*>> m_routes;
};

}  // namespace pk::http
