#include "provider/body_edit.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "provider/body.h"
#include "provider/drop_path.h"
#include "provider/json_walk.h"
#include "provider/splice.h"

namespace pk::provider {

namespace {

// What is to become of the members of one name.
struct Change {
  std::string_view name = {};
  std::string_view value = {};  // JSON text
  bool replaces = false;        // what is there; else it only stands in for what is not
  bool met = false;             // the body has such a member
};

// A default or override fits into a body, and leaves it one that BodyReader takes.
Result<void> check(const Change& change) {
  const std::string_view kind = change.replaces ? "override_params" : "default_params";
  if (!is_json(change.value))
    return Error{Errc::invalid, fmt::format("`{}` of {} is not valid JSON", change.name, kind)};
  if (!is_json(change.value, k_body_depth_max - 1))
    return Error{Errc::invalid, fmt::format("`{}` of {} makes the request body nested deeper than {} levels",
                                            change.name, kind, k_body_depth_max)};
  if (change.name != "model" && change.name != "user") return {};
  JsonReader reader(change.value);
  const JsonToken token = reader.next();
  if (text_of(reader, token).size() > k_body_name_bytes_max)
    return Error{Errc::limit,
                 fmt::format("`{}` of {} is longer than {} bytes", change.name, kind, k_body_name_bytes_max)};
  return {};
}

// One for each name, in the order in which those that the body has not are appended.
class Changes {
 public:
  void add(std::string_view name, std::string_view value, bool replaces) {
    const auto [at, is_new] = m_by_name.emplace(name, m_all.size());
    if (is_new) m_all.push_back({.name = name});
    m_all[at->second].value = trim(value);
    m_all[at->second].replaces = replaces;
  }

  Change* find(std::string_view name) {
    const auto at = m_by_name.find(name);
    return at == m_by_name.end() ? nullptr : &m_all[at->second];
  }

  bool empty() const { return m_all.empty(); }
  const std::vector<Change>& all() const { return m_all; }

  std::size_t bytes() const {
    std::size_t bytes = 0;
    for (const Change& change : m_all) bytes += change.name.size() + change.value.size() + 4;  // "":,
    return bytes;
  }

 private:
  std::vector<Change> m_all;
  std::map<std::string_view, std::size_t> m_by_name;
};

Changes changes_of(const config::BodyEdits& edits) {
  Changes changes;
  for (const auto& [name, value] : edits.default_params) changes.add(name, value, false);
  for (const auto& [name, value] : edits.override_params) changes.add(name, value, true);
  return changes;
}

void append_missing(std::string& out, const Changes& changes, bool first) {
  for (const Change& change : changes.all()) {
    if (change.met) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(out, change.name);
    out.append(":").append(change.value);
  }
}

std::string changed(std::string_view json, Changes& changes) {
  JsonReader reader(json);
  TextSplice out(json, changes.bytes());
  if (reader.next() != JsonToken::object_begin) return out.finish();
  std::size_t end = reader.offset() + 1;  // of what was last read
  bool first = true;
  std::string room;
  walk_members(reader, [&](std::string_view key, JsonToken) {
    const std::size_t before = end, begin = reader.offset();
    reader.take_value();
    end = reader.offset() + reader.token().size();
    first = false;
    Change* change = changes.find(name_of(key, room));
    if (change && change->replaces) {
      if (change->met)
        out.cut(before, end);  // its comma is the one before it: a twin is never the first
      else
        out.cut(begin, end) += change->value;
    }
    if (change) change->met = true;
  });
  append_missing(out.cut(end, end), changes, first);
  return out.finish();
}

}  // namespace

Result<std::string> edited_body(std::string_view json, const config::BodyEdits& edits) {
  Changes changes = changes_of(edits);
  for (const Change& change : changes.all()) PK_TRY(check(change));
  std::string body = changes.empty() ? std::string(json) : changed(json, changes);
  if (body.size() > json.size() + k_edit_bytes_max)
    return Error{Errc::limit,
                 fmt::format("parameters make the request body more than {} bytes longer", k_edit_bytes_max)};
  if (edits.drop_params.empty()) return body;
  PK_ASSIGN(const DropPaths paths, DropPaths::of(edits.drop_params));
  return paths.removed_from(body);
}

std::string with_model(std::string_view json, std::string_view model) {
  const std::string value = json_string(model);
  Changes changes;
  changes.add("model", value, true);
  return changed(json, changes);
}

}  // namespace pk::provider
