// What is wrong with a config, and where: collected, so that all of it is told at once. Form: the reference,
// section 2.3 (zod's paths and words).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pk::config {

// A place in a config, as a list on the stack: each reader adds its step and costs nothing while all is well.
// What `key` points to and `parent` outlive it.
class Spot {
 public:
  Spot() = default;  // the config itself
  Spot(const Spot& parent, std::string_view key) : m_parent(&parent), m_key(key) {}
  Spot(const Spot& parent, std::size_t index) : m_parent(&parent), m_index(index), m_is_index(true) {}

  std::string text() const;  // "targets,0,retry,attempts"; "" of the config itself

 private:
  const Spot* m_parent = nullptr;
  std::string_view m_key;
  std::size_t m_index = 0;
  bool m_is_index = false;
};

// Lives while one config is read. Past k_config_errors_max nothing is added.
class Problems {
 public:
  // "path: retry,attempts, message: Required"
  void add(const Spot& at, std::string_view message);
  // The same, and a text that is the answer's whole message if nothing else is wrong.
  void add_routing(const Spot& at, std::string message);

  // Whether one more regular expression may be compiled for this config; says so once if not.
  bool allow_pattern(const Spot& at);

  std::size_t count() const { return m_errors.size(); }
  // "Invalid config passed", or the first routing text where there are no other errors.
  std::string message() const;
  const std::vector<std::string>& errors() const { return m_errors; }

 private:
  std::vector<std::string> m_errors;
  std::size_t m_routing_count = 0;
  std::size_t m_patterns = 0;
  std::string m_routing;
};

}  // namespace pk::config
