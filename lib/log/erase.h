// Takes texts out of a record: what `pk logs redact` does to each. Pure.
//
// A text is looked for where a person would read it: in JSON's strings with their escapes undone, also where
// such a string holds JSON itself, in the message that a stream's events make, and in all bytes as they
// stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "log/record.h"

namespace pk::log {

// What stands in the place of what is taken out.
inline constexpr std::string_view k_erased = "[redacted]";

// The first place in `text` at or behind `from` that is to go, begin and end, not empty.
using FindText = std::function<std::optional<std::pair<std::size_t, std::size_t>>(std::string_view text,
                                                                                  std::size_t from)>;

// How many places there were.
struct ErasedCount {
  std::uint64_t fields = 0;  // user, ids, names, paths, models, errors
  std::uint64_t metadata = 0;
  std::uint64_t headers = 0;
  std::uint64_t bodies = 0;
  std::uint64_t all() const { return fields + metadata + headers + bodies; }
};

std::uint64_t erase_text(std::string& text, const FindText& find);
std::uint64_t erase_metadata(Metadata& metadata, const FindText& find);

// A body as JSON, as a stream or as bytes. A stream whose events have the text in pieces becomes the message
// that they make. What stands across JSON's punctuation is taken out too, though the rest is then no JSON.
std::uint64_t erase_body(Content& content, const FindText& find);

// All that a record says but ids of what is saved (virtual key, API key, config, prompt), its provider and
// its numbers.
ErasedCount erase(LogRecord& record, const FindText& find);

}  // namespace pk::log
