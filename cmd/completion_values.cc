#include "completion_values.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/time_text.h"
#include "log/record.h"
#include "provider/table.h"
#include "query/filter_words.h"
#include "query/values.h"
#include "store/reader.h"
#include "store/saved_api_keys.h"
#include "store/saved_configs.h"
#include "store/saved_prompts.h"
#include "store/saved_virtual_keys.h"

namespace pk::cmd {

namespace {

using Offers = std::vector<Offer>;
using EnvPtr = std::shared_ptr<store::Env>;

Result<void> add_log(const store::LogReader& reader, const Uuid& id, Offers& out) {
  PK_ASSIGN(const auto record, reader.get(id));
  if (record)
    out.push_back({id.text(), rfc3339(record->created_at) + " " + record->model + " " + record->path});
  return {};
}

// The newest, or those that begin so.
Result<Offers> logs(const EnvPtr& env, std::string_view prefix) {
  Offers out;
  const store::LogReader reader(env);
  if (!prefix.empty()) {
    PK_ASSIGN(const auto ids, reader.find(prefix, k_offers_max));
    for (const Uuid& id : ids)
      if (id.text().starts_with(prefix)) PK_TRY(add_log(reader, id, out));
    return out;
  }
  PK_TRY(reader.scan({}, k_offers_max, [&](const log::LogRecord& record) {
    out.push_back({record.id.text(), rfc3339(record.created_at) + " " + record.model + " " + record.path});
    return true;
  }));
  return out;
}

// Those of most records first.
Result<Offers> values(const EnvPtr& env, std::string_view field, std::string_view prefix) {
  PK_ASSIGN(const auto found, query::values(store::LogReader(env), field, prefix, k_offers_max));
  Offers out;
  for (const query::ValueCount& one : found) out.push_back({one.value, ""});
  return out;
}

template <class T>
Result<Offers> saved(Result<store::SavedList<T>> list, const std::function<Offer(const T&)>& offer) {
  if (!list) return std::move(list).error();
  Offers out;
  for (const T& one : list->entries) out.push_back(offer(one));
  return out;
}

Result<Offers> labels(const EnvPtr& env) {
  PK_ASSIGN(const auto list, store::list_prompts(*env));
  std::map<std::string, std::string> prompts_of;
  for (const config::SavedPrompt& prompt : list.entries)
    for (const auto& [label, version] : prompt.labels) {
      std::string& names = prompts_of[label];
      names += (names.empty() ? "" : ", ") + prompt.name;
    }
  Offers out;
  for (auto& [label, names] : prompts_of) out.push_back({label, std::move(names)});
  return out;
}

// A completion changes nothing, not even what a crash left open.
EnvPtr open_as_it_is(const std::filesystem::path& folder) {
  auto env = store::Env::open(folder, store::Mode::read_only);
  return env && (*env)->table(store::Table::records) ? *std::move(env) : nullptr;
}

struct Kind {
  std::string_view name;
  // Of what is in the ledger; those of another beginning go afterwards.
  Result<Offers> (*of)(const EnvPtr& env, std::string_view prefix);
};

const std::array k_kinds = {
    Kind{"log", [](const EnvPtr& env, std::string_view prefix) { return logs(env, prefix); }},
    Kind{"model", [](const EnvPtr& env, std::string_view prefix) { return values(env, "model", prefix); }},
    Kind{"user", [](const EnvPtr& env, std::string_view prefix) { return values(env, "user", prefix); }},
    Kind{"provider",
         [](const EnvPtr& env, std::string_view prefix) { return values(env, "provider", prefix); }},
    Kind{"config",
         [](const EnvPtr& env, std::string_view) {
           return saved<store::StoredConfig>(store::list_configs(*env), [](const store::StoredConfig& one) {
             return Offer{one.id, one.name};
           });
         }},
    Kind{"prompt",
         [](const EnvPtr& env, std::string_view) {
           return saved<config::SavedPrompt>(store::list_prompts(*env), [](const config::SavedPrompt& one) {
             return Offer{one.id, one.name};
           });
         }},
    Kind{"virtual-key",
         [](const EnvPtr& env, std::string_view) {
           return saved<store::StoredVirtualKey>(store::list_virtual_keys(*env),
                                                 [](const store::StoredVirtualKey& one) {
                                                   return Offer{one.id, one.name};
                                                 });
         }},
    Kind{"api-key",
         [](const EnvPtr& env, std::string_view) {
           return saved<store::StoredApiKey>(store::list_api_keys(*env), [](const store::StoredApiKey& one) {
             return Offer{one.key.id, one.key.name};
           });
         }},
    Kind{"label", [](const EnvPtr& env, std::string_view) { return labels(env); }},
    Kind{"status", nullptr},
};

// What is known without the ledger, and not in `out` yet.
void add_known(std::string_view kind, Offers& out) {
  const auto add = [&](std::string_view word) {
    if (std::ranges::find(out, word, &Offer::word) == out.end()) out.push_back({std::string(word), ""});
  };
  if (kind == "status")
    for (const query::StatusSlug& status : query::status_slugs()) add(status.slug);
  if (kind == "label") add("published");
  if (kind == "provider")
    for (const provider::Provider& one : provider::all()) add(one.slug);
}

// A word with control characters cannot be typed, nor told from the line's own structure.
bool is_offered(const Offer& offer, std::string_view prefix) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return offer.word.starts_with(prefix) && std::ranges::none_of(offer.word, is_control);
}

}  // namespace

std::string value_kinds() {
  std::string names;
  for (const Kind& kind : k_kinds) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

Result<std::vector<Offer>> offers(const Context& context, std::string_view kind, std::string_view prefix) {
  const auto found = std::ranges::find(k_kinds, kind, &Kind::name);
  if (found == k_kinds.end()) return Error{Errc::invalid, "--values: choose one of " + value_kinds()};
  Offers out;
  if (found->of != nullptr)
    if (const auto env = open_as_it_is(context.data))
      if (auto some = found->of(env, prefix)) out = *std::move(some);
  add_known(kind, out);
  std::erase_if(out, [&](const Offer& offer) { return !is_offered(offer, prefix); });
  if (out.size() > k_offers_max) out.resize(k_offers_max);
  return out;
}

}  // namespace pk::cmd
