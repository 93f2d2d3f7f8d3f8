#include "store/saved_prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/text.h"
#include "store/saved_versions.h"

namespace pk::store {

namespace {

using config::SavedPrompt;

constexpr std::int64_t k_version_max = std::numeric_limits<std::uint32_t>::max();

Result<std::string> prompt_id_in(const Txn& txn, std::string_view id_or_name) {
  return id_of_versioned<StoredPrompt>(txn, Table::prompts, id_or_name, read_prompt);
}

Result<std::optional<StoredPrompt>> newest(const Txn& txn, std::string_view id) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::prompts));
  PK_ASSIGN(const bool found, seek_newest(cursor, id));
  if (!found) return std::optional<StoredPrompt>{};
  PK_ASSIGN(StoredPrompt prompt, read_prompt(cursor.key(), cursor.value()));
  return std::optional<StoredPrompt>(std::move(prompt));
}

Result<PromptLabels> labels_of(const Txn& txn, std::string_view id) {
  const std::string key = version_key(id, 0);
  PK_ASSIGN(const auto row, txn.get(Table::prompts, key));
  if (!row) return PromptLabels{};
  return read_prompt_labels(key, *row);
}

Result<void> check_text(std::string_view text) {
  if (text.size() <= config::k_prompt_bytes_max) return {};
  return Error{Errc::invalid, fmt::format("a prompt has at most {} kB", config::k_prompt_bytes_max / 1024)};
}

Result<void> check_room(const Txn& txn, std::size_t more) {
  std::size_t bytes = more;
  PK_TRY(each_entry(txn, Table::prompts, [&](std::string_view, std::string_view row) {
    bytes += row.size();
    return true;
  }));
  if (bytes <= k_prompts_bytes_max) return {};
  return Error{Errc::limit,
               fmt::format("all prompts with all their versions may take {} MB, which is used up; "
                           "pk prompt rm makes room",
                           k_prompts_bytes_max / (1024 * 1024))};
}

Result<StoredPrompt> put(WriteTxn& txn, StoredPrompt prompt) {
  if (prompt.version > k_version_max)
    return Error{Errc::limit, fmt::format("prompt {} has no versions left", prompt.id)};
  const std::string row = row_of(prompt);
  PK_TRY(check_room(txn, row.size()));
  PK_TRY(txn.put(Table::prompts, version_key(prompt.id, prompt.version), row));
  PK_TRY(count_change(txn));
  return prompt;
}

StoredPrompt next_of(StoredPrompt before, std::string_view text, std::int64_t now_ms) {
  ++before.version;
  before.saved_at = now_ms;
  before.text = text;
  return before;
}

// One more version, or the labels, of a prompt whose other rows came before.
Result<void> take_row(std::string_view key, std::string_view row, SavedPrompt& prompt) {
  std::int64_t version = 0;
  prompt.id = versioned_id_of(key, &version);
  if (version == 0) {
    PK_ASSIGN(prompt.labels, read_prompt_labels(key, row));
    return {};
  }
  PK_ASSIGN(StoredPrompt stored, read_prompt(key, row));
  prompt.name = std::move(stored.name);
  prompt.partial = stored.partial;
  prompt.created_at = stored.created_at;
  prompt.versions[version] = {stored.saved_at, std::move(stored.text)};
  return {};
}

Error no_version(const SavedPrompt& prompt, std::int64_t version) {
  return {Errc::not_found, fmt::format("prompt {} has no version {}", prompt.id, version)};
}

Result<std::optional<SavedPrompt>> find_in(const Txn& txn, std::string_view id_or_name) {
  PK_ASSIGN(const std::string id, prompt_id_in(txn, id_or_name));
  PK_ASSIGN(const std::vector<std::string> keys, version_keys(txn, Table::prompts, id));
  SavedPrompt prompt;
  for (const std::string& key : keys) {
    PK_ASSIGN(const auto row, txn.get(Table::prompts, key));
    PK_TRY(take_row(key, *row, prompt));
  }
  if (prompt.versions.empty()) return std::optional<SavedPrompt>{};
  return std::optional<SavedPrompt>(std::move(prompt));
}

}  // namespace

