#include "provider/json_walk.h"

#include "base/text.h"

namespace pk::provider {

namespace {

// A number of few digits and nothing else, as almost all counts are.
std::optional<std::int64_t> plain_digits(std::string_view number) {
  constexpr std::size_t k_digits_max = 18;  // cannot overflow
  if (number.size() > k_digits_max) return {};
  std::int64_t value = 0;
  for (const char c : number) {
    if (c < '0' || c > '9') return {};
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool means_escaped(std::string_view token, std::string_view name) {
  // Up to its first escape a key is what it says.
  std::size_t same = 0;
  while (same < name.size() && token[same + 1] == name[same]) ++same;
  return token[same + 1] == '\\' && json_unquoted(token) == name;
}

std::string_view name_of(std::string_view token, std::string& room) {
  const std::string_view inside = token.substr(1, token.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return inside;
  room.clear();
  append_json_unquoted(room, token);
  return room;
}

std::string text_of(const JsonReader& reader, JsonToken token) {
  return token == JsonToken::string ? json_unquoted(reader.token()) : std::string();
}

std::optional<std::int64_t> count_of(const JsonReader& reader, JsonToken token, std::int64_t max) {
  if (token != JsonToken::number) return {};
  if (const auto whole = plain_digits(reader.token())) return *whole <= max ? whole : std::nullopt;
  if (const auto whole = parse_int(reader.token()))
    return *whole >= 0 && *whole <= max ? whole : std::nullopt;
  const auto real = parse_real(reader.token());
  if (!real || !(*real >= 0) || *real > static_cast<double>(max)) return {};
  const auto whole = static_cast<std::int64_t>(*real);
  return static_cast<double>(whole) == *real ? std::optional(whole) : std::nullopt;
}

}  // namespace pk::provider
