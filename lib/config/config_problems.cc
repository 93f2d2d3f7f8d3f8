#include "config/config_problems.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "config/gateway_config.h"

namespace pk::config {

namespace {

// A path may hold the client's own names: of metadata, of operators.
constexpr std::size_t k_path_bytes_max = 512;

}  // namespace

std::string Spot::text() const {
  if (!m_parent) return "";
  std::string text = m_parent->text();
  if (!text.empty()) text += ',';
  return m_is_index ? text + std::to_string(m_index) : text.append(m_key);
}

void Problems::add(const Spot& at, std::string_view message) {
  if (m_errors.size() < k_config_errors_max)
    m_errors.push_back(fmt::format("path: {}, message: {}",
                                   visible(utf8_front(at.text(), k_path_bytes_max), false), message));
}

void Problems::add_routing(const Spot& at, std::string message) {
  add(at, message);
  ++m_routing_count;
  if (m_routing.empty()) m_routing = std::move(message);
}

bool Problems::allow_pattern(const Spot& at) {
  if (++m_patterns == k_config_patterns_max + 1)
    add(at, fmt::format("a config may have {} regular expressions at most", k_config_patterns_max));
  return m_patterns <= k_config_patterns_max;
}

std::string Problems::message() const {
  return m_routing_count == m_errors.size() && !m_routing.empty() ? m_routing : "Invalid config passed";
}

}  // namespace pk::config
