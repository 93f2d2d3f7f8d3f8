// A stored answer, in the form that the client got it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "cache/fingerprint.h"

namespace pk::cache {

struct Entry {
  std::int64_t created_ms = 0;  // since 1970, UTC
  std::int64_t expires_ms = 0;
  Uuid log_id;  // the record of the exchange that it comes from
  int status = 200;
  std::string content_type;
  bool event_stream = false;  // `body` is the events as they came
  std::string body;
  Fingerprint fingerprint;
  // Of a request whose cache is semantic; else empty.
  Digest partition{};  // what must agree apart from the words (semantic.h)
  std::string words;   // what was embedded
  std::vector<float> embedding;

  bool operator==(const Entry&) const = default;
};
using EntryPtr = std::shared_ptr<const Entry>;

// What decode() leaves out where nobody asks for it.
enum class Parts : std::uint8_t { all, without_body };

// The bytes of FORMAT.md; Redis and LMDB hold the same.
std::string encode(const Entry& entry);
// corrupt: bytes that no encode() made, or of a later version. The sum is checked over all of them.
Result<Entry> decode(std::string_view bytes, Parts parts = Parts::all);

// What stands first of an entry, for whoever goes through many of them.
struct EntryHead {
  std::int64_t created_ms = 0;
  std::int64_t expires_ms = 0;
  Uuid log_id;
};
inline constexpr std::size_t k_entry_head_bytes = 41;
// From the first k_entry_head_bytes of encode(), or more. corrupt: another version, or too few; the sum is
// not checked.
Result<EntryHead> decode_head(std::string_view bytes);

// How long it is good for who asks for nothing older than `max_age_s`: over at this time, whichever of the
// two ends first.
std::int64_t expires_for(const Entry& entry, std::int64_t max_age_s);

}  // namespace pk::cache
