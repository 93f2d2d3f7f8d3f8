#include "words.h"

#include <fmt/format.h>

#include <iterator>

#include "base/text.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

constexpr std::size_t k_short_id_chars = 8, k_shortest_id_chars = 6;
constexpr std::string_view k_unknown = "–";

void add_outcome(Cell& cell, const LogRecord& record) {
  const bool good_code = record.http_status && *record.http_status >= 200 && *record.http_status < 300;
  if (record.http_status && !good_code) cell.push_back({fmt::format("{}", *record.http_status), Color::red});
  if (record.state != log::State::complete)
    cell.push_back({std::string(log::slug(record.state)), Color::yellow});
  else if (!record.ok && (good_code || !record.http_status))
    cell.push_back({"error", Color::red});
}

std::string_view cache_words(log::Cache cache, Room room) {
  const bool ample = room == Room::ample;
  switch (cache) {
    case log::Cache::disabled:
      return "";
    case log::Cache::miss:
      return ample ? "cache miss" : "miss";
    case log::Cache::refreshed:
      return ample ? "cache refreshed" : "refreshed";
    case log::Cache::hit:
      return ample ? "cache hit" : "hit";
    case log::Cache::semantic_hit:
      return "semantic hit";
  }
  return "";
}

Color cache_color(log::Cache cache) {
  if (cache == log::Cache::hit || cache == log::Cache::semantic_hit) return Color::green;
  return cache == log::Cache::refreshed ? Color::cyan : Color::dim;
}

void add_routing(Cell& cell, const LogRecord& record) {
  if (record.retry == log::Retry::success)
    cell.push_back({fmt::format("retry ×{}", record.retry_attempts), Color::yellow});
  if (record.retry == log::Retry::failed)
    cell.push_back({fmt::format("retry ×{} failed", record.retry_attempts), Color::red});
  if (record.fallback == log::Active::active) cell.push_back({"fallback", Color::magenta});
  if (record.loadbalance == log::Active::active) cell.push_back({"balanced", Color::blue});
}

}  // namespace

std::string tokens_and_cost(const LogRecord& record) {
  if (!record.total_tokens && !record.cost_usd) return std::string(k_unknown);
  const std::string tokens = record.total_tokens ? thousands(*record.total_tokens) : std::string(k_unknown);
  return fmt::format("{} ({})", tokens, record.cost_usd ? cents(*record.cost_usd) : k_unknown);
}

std::string friendly_path(const LogRecord& record, Room room) {
  const bool ample = room == Room::ample;
  if (!ample && record.endpoint == log::Endpoint::chat_completions) return "Chat";
  if (!ample && record.endpoint == log::Endpoint::completions) return "Text";
  if (const std::string_view words = log::endpoint_words(record.endpoint); !words.empty())
    return std::string(words);
  return visible(record.method == "POST" ? record.path : record.method + " " + record.path, false);
}

std::string short_id(const Uuid& id, Room room) {
  const std::string text = id.text();
  return text.substr(text.size() - (room == Room::ample ? k_short_id_chars : k_shortest_id_chars));
}

Cell status_cell(const LogRecord& record, Room room) {
  Cell parts;
  add_outcome(parts, record);
  if (const auto words = cache_words(record.cache, room); !words.empty())
    parts.push_back({std::string(words), cache_color(record.cache)});
  add_routing(parts, record);
  if (!record.tracked) parts.push_back({"untracked", Color::dim});
  if (parts.empty()) return {{"ok", Color::dim}};
  Cell cell;
  for (Span& part : parts) {
    if (!cell.empty()) cell.push_back({" · ", Color::dim});
    cell.push_back(std::move(part));
  }
  return cell;
}

}  // namespace pk::cmd
