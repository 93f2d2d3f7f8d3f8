// What a redacted share hides: e-mail addresses, keys and tokens by their forms, values under secret names,
// and what the user's own patterns find. Each becomes its name in brackets: [email], [key], [customer].
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/pattern.h"
#include "log/record.h"

namespace re2 {
class RE2;
}

namespace pk::share {

// Immutable; any thread. All work is linear in the text.
class Mask {
 public:
  // invalid, naming it, for a pattern that is none.
  static Result<Mask> make(std::span<const config::NamedPattern> patterns);
  Mask(Mask&&) noexcept;
  ~Mask();

  // Plain text. Where several patterns find overlapping parts the whole of them becomes one name.
  std::string text(std::string_view text) const;

  // A JSON document: texts, names and numbers in it as text() has them, escapes undone, all other bytes as
  // they are. A number becomes a text where something is found in it.
  std::string json(std::string_view json) const;

  // Every text of a record: fields, metadata, attempts, headers, bodies. A stream becomes the message that it
  // joins to, for a text may be cut between its events; one of an unknown form, and what is no text, is
  // withheld.
  log::LogRecord record(log::LogRecord record) const;

 private:
  struct Rule {
    std::string name;
    std::unique_ptr<re2::RE2> pattern;  // group 1, where it has one, is the part to hide
  };
  Mask() = default;
  Result<void> add(std::string_view name, const std::string& pattern);
  void body(log::Content& content) const;

  std::vector<Rule> m_rules;
};

}  // namespace pk::share
