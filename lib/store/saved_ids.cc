#include "store/saved_ids.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pk::store {

namespace {

constexpr std::size_t k_quoted_bytes_max = 80;  // of a name within a message

struct Kind {
  std::string_view prefix, name, command;
};
constexpr Kind k_kinds[] = {{"pc-", "config", "pk config"},
                            {"pp-", "prompt", "pk prompt"},
                            {"vk-", "virtual key", "pk provider"},
                            {"pk-", "API key", "pk key"}};
constexpr std::string_view k_id_prefixes[] = {"pc-", "pp-", "vk-", "pk-"};

const Kind& of(SavedKind kind) {
  return k_kinds[static_cast<std::size_t>(kind)];
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string quoted(std::string_view text) {
  const std::string_view front = utf8_front(text, k_quoted_bytes_max);
  return "'" + visible(front, false) + (front.size() < text.size() ? "…'" : "'");
}

// "" if the name will do.
std::string_view fault_of(SavedKind kind, std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > k_saved_name_bytes_max) return "it is longer than 128 bytes";
  if (!is_utf8(name)) return "it is not UTF-8";
  if (std::any_of(name.begin(), name.end(), is_control)) return "it has control characters";
  if (trim(name).size() != name.size()) return "it begins or ends with a space";
  if (looks_like_id(name)) return "it begins as an id does; leave out the pc-, pp-, vk- or pk-";
  if (has_versions(kind) && name.find('@') != std::string_view::npos)
    return "it has an @, which stands before a version";
  if (kind == SavedKind::prompt && (name.find_first_of("{}/") != std::string_view::npos || name[0] == '>'))
    return "use no {, } or /, and no > in front: templates and URLs could not name it";
  const auto is_slug_byte = [](char c) { return is_plain(c) || c == '-' || c == '.' || c == '_'; };
  if (kind == SavedKind::virtual_key &&
      (!is_plain(name[0]) || !std::all_of(name.begin(), name.end(), is_slug_byte)))
    return "use letters, digits, and -._ after the first";
  return {};
}

}  // namespace

std::string_view id_prefix(SavedKind kind) {
  return of(kind).prefix;
}

std::string_view kind_name(SavedKind kind) {
  return of(kind).name;
}

std::string_view command_of(SavedKind kind) {
  return of(kind).command;
}

bool looks_like_id(std::string_view text) {
  return std::any_of(std::begin(k_id_prefixes), std::end(k_id_prefixes),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

Result<void> check_saved_name(SavedKind kind, std::string_view name) {
  const std::string_view fault = fault_of(kind, name);
  if (fault.empty()) return {};
  return Error{Errc::invalid, fmt::format("{} cannot be the name of a{} {}: {}", quoted(name),
                                          kind == SavedKind::api_key ? "n" : "", kind_name(kind), fault)};
}

std::string slug_of_name(std::string_view name) {
  std::string slug;
  for (const char c : ascii_lower(name)) {
    if (slug.size() == k_slug_bytes_max) break;
    if (is_plain(c))
      slug += c;
    else if (!slug.empty() && slug.back() != '-')
      slug += '-';
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug.empty() ? "unnamed" : slug;
}

std::string saved_id(SavedKind kind, std::string_view name, std::uint32_t random) {
  return fmt::format("{}{}-{:06x}", id_prefix(kind), slug_of_name(name), random & 0xffffff);
}

Error not_there(SavedKind kind, std::string_view id_or_name) {
  return {Errc::not_found, fmt::format("there is no {} {}; see {} list", kind_name(kind), quoted(id_or_name),
                                       command_of(kind))};
}

}  // namespace pk::store
