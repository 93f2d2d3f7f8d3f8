// Reads a request body once: is it good JSON, and what of it decides the way of the request? Also finds the
// places of top-level values, for edits that leave every other byte as it was. Goes over base/json_reader.h,
// not simdjson: no copy of the body, no memory that grows with it (simdjson's walk takes 5.7 bytes per byte),
// no padding behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pk::provider {

// The deepest nesting of a request body. A tool schema takes two levels for each level of objects it
// describes.
inline constexpr std::size_t k_body_depth_max = 128;
// The longest model or user that is taken from a body. Longer ones are an error: they go to logs, keys and
// URLs.
inline constexpr std::size_t k_body_name_bytes_max = 1024;

// What the gateway needs of a body. A value of the wrong type counts as absent: the provider is the one to
// judge.
struct BodyFacts {
  std::string model;
  std::string user;
  bool stream = false;
  bool include_usage = false;  // stream_options.include_usage is true
  bool has_stream_options = false;
  bool has_tools = false;  // a non-empty array `tools`
  bool operator==(const BodyFacts&) const = default;
};

// Lives on one worker thread. Reads any number of bodies, one after the other.
class BodyReader {
 public:
  // The facts of a body. The whole text is checked: grammar of RFC 8259, UTF-8, depth, nothing after the
  // object. Of a key that stands twice the last one counts. Errors are `invalid` (`limit` for the depth and
  // for overlong names), fit for a client: "request body is not valid JSON at byte 17", "request body is not
  // valid JSON: it ends too early", "request body is not valid UTF-8", "request body is nested deeper than
  // 128 levels", "request body must be a JSON object", "request body is empty".
  Result<BodyFacts> read(std::string_view json);
};

// Where a member of the top-level object stands, in bytes from the start of the text.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string_view of(std::string_view json) const { return json.substr(offset, length); }
  bool operator==(const Span&) const = default;
};
struct Member {
  Span key;    // with its quotes
  Span value;  // without the space around it
  bool operator==(const Member&) const = default;
};

// The value of a top-level key, escapes in keys understood; of a key that stands twice the last one. Nothing
// if it is absent. `json` has passed BodyReader::read; of other text nothing is promised but that no byte
// outside it is read.
std::optional<Span> find_top_level(std::string_view json, std::string_view key);

// The same for many keys, in one walk; `keys` are sorted. One place for each of them.
std::vector<std::optional<Span>> find_top_level(std::string_view json,
                                                std::span<const std::string_view> keys);

// All top-level members in their order, twins included. The same promise.
std::vector<Member> top_level(std::string_view json);

}  // namespace pk::provider
