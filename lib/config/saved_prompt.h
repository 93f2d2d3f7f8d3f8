// A prompt template, or a partial of one, with all its versions as `pk prompt` keeps them. What a text means
// is prompt/template.h's matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pk::config {

inline constexpr std::size_t k_prompt_bytes_max = 256 * 1024;  // of one version's text
inline constexpr std::size_t k_label_bytes_max = 64;
inline constexpr std::size_t k_labels_max = 64;  // of one prompt

// The label that says which version is meant where none is named.
inline constexpr std::string_view k_published = "published";

struct PromptVersion {
  std::int64_t saved_at = 0;  // ms since 1970
  std::string text;           // a template's JSON; of a partial the text itself
  bool operator==(const PromptVersion&) const = default;
};

struct SavedPrompt {
  std::string id;  // "pp-…"
  std::string name;
  bool partial = false;
  std::int64_t created_at = 0;                     // ms since 1970: of the first version
  std::map<std::int64_t, PromptVersion> versions;  // from 1; a damaged one is left out
  std::map<std::string, std::int64_t, std::less<>> labels;

  std::int64_t newest() const { return versions.empty() ? 0 : versions.rbegin()->first; }
  // The one that is labelled so, else the newest.
  std::int64_t published() const;
  // What stands behind the "@": a number, "latest", a label; "" is the published one. Nothing if there is
  // none such.
  std::optional<std::int64_t> version_of(std::string_view word) const;
  bool operator==(const SavedPrompt&) const = default;
};

// "pp-x@3" → "pp-x" and "3"; without an "@" the second is empty.
struct PromptReference {
  std::string_view prompt;  // id or name
  std::string_view version;
};
PromptReference prompt_reference(std::string_view text);

// Why a text cannot be a label, or "": letters, digits and -._, at most k_label_bytes_max; no number, which
// is a version, and not "latest".
std::string_view label_fault(std::string_view label);

}  // namespace pk::config
