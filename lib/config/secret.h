// A text that is not to be shown: it has no operator<<, no formatter, no comparison with text, and whoever
// wants to see it has to say reveal().
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace pk::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : m_text(std::move(text)) {}

  std::string_view reveal() const { return m_text; }
  bool empty() const { return m_text.empty(); }

  bool operator==(const Secret&) const = default;

 private:
  std::string m_text;
};

}  // namespace pk::config
