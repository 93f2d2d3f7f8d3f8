#include "query/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "query/run.h"

namespace pk::query {

namespace {

using log::LogRecord;

constexpr std::string_view k_metadata = "metadata";

struct TextField {
  std::string_view name;
  std::string LogRecord::*text;
};
constexpr TextField k_fields[] = {
    {"model", &LogRecord::model},         {"requested_model", &LogRecord::requested_model},
    {"provider", &LogRecord::provider},   {"user", &LogRecord::user},
    {"config_id", &LogRecord::config_id}, {"prompt_id", &LogRecord::prompt_id},
    {"api_key", &LogRecord::api_key},     {"virtual_key", &LogRecord::virtual_key}};

// What is looked at: a field, or metadata: a key's values or, without one, the keys.
struct Source {
  std::string LogRecord::*text = nullptr;
  std::string key = {};
};

Result<Source> source_of(std::string_view field) {
  std::string name(field.substr(0, field.find('.')));
  std::ranges::replace(name, '-', '_');
  if (name == k_metadata && field.size() == name.size()) return Source{};
  if (name == k_metadata && field.size() > name.size() + 1)
    return Source{nullptr, std::string(field.substr(name.size() + 1))};
  const auto known = std::ranges::find(k_fields, name, &TextField::name);
  if (known != std::end(k_fields) && field.size() == name.size()) return Source{known->text};
  std::string valid;
  for (const TextField& one : k_fields) valid.append(one.name).append(" ");
  return Error{Errc::invalid,
               fmt::format("'{}' has no values to choose from; there are {}metadata metadata.KEY",
                           visible(field, false), valid)};
}

// How often each value comes.
class Tallies {
 public:
  explicit Tallies(std::string_view prefix) : m_prefix(prefix) {}

  void add(std::string_view value, std::uint64_t records = 1) {
    if (value.empty() || !value.starts_with(m_prefix)) return;
    auto found = m_counts.find(value);
    if (found == m_counts.end()) found = m_counts.try_emplace(std::string(value)).first;
    found->second += records;
  }

  std::vector<ValueCount> most_frequent(std::size_t most) const {
    std::vector<ValueCount> values;
    for (const auto& [value, records] : m_counts) values.push_back({value, records});
    const auto end = values.begin() + static_cast<std::ptrdiff_t>(std::min(most, values.size()));
    std::partial_sort(values.begin(), end, values.end(), [](const ValueCount& a, const ValueCount& b) {
      return a.records != b.records ? a.records > b.records : a.value < b.value;
    });
    values.erase(end, values.end());
    return values;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::string_view m_prefix;
  std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> m_counts;
};

void add(Tallies& tallies, const Source& source, const LogRecord& record) {
  if (source.text) return tallies.add(record.*source.text);
  for (const auto& [key, value] : record.metadata) {
    if (source.key.empty()) tallies.add(key);
    if (key == source.key) tallies.add(value);
  }
}

}  // namespace

Result<std::vector<ValueCount>> values(const store::LogReader& reader, std::string_view field,
                                       std::string_view prefix, std::size_t most) {
  PK_ASSIGN(const Source source, source_of(field));
  Tallies tallies(prefix);
  PK_TRY(run(reader, {.limit = 0}, [&](const LogRecord& record) {
    add(tallies, source, record);
    return true;
  }));
  return tallies.most_frequent(most);
}

}  // namespace pk::query
