// Small pure functions on text. ASCII rules throughout: header names, slugs and flags are ASCII.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pk {

// Spaces, tabs, CR, LF at both ends.
inline std::string_view trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}
std::string ascii_lower(std::string_view text);
// The same letters, as far as they are of the same length.
bool iequals_same_size(const char* a, const char* b, std::size_t size);
// Called for each header with one name after the other: almost all calls end here, at the size.
inline bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && iequals_same_size(a.data(), b.data(), a.size());
}
inline bool istarts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && iequals_same_size(text.data(), prefix.data(), prefix.size());
}
// Case-insensitive (ASCII) find; npos if absent. An empty needle is found at 0.
std::size_t ifind(std::string_view text, std::string_view needle);
// The parts between separators, trimmed, empty ones left out: "a, b,,c" → a b c.
std::vector<std::string_view> split_list(std::string_view text, char separator = ',');

// The whole text as a number, or nothing: no sign unless T is signed, no spaces, no overflow.
std::optional<std::int64_t> parse_int(std::string_view text);
std::optional<std::uint64_t> parse_uint(std::string_view text);
std::optional<double> parse_real(std::string_view text);  // finite only

bool is_utf8(std::string_view text);
// Each byte that is no part of a well-formed sequence as U+FFFD.
std::string utf8_repaired(std::string_view text);
void append_utf8(std::string& out, std::uint32_t code_point);
// At most `bytes_max` bytes from the front, not cut inside a character.
std::string_view utf8_front(std::string_view text, std::size_t bytes_max);
// For a terminal: C0, C1, DEL and escape sequences made visible (\x1b → ␛ style "\u001b"), bytes that are no
// UTF-8 as \xNN. New line and tab stay when `keep_layout`.
std::string visible(std::string_view text, bool keep_layout);

std::string base64(std::string_view bytes);
// RFC 4648, with its padding or none at all. Nothing if it is not that.
std::optional<std::string> base64_decode(std::string_view text);
std::string hex(std::string_view bytes);

// 512, "4.0 kB", "1.2 MB": powers of 1000, as disks are sold.
std::string human_bytes(std::uint64_t bytes);
// "10 MB", "512k", "1GiB", "100" → bytes; nothing if it is no size.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace pk
