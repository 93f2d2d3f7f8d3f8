#include "gateway/trace_context.h"

#include <algorithm>
#include <string>

#include "base/percent.h"
#include "base/text.h"
#include "gateway/options.h"

namespace pk::gateway {

namespace {

bool is_id(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<TraceParent> read_traceparent(std::string_view value) {
  constexpr std::size_t size = 55;  // of version 00; later versions may add to it
  value = trim(value);
  if (value.size() < size || value.starts_with("ff") || (value.starts_with("00") && value.size() != size))
    return {};
  if (value[2] != '-' || value[35] != '-' || value[52] != '-') return {};
  const TraceParent parent{value.substr(3, 32), value.substr(36, 16)};
  if (!is_id(parent.trace_id, 32) || !is_id(parent.parent_id, 16)) return {};
  return parent;
}

void append_baggage(std::string_view value, log::Metadata& metadata) {
  for (const std::string_view member : split_list(value)) {
    const auto equals = member.find('=');
    const std::string_view key = trim(member.substr(0, equals));
    if (equals == std::string_view::npos || key.empty() || !is_utf8(key) ||
        metadata.size() >= k_metadata_keys_max)
      continue;
    const auto same = [&](const auto& pair) { return pair.first == key; };
    if (std::any_of(metadata.begin(), metadata.end(), same)) continue;
    const std::string_view coded = member.substr(equals + 1);
    std::string decoded = percent_decoded(trim(coded.substr(0, coded.find(';'))));
    if (!is_utf8(decoded)) continue;
    metadata.emplace_back(utf8_front(key, k_metadata_bytes_max), utf8_front(decoded, k_metadata_bytes_max));
  }
}

}  // namespace pk::gateway
