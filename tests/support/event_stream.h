// Writes messages of application/vnd.amazon.eventstream.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pk {

inline std::string big_end(std::uint64_t value, int bytes) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  return out;
}

inline std::string crc_bytes(std::string_view text) {
  return big_end(::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())), 4);
}

// A message with encoded headers.
inline std::string raw_event_message(std::string_view headers, std::string_view payload) {
  std::string out = big_end(16 + headers.size() + payload.size(), 4) + big_end(headers.size(), 4);
  out += crc_bytes(out);
  out.append(headers).append(payload);
  return out + crc_bytes(out);
}

inline std::string string_header(std::string_view name, std::string_view value) {
  return big_end(name.size(), 1) + std::string(name) + '\x07' + big_end(value.size(), 2) + std::string(value);
}

inline std::string event_message(const std::vector<std::pair<std::string_view, std::string_view>>& headers,
                                 std::string_view payload) {
  std::string encoded;
  for (const auto& [name, value] : headers) encoded += string_header(name, value);
  return raw_event_message(encoded, payload);
}

// An event as AWS's services send it.
inline std::string aws_event(std::string_view type, std::string_view json) {
  return event_message(
      {{":event-type", type}, {":content-type", "application/json"}, {":message-type", "event"}}, json);
}

inline std::string aws_exception(std::string_view type, std::string_view json) {
  return event_message(
      {{":exception-type", type}, {":content-type", "application/json"}, {":message-type", "exception"}},
      json);
}

}  // namespace pk
