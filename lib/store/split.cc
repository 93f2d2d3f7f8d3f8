#include "store/split.h"

#include <sodium.h>

#include <algorithm>

namespace pk::store {

namespace {

constexpr std::size_t k_none = static_cast<std::size_t>(-1);

// Bytes that a walk over a value stops at: quotes and brackets. Everything else is passed over.
constexpr std::array<bool, 256> k_stops = [] {
  std::array<bool, 256> stops{};
  for (const char c : {'"', '{', '}', '[', ']', ','}) stops[static_cast<std::uint8_t>(c)] = true;
  return stops;
}();

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Scanner {
 public:
  explicit Scanner(std::string_view body) : m_body(body) {}

  std::vector<Stretch> run() {
    skip_space();
    if (!take('{')) return {};
    while (m_stretches.size() < k_chains_max) {
      if (!member()) return {};
      skip_space();
      if (take('}')) break;
      if (!take(',')) return {};
    }
    return std::move(m_stretches);
  }

 private:
  bool take(char c) {
    if (m_at >= m_body.size() || m_body[m_at] != c) return false;
    ++m_at;
    return true;
  }

  void skip_space() {
    while (m_at < m_body.size() && is_space(m_body[m_at])) ++m_at;
  }

  // From an opening quote to behind its closing one.
  bool string() {
    if (!take('"')) return false;
    while (true) {
      const std::size_t quote = m_body.find('"', m_at);
      if (quote == k_none) return false;
      std::size_t slashes = quote;
      while (slashes > m_at && m_body[slashes - 1] == '\\') --slashes;
      m_at = quote + 1;
      if ((quote - slashes) % 2 == 0) return true;
    }
  }

  // To behind the value that starts here. `on_element_end` gets the place of each comma one level inside it,
  // and of its closing bracket.
  template <class OnElementEnd>
  bool value(OnElementEnd&& on_element_end) {
    std::size_t depth = 0;
    while (m_at < m_body.size()) {
      const char c = m_body[m_at];
      if (!k_stops[static_cast<std::uint8_t>(c)]) {
        ++m_at;
        continue;
      }
      if (c == '"') {
        if (!string()) return false;
        if (depth == 0) return true;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (depth == 0) return c == ',' || c == '}';  // a number or a word ended before this
      if (c == ',' && depth == 1) on_element_end(m_at);
      if (c == '}' || c == ']') {
        if (--depth == 0) {
          on_element_end(m_at++);
          return true;
        }
      }
      ++m_at;
    }
    return false;
  }

  bool member() {
    skip_space();
    const std::size_t key = m_at + 1;
    if (!string()) return false;
    const std::string_view name = m_body.substr(key, m_at - key - 1);
    skip_space();
    if (!take(':')) return false;
    skip_space();
    return (name == "messages" || name == "input" || name == "contents") && starts_objects() ? history()
                                                                                             : piece();
  }

  // An array whose first element is an object: lists of numbers or texts are no conversation.
  bool starts_objects() const {
    if (m_at >= m_body.size() || m_body[m_at] != '[') return false;
    std::size_t at = m_at + 1;
    while (at < m_body.size() && is_space(m_body[at])) ++at;
    return at < m_body.size() && m_body[at] == '{';
  }

  bool history() {
    Stretch stretch{m_at + 1, {}};
    std::size_t begin = stretch.begin;
    const bool whole = value([&](std::size_t end) {
      // The space before a comma or the last bracket stays outside: it may differ when the next turn comes.
      while (end > begin && is_space(m_body[end - 1])) --end;
      if (end - begin < k_node_min) return;
      stretch.ends.push_back(end);
      begin = end;
    });
    if (whole && !stretch.ends.empty()) m_stretches.push_back(std::move(stretch));
    return whole;
  }

  bool piece() {
    const std::size_t begin = m_at;
    if (!value([](std::size_t) {})) return false;
    if (m_at - begin >= k_split_value_min) m_stretches.push_back({begin, {m_at}});
    return true;
  }

  std::string_view m_body;
  std::size_t m_at = 0;
  std::vector<Stretch> m_stretches;
};

}  // namespace

std::vector<Stretch> find_stretches(std::string_view body) {
  if (body.size() < k_split_min || body.size() > k_split_max) return {};
  return Scanner(body).run();
}

NodeKey node_key(const NodeKey& parent, std::string_view bytes) {
  NodeKey key;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, key.size());
  crypto_generichash_update(&state, parent.data(), parent.size());
  crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  crypto_generichash_final(&state, key.data(), key.size());
  return key;
}

}  // namespace pk::store
