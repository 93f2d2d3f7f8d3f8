#include "replay/recording.h"

#include <algorithm>

#include "cache/digest.h"
#include "gateway/prompt_call.h"
#include "query/run.h"

namespace pk::replay {

namespace {

std::string place_of(std::string_view method, std::string_view path) {
  return std::string(method).append(" ").append(path);
}

// `stream` counts: whoever asked for a stream gets one. A body that is no JSON object is one field.
cache::Fingerprint fingerprint_of(std::string_view place, std::string_view body) {
  cache::RequestFacts facts;
  facts.path = place;
  facts.body = body;
  cache::Fingerprint fields = cache::fingerprint(facts);
  if (fields.empty())
    fields = {{"body", cache::hash_of<cache::Digest>(body)}, {"path", cache::hash_of<cache::Digest>(place)}};
  return fields;
}

// A prompt has an id and a name, and either may be called.
std::string place_of(const log::LogRecord& record) {
  const bool called = !record.prompt_id.empty() && gateway::prompt_route(record.method, record.path);
  return place_of(record.method, called ? prompt_path(record.prompt_id) : record.path);
}

// Of a body that was too long a part is kept.
bool has_answer(const log::LogRecord& record) {
  return record.request && record.response && record.http_status && record.state == log::State::complete &&
         record.replay_blocked_by != log::ReplayBlock::no_content;
}

}  // namespace

std::string prompt_path(std::string_view id) {
  return "/v1/prompts/" + std::string(id) + "/completions";
}

// Newest first, so that what is left out is the oldest.
Result<Recording::Loaded> Recording::load(const store::LogReader& reader, const query::Filter& filter) {
  Loaded loaded{std::make_unique<Recording>(), 0, false};
  Recording& recording = *loaded.recording;
  const auto visit = [&](const log::LogRecord& record) {
    loaded.too_many = recording.m_size == k_recorded_max;
    if (loaded.too_many) return false;
    if (has_answer(record))
      recording.add(record);
    else
      ++loaded.passed_over;
    return true;
  };
  PK_TRY(query::run(reader, {.filter = filter, .limit = 0, .content = true}, visit));
  for (const auto& [key, group] : recording.m_groups) std::ranges::reverse(group->ids);
  return loaded;
}

void Recording::add(const log::LogRecord& record) {
  const std::string place = place_of(record);
  cache::Fingerprint fingerprint = fingerprint_of(place, record.request->body);
  auto& group = m_groups[cache::key_of(fingerprint)];
  if (!group) {
    group = std::make_unique<Group>();
    group->fingerprint = std::move(fingerprint);
    group->place = place;
  }
  group->ids.push_back(record.id);
  ++m_size;
}

std::optional<Uuid> Recording::next(std::string_view method, std::string_view path,
                                    std::string_view body) const {
  const auto found = m_groups.find(cache::key_of(fingerprint_of(place_of(method, path), body)));
  if (found == m_groups.end()) return {};
  const Group& group = *found->second;
  return group.ids[group.turn.fetch_add(1, std::memory_order_relaxed) % group.ids.size()];
}

std::optional<Recording::Nearest> Recording::nearest(std::string_view method, std::string_view path,
                                                     std::string_view body) const {
  const std::string place = place_of(method, path);
  const cache::Fingerprint asked = fingerprint_of(place, body);
  std::optional<Nearest> nearest;
  for (const auto& [key, group] : m_groups) {
    if (group->place != place) continue;
    std::vector<std::string> differing = cache::differing(asked, group->fingerprint);
    const Uuid& newest = group->ids.back();
    const bool nearer = !nearest || differing.size() < nearest->differing.size() ||
                        (differing.size() == nearest->differing.size() && newest > nearest->id);
    if (nearer) nearest = Nearest{newest, std::move(differing)};
  }
  return nearest;
}

}  // namespace pk::replay
