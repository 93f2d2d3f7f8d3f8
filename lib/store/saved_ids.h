// Names and ids of what is saved: gateway configs, prompts, virtual keys, API keys. Ids are `pc-`, `pp-`,
// `vk-` or `pk-`, the name as a slug, and six random hexadecimal digits: "pc-two-regions-3fa29c". Pure but
// for the random digits; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::store {

enum class SavedKind : std::uint8_t { config, prompt, virtual_key, api_key };

// Whether it keeps all of its versions.
inline bool has_versions(SavedKind kind) {
  return kind == SavedKind::config || kind == SavedKind::prompt;
}

inline constexpr std::size_t k_saved_name_bytes_max = 128;
inline constexpr std::size_t k_slug_bytes_max = 32;
inline constexpr std::size_t k_saved_id_bytes_max = 42;  // prefix, slug, hyphen, digits

std::string_view id_prefix(SavedKind kind);   // "pc-", "pp-" …
std::string_view kind_name(SavedKind kind);   // "config", "prompt", "virtual key" …
std::string_view command_of(SavedKind kind);  // "pk config", "pk prompt", "pk provider" …

// Whether a text is meant as an id and not as a name.
bool looks_like_id(std::string_view text);

// invalid, saying what a name may be: 1 to k_saved_name_bytes_max bytes of UTF-8 without control characters,
// no space at its ends, not beginning as an id does. A config's or prompt's has no "@", which leads to a
// version, a prompt's neither what mustache is made of; a virtual key's is also written `@name` and
// `@name/model`, so it has letters, digits and -._ only, and begins with a letter or digit.
Result<void> check_saved_name(SavedKind kind, std::string_view name);

// "Two Regions (EU)" → "two-regions-eu": lower-case letters and digits, others as one hyphen; at most
// k_slug_bytes_max bytes. "unnamed" if nothing is left.
std::string slug_of_name(std::string_view name);

// With `random`'s lowest 24 bits as the digits.
std::string saved_id(SavedKind kind, std::string_view name, std::uint32_t random);

// What error messages say of one that is not there.
Error not_there(SavedKind kind, std::string_view id_or_name);

}  // namespace pk::store
