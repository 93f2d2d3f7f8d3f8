#include "log/record.h"

#include <array>

namespace pk::log {

namespace {

constexpr std::array<std::string_view, 6> k_endpoints = {"other",      "chat-completions", "completions",
                                                         "embeddings", "messages",         "responses"};
constexpr std::array<std::string_view, 3> k_states = {"complete", "interrupted", "aborted"};
constexpr std::array<std::string_view, 5> k_caches = {"disabled", "miss", "refreshed", "hit", "semantic-hit"};
constexpr std::array<std::string_view, 3> k_retries = {"not-triggered", "success", "failed"};
constexpr std::array<std::string_view, 2> k_actives = {"disabled", "active"};
constexpr std::array<std::string_view, 6> k_blocks = {
    "", "endpoint", "provider-archived", "prompt-in-target", "not-tracked", "no-content"};

template <class Enum, std::size_t n>
std::optional<Enum> find(const std::array<std::string_view, n>& slugs, std::string_view slug) {
  for (std::size_t i = 0; i < n; ++i)
    if (slugs[i] == slug) return static_cast<Enum>(i);
  return {};
}

}  // namespace

std::string_view slug(Endpoint value) {
  return k_endpoints[static_cast<std::size_t>(value)];
}
std::string_view slug(State value) {
  return k_states[static_cast<std::size_t>(value)];
}
std::string_view slug(Cache value) {
  return k_caches[static_cast<std::size_t>(value)];
}
std::string_view slug(Retry value) {
  return k_retries[static_cast<std::size_t>(value)];
}
std::string_view slug(Active value) {
  return k_actives[static_cast<std::size_t>(value)];
}
std::string_view slug(ReplayBlock value) {
  return k_blocks[static_cast<std::size_t>(value)];
}

std::optional<Endpoint> endpoint_of(std::string_view slug) {
  return find<Endpoint>(k_endpoints, slug);
}
std::optional<State> state_of(std::string_view slug) {
  return find<State>(k_states, slug);
}

std::vector<std::string> status_slugs(const LogRecord& record) {
  const auto joined = [](std::string_view group, std::string_view state) {
    return std::string(group).append("-").append(state);
  };
  return {joined("cache", slug(record.cache)), joined("retry", slug(record.retry)),
          joined("fallback", slug(record.fallback)), joined("loadbalance", slug(record.loadbalance))};
}

}  // namespace pk::log