Result<StoredPrompt> add_prompt(Env& env, std::string_view name, bool partial, std::string_view text,
                                std::int64_t now_ms) {
  PK_TRY(check_saved_name(SavedKind::prompt, name));
  PK_TRY(check_text(text));
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const std::string known, prompt_id_in(txn, name));
  StoredPrompt prompt;
  if (known.empty()) {
    PK_ASSIGN(const SavedList<StoredPrompt> all,
              newest_of_all<StoredPrompt>(txn, Table::prompts, read_prompt));
    PK_TRY(check_names(SavedKind::prompt, all.damage));
    PK_ASSIGN(std::string id, fresh_id(txn, SavedKind::prompt, name));
    prompt = {std::move(id), std::string(name), partial, 1, now_ms, now_ms, std::string(text)};
  } else {
    PK_ASSIGN(auto before, newest(txn, known));
    if (before->partial != partial)
      return Error{Errc::invalid, fmt::format("{} is a {} already; choose another name", known,
                                              before->partial ? "partial" : "prompt")};
    prompt = next_of(*std::move(before), text, now_ms);
  }
  PK_ASSIGN(prompt, put(txn, std::move(prompt)));
  PK_TRY(txn.commit());
  return prompt;
}

Result<StoredPrompt> follow_prompt(Env& env, std::string_view id, std::int64_t base, std::string_view text,
                                   std::int64_t now_ms) {
  PK_TRY(check_text(text));
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(auto before, newest(txn, id));
  if (!before) return not_there(SavedKind::prompt, id);
  if (before->version != base)
    return Error{
        Errc::unauthorized,
        fmt::format("prompt {} was changed meanwhile, it is at version {} now; begin again from that", id,
                    before->version)};
  PK_ASSIGN(StoredPrompt prompt, put(txn, next_of(*std::move(before), text, now_ms)));
  PK_TRY(txn.commit());
  return prompt;
}

Result<std::optional<SavedPrompt>> find_prompt(const Env& env, std::string_view id_or_name) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  return find_in(txn, id_or_name);
}

Result<SavedList<SavedPrompt>> list_prompts(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  SavedList<SavedPrompt> list;
  PK_TRY(each_entry(txn, Table::prompts, [&](std::string_view key, std::string_view row) {
    const std::string_view id = versioned_id_of(key);
    if (list.entries.empty() || list.entries.back().id != id) list.entries.emplace_back();
    if (Result<void> taken = take_row(key, row, list.entries.back()); !taken)
      list.damage.push_back(taken.error().message);
    return true;
  }));
  std::erase_if(list.entries, [](const SavedPrompt& prompt) { return prompt.versions.empty(); });
  std::ranges::sort(list.entries, {}, &SavedPrompt::name);
  return list;
}

Result<void> label_prompt(Env& env, std::string_view id_or_name, std::string_view label,
                          std::int64_t version) {
  if (const std::string_view fault = config::label_fault(label); !fault.empty())
    return Error{Errc::invalid,
                 fmt::format("'{}' cannot be a label: {}",
                             visible(utf8_front(label, config::k_label_bytes_max), false), fault)};
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(auto prompt, find_in(txn, id_or_name));
  if (!prompt) return not_there(SavedKind::prompt, id_or_name);
  if (version != 0 && !prompt->versions.contains(version)) return no_version(*prompt, version);
  PK_ASSIGN(PromptLabels labels, labels_of(txn, prompt->id));
  if (version != 0)
    labels[std::string(label)] = version;
  else if (labels.erase(std::string(label)) == 0)
    return Error{Errc::not_found, fmt::format("prompt {} has no label '{}'", prompt->id, label)};
  if (labels.size() > config::k_labels_max)
    return Error{Errc::limit, fmt::format("a prompt has at most {} labels", config::k_labels_max)};
  PK_TRY(txn.put(Table::prompts, version_key(prompt->id, 0), row_of(prompt->id, labels)));
  PK_TRY(count_change(txn));
  return txn.commit();
}

Result<void> remove_prompts(Env& env, std::span<const std::string> ids_or_names) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  std::vector<std::string> ids;
  for (const std::string& one : ids_or_names) {
    PK_ASSIGN(ids.emplace_back(), prompt_id_in(txn, one));
    if (ids.back().empty()) return not_there(SavedKind::prompt, one);
  }
  for (const std::string& id : ids) {
    PK_ASSIGN(const std::vector<std::string> keys, version_keys(txn, Table::prompts, id));
    for (const std::string& key : keys) PK_TRY(txn.remove(Table::prompts, key));
  }
  PK_TRY(count_change(txn));
  return txn.commit();
}

}  // namespace pk::store
