#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/simdjson_library.h"

namespace pk {

namespace {

constexpr char k_base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

constexpr std::size_t k_step = sizeof(std::uint64_t);

// Eight bytes, A to Z as a to z. Each byte's top bit serves as the mark of whether it is one of these.
std::uint64_t lower_step(const char* from) {
  constexpr std::uint64_t k_ones = 0x0101010101010101u, k_tops = 0x80 * k_ones;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, from, k_step);
  const std::uint64_t low = bytes & ~k_tops;
  const std::uint64_t from_a = low + (0x80 - 'A') * k_ones, behind_z = low + (0x7f - 'Z') * k_ones;
  return bytes | ((from_a ^ behind_z) & ~bytes & k_tops) >> 2;
}

template <class T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

// Length of the UTF-8 sequence at the start of `text`, 0 if there is none that is well formed (RFC 3629,
// section 4).
std::size_t utf8_length(std::string_view text) {
  const auto is_within = [&](std::size_t i, unsigned char least, unsigned char most) {
    return i < text.size() && static_cast<unsigned char>(text[i]) >= least &&
           static_cast<unsigned char>(text[i]) <= most;
  };
  const auto is_tail = [&](std::size_t i) { return is_within(i, 0x80, 0xbf); };
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return is_tail(1) ? 2 : 0;
  if (first < 0xf0) {
    const bool second = is_within(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
    return second && is_tail(2) ? 3 : 0;
  }
  if (first > 0xf4) return 0;
  const bool second = is_within(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
  return second && is_tail(2) && is_tail(3) ? 4 : 0;
}

// How many bytes of ASCII `text` begins with.
std::size_t ascii_size(std::string_view text) {
  constexpr std::size_t k_steps = 4;
  std::size_t size = 0;
  for (; text.size() - size >= k_steps * k_step; size += k_steps * k_step) {
    std::uint64_t bytes[k_steps];
    std::memcpy(bytes, text.data() + size, sizeof bytes);
    if ((bytes[0] | bytes[1] | bytes[2] | bytes[3]) & 0x8080808080808080u) break;
  }
  while (size < text.size() && static_cast<unsigned char>(text[size]) < 0x80) ++size;
  return size;
}

constexpr std::size_t k_long_text_bytes = 1024;  // worth the loading of a library, once

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

// From the end: header names begin alike (x-portkey-, content-) and end differently.
bool iequals_same_size(const char* a, const char* b, std::size_t size) {
  if (size < k_step) {
    while (size > 0 && lower(a[size - 1]) == lower(b[size - 1])) --size;
    return size == 0;
  }
  for (std::size_t at = size - k_step; at > 0; at -= std::min(at, k_step))
    if (lower_step(a + at) != lower_step(b + at)) return false;
  return lower_step(a) == lower_step(b);
}

std::size_t ifind(std::string_view text, std::string_view needle) {
  const auto at = std::search(text.begin(), text.end(), needle.begin(), needle.end(),
                              [](char x, char y) { return lower(x) == lower(y); });
  return at == text.end() && !needle.empty() ? std::string_view::npos
                                             : static_cast<std::size_t>(at - text.begin());
}

std::vector<std::string_view> split_list(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (const auto part = trim(text.substr(0, end)); !part.empty()) parts.push_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  return parse_whole<std::int64_t>(text);
}
std::optional<std::uint64_t> parse_uint(std::string_view text) {
  return parse_whole<std::uint64_t>(text);
}

std::optional<double> parse_real(std::string_view text) {
  const auto value = parse_whole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

bool is_utf8(std::string_view text) {
  text.remove_prefix(ascii_size(text));
  if (text.size() >= k_long_text_bytes)
    if (const Utf8Check check = simdjson_utf8_check()) return check(text.data(), text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string utf8_repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    out.append(length ? text.substr(0, length) : "\uFFFD");
    text.remove_prefix(length ? length : 1);
  }
  return out;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code_point >> shift & 0x3f)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | code_point >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | code_point >> 18);
    tail(12), tail(6), tail(0);
  }
}

std::string_view utf8_front(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  // A character's bytes but the first are 10xxxxxx.
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

std::string visible(std::string_view text, bool keep_layout) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text[0]);
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", c);
      text.remove_prefix(1);
      continue;
    }
    const bool layout = keep_layout && (c == '\n' || c == '\t');
    const bool control = (length == 1 && (c < 0x20 || c == 0x7f)) ||
                         (length == 2 && c == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0);
    // U+202A…202E and U+2066…2069 reorder what stands around them: a way to make text look like other text.
    const std::string_view point = text.substr(0, length);
    const bool reorders =
        length == 3 && ((point >= "\u202a" && point <= "\u202e") || (point >= "\u2066" && point <= "\u2069"));
    if (control && !layout) {
      const unsigned code = length == 1 ? c : static_cast<unsigned char>(text[1]);
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
    } else if (reorders) {
      const unsigned code = 0x2000u | (static_cast<unsigned char>(text[1]) & 0x3fu) << 6 |
                            (static_cast<unsigned char>(text[2]) & 0x3fu);
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
    } else {
      out.append(point);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? k_base64[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 == 0)
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return {};
  std::string out;
  std::uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    const char* at = std::find(k_base64, k_base64 + 64, c);
    if (at == k_base64 + 64) return {};
    group = group << 6 | static_cast<std::uint32_t>(at - k_base64);
    bits += 6;
    if (bits >= 8) out += static_cast<char>(group >> (bits -= 8));
  }
  // Bits that no byte uses are zero in what an encoder writes; else two texts would mean the same bytes.
  if ((group & ((1u << bits) - 1)) != 0) return {};
  return out;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (unsigned char c : bytes) fmt::format_to(std::back_inserter(out), "{:02x}", c);
  return out;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::string_view units[] = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < std::size(units)) value /= 1000, ++unit;
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_real(text.substr(0, digits));
  if (!number || *number < 0) return {};
  const std::string unit = ascii_lower(trim(text.substr(digits)));
  constexpr std::pair<std::string_view, double> units[] = {{"", 1},
                                                           {"b", 1},
                                                           {"k", 1e3},
                                                           {"kb", 1e3},
                                                           {"m", 1e6},
                                                           {"mb", 1e6},
                                                           {"g", 1e9},
                                                           {"gb", 1e9},
                                                           {"t", 1e12},
                                                           {"tb", 1e12},
                                                           {"kib", 1024.0},
                                                           {"mib", 1048576.0},
                                                           {"gib", 1073741824.0},
                                                           {"tib", 1099511627776.0}};
  for (const auto& [name, factor] : units)
    if (unit == name && *number * factor < 9e18) return static_cast<std::uint64_t>(*number * factor);
  return {};
}

}  // namespace pk
