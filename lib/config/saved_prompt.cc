#include "config/saved_prompt.h"

#include <algorithm>

#include "base/text.h"

namespace pk::config {

namespace {

constexpr std::string_view k_latest = "latest";

bool is_label_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

}  // namespace

std::int64_t SavedPrompt::published() const {
  const auto label = labels.find(k_published);
  return label != labels.end() && versions.contains(label->second) ? label->second : newest();
}

std::optional<std::int64_t> SavedPrompt::version_of(std::string_view word) const {
  std::optional<std::int64_t> version;
  if (word.empty() || word == k_published)
    version = published();
  else if (word == k_latest)
    version = newest();
  else if (const auto label = labels.find(word); label != labels.end())
    version = label->second;
  else
    version = parse_int(word);
  return version && versions.contains(*version) ? version : std::nullopt;
}

PromptReference prompt_reference(std::string_view text) {
  const std::size_t at = text.find('@');  // neither ids nor names have one
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::string_view label_fault(std::string_view label) {
  if (label.empty()) return "it is empty";
  if (label.size() > k_label_bytes_max) return "it is longer than 64 bytes";
  if (!std::all_of(label.begin(), label.end(), is_label_byte)) return "use letters, digits and -._";
  if (std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return "a number is a version";
  if (label == k_latest) return "that is the newest version, whichever it is";
  return {};
}

}  // namespace pk::config
