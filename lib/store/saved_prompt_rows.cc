#include "store/saved_prompt_rows.h"

#include "store/saved_rows.h"

namespace pk::store {

namespace {

constexpr std::uint8_t k_partial = 1;

Error damaged_prompt(std::string_view key) {
  const std::string_view id = versioned_id_of(key);
  return damaged_saved(SavedKind::prompt, id.empty() ? key : id);
}

}  // namespace

std::string row_of(const StoredPrompt& prompt) {
  std::string row = begin_saved_row();
  append_fixed(row, prompt.partial ? k_partial : std::uint8_t{0});
  append_text(row, prompt.name);
  append_zigzag(row, prompt.created_at);
  append_zigzag(row, prompt.saved_at);
  append_text(row, prompt.text);
  return end_saved_row(version_key(prompt.id, prompt.version), std::move(row));
}

std::string row_of(std::string_view id, const PromptLabels& labels) {
  std::string row = begin_saved_row();
  for (const auto& [label, version] : labels) {
    append_text(row, label);
    append_varint(row, static_cast<std::uint64_t>(version));
  }
  return end_saved_row(version_key(id, 0), std::move(row));
}

Result<StoredPrompt> read_prompt(std::string_view key, std::string_view row) {
  StoredPrompt prompt;
  prompt.id = versioned_id_of(key, &prompt.version);
  WireReader in = open_saved_row(key, row);
  prompt.partial = (in.fixed<std::uint8_t>() & k_partial) != 0;
  prompt.name = in.text();
  prompt.created_at = in.zigzag();
  prompt.saved_at = in.zigzag();
  prompt.text = in.text();
  if (!in.ok() || !in.done() || prompt.id.empty() || prompt.version == 0) return damaged_prompt(key);
  return prompt;
}

Result<PromptLabels> read_prompt_labels(std::string_view key, std::string_view row) {
  PromptLabels labels;
  WireReader in = open_saved_row(key, row);
  while (in.ok() && !in.done()) {
    const std::string label(in.text());
    labels[label] = static_cast<std::int64_t>(in.varint());
  }
  if (!in.ok() || versioned_id_of(key).empty()) return damaged_prompt(key);
  return labels;
}

Result<void> check_prompt_row(std::string_view key, std::string_view row) {
  std::int64_t version = 1;
  versioned_id_of(key, &version);
  if (version == 0)
    PK_TRY(read_prompt_labels(key, row));
  else
    PK_TRY(read_prompt(key, row));
  return {};
}

}  // namespace pk::store
