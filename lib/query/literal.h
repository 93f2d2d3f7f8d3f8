// Finds a text in others, in any case of ASCII letters, fast: what a search of bodies spends its time on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/json_scan.h"

namespace pk::query {

// A value; any thread may ask it.
class Literal {
 public:
  explicit Literal(std::string_view text);

  std::size_t size() const { return m_text.size(); }
  const std::string& text() const { return m_text; }  // in lower case

  bool is_in(std::string_view bytes) const;

  // Whether it is in a text of the JSON `bytes` with its escapes undone, where is_in() did not find it. The
  // bytes may be a part of a document that begins outside of a string, or no JSON: what lies between two
  // quotes counts.
  bool is_in_escaped(std::string_view bytes) const;

 private:
  bool matches_at(const char* at) const;
  std::size_t find_plain(std::string_view bytes, std::size_t from) const;

  std::string m_text;
  bool m_has_escapable = false;  // a character that JSON may write as an escape of two
};

// Calls `visit(token, end)` for each string of JSON in `bytes`, its quotes included, and where it ends, until
// that returns true; whether it did.
template <class Visit>
bool any_string(std::string_view bytes, const Visit& visit) {
  std::size_t at = bytes.find('"');
  while (at != std::string_view::npos) {
    const std::size_t end = json_scan::string_end(bytes, at);
    if (end != json_scan::k_none && visit(bytes.substr(at, end - at), end)) return true;
    at = bytes.find('"', end == json_scan::k_none ? at + 1 : end);
  }
  return false;
}

}  // namespace pk::query
