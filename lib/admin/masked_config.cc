#include "admin/masked_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "config/config_fields.h"
#include "config/provider_options.h"
#include "config/saved.h"
#include "log/redact.h"
#include "log/secrets.h"

namespace pk::admin {

namespace {

// A value that is no object or array, and where it stands.
struct Leaf {
  std::string path;  // "config.targets[1].api_key"
  std::string name;  // the member's, also of the elements of an array under it
  std::size_t offset = 0;
  std::string_view token;

  std::string text() const { return token.starts_with('"') ? json_unquoted(token) : std::string(token); }
};

class Leaves {
 public:
  explicit Leaves(std::string_view json) : m_reader(json) {}

  std::vector<Leaf> all() {
    for (JsonToken token = m_reader.next(); token != JsonToken::end && token != JsonToken::error;
         token = m_reader.next())
      take(token);
    return std::move(m_leaves);
  }

 private:
  struct Level {
    std::string path, name;
    bool is_array = false;
    std::size_t next = 0;
  };

  void take(JsonToken token) {
    if (token == JsonToken::key) {
      m_key = json_unquoted(m_reader.token());
    } else if (token == JsonToken::object_end || token == JsonToken::array_end) {
      m_levels.pop_back();
    } else {
      Level here = place();
      here.is_array = token == JsonToken::array_begin;
      if (here.is_array || token == JsonToken::object_begin)
        m_levels.push_back(std::move(here));
      else
        m_leaves.push_back({std::move(here.path), std::move(here.name), m_reader.offset(), m_reader.token()});
    }
  }

  Level place() {
    if (m_levels.empty()) return {"config", "", false, 0};
    Level& outer = m_levels.back();
    if (outer.is_array) return {fmt::format("{}[{}]", outer.path, outer.next++), outer.name, false, 0};
    return {outer.path + "." + m_key, m_key, false, 0};
  }

  JsonReader m_reader;
  std::vector<Level> m_levels;
  std::string m_key;
  std::vector<Leaf> m_leaves;
};

// A secret of the stored config: as it is shown, and as it stands.
struct Kept {
  std::string path, name, shown;
  std::string_view token;
};

std::vector<Kept> kept_of(const std::vector<Leaf>& stored, std::string_view shown_json) {
  const std::vector<Leaf> shown = Leaves(shown_json).all();
  std::vector<Kept> kept;
  for (std::size_t i = 0; i < std::min(stored.size(), shown.size()); ++i)
    if (stored[i].token != shown[i].token)
      kept.push_back({stored[i].path, stored[i].name, shown[i].text(), stored[i].token});
  return kept;
}

// The one of the same place; else, for targets are moved and removed, the only one that is shown so under
// that name. Null if there is none, or several are.
const Kept* find(const std::vector<Kept>& kept, const Leaf& leaf, std::string_view shown) {
  const Kept* found = nullptr;
  for (const Kept& one : kept) {
    if (one.shown != shown || one.name != leaf.name) continue;
    if (one.path == leaf.path) return &one;
    if (found && found->token != one.token) return nullptr;
    found = &one;
  }
  return found;
}

// Whether the value may decide where a request goes: an address, what makes one of a provider's own, or what
// has an address of its own.
bool leads_somewhere(const Leaf& leaf) {
  const std::string name = config::snake_case(leaf.name);
  if (name == "custom_host" || name == "virtual_key" || name == "prompt_id") return true;
  if (name == "provider") return leaf.text().starts_with('@');
  return !config::provider_option_name(name).empty() && !config::is_secret_option(name);
}

std::string_view object_of(std::string_view path) {
  return path.substr(0, path.rfind('.'));
}

bool is_within(std::string_view path, std::string_view outer) {
  return path.starts_with(outer) &&
         (path.size() == outer.size() || path[outer.size()] == '.' || path[outer.size()] == '[');
}

// Whether both may meet in a target: one stands in the other's object, or in one around or inside it.
bool may_meet(const std::string& path, const std::string& other) {
  const std::string_view left = object_of(path), right = object_of(other);
  return is_within(left, right) || is_within(right, left);
}

Result<void> check_addresses(const std::vector<Leaf>& edited, const std::vector<Leaf>& stored,
                             const std::vector<std::string>& kept_places) {
  for (const Leaf& leaf : edited) {
    const auto meets = [&](const std::string& place) { return may_meet(place, leaf.path); };
    if (!leads_somewhere(leaf) || log::is_masked(leaf.text()) || std::ranges::none_of(kept_places, meets))
      continue;
    const bool known = std::ranges::any_of(stored, [&](const Leaf& other) {
      return config::snake_case(other.name) == config::snake_case(leaf.name) && other.text() == leaf.text();
    });
    if (!known)
      return Error{Errc::invalid,
                   fmt::format("{}: a masked secret is not sent to where the stored config sends none; write "
                               "the secret itself",
                               visible(leaf.path, false))};
  }
  return {};
}

}  // namespace

Result<std::string> with_secrets(std::string_view edited, std::string_view stored) {
  if (!log::is_masked(edited)) return std::string(edited);
  const std::string shown = log::redact_json(stored);
  const std::vector<Leaf> leaves = Leaves(edited).all(), stored_leaves = Leaves(stored).all();
  const std::vector<Kept> kept = kept_of(stored_leaves, shown);
  std::string out;
  std::size_t copied = 0;
  std::vector<std::string> places;
  for (const Leaf& leaf : leaves) {
    const std::string text = leaf.text();
    if (!log::is_masked(text)) continue;
    const Kept* found = find(kept, leaf, text);
    if (!found)
      return Error{Errc::invalid,
                   fmt::format("{}: a masked secret that the stored config does not have; write "
                               "the secret itself, or keep it as a virtual key",
                               visible(leaf.path, false))};
    out.append(edited, copied, leaf.offset - copied).append(found->token);
    copied = leaf.offset + leaf.token.size();
    places.push_back(leaf.path);
  }
  PK_TRY(check_addresses(leaves, stored_leaves, places));
  return out.append(edited.substr(copied));
}

}  // namespace pk::admin
