#include "query/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "store/block.h"

namespace pk::query {

namespace {

using log::LogRecord;
using store::Column;

constexpr std::string_view k_metadata = "metadata";

struct TextField {
  std::string_view name;
  std::string LogRecord::*text;
  store::Column column;
};
constexpr TextField k_fields[] = {{"model", &LogRecord::model, Column::model},
                                  {"requested_model", &LogRecord::requested_model, Column::requested_model},
                                  {"provider", &LogRecord::provider, Column::provider},
                                  {"user", &LogRecord::user, Column::user},
                                  {"config_id", &LogRecord::config_id, Column::config_id},
                                  {"prompt_id", &LogRecord::prompt_id, Column::prompt_id},
                                  {"api_key", &LogRecord::api_key, Column::api_key},
                                  {"virtual_key", &LogRecord::virtual_key, Column::virtual_key}};

// What is looked at: a field, or metadata: a key's values or, without one, the keys.
struct Source {
  const TextField* text = nullptr;
  std::string key = {};
};

Result<Source> source_of(std::string_view field) {
  std::string name(field.substr(0, field.find('.')));
  std::ranges::replace(name, '-', '_');
  if (name == k_metadata && field.size() == name.size()) return Source{};
  if (name == k_metadata && field.size() > name.size() + 1)
    return Source{nullptr, std::string(field.substr(name.size() + 1))};
  const auto known = std::ranges::find(k_fields, name, &TextField::name);
  if (known != std::end(k_fields) && field.size() == name.size()) return Source{&*known};
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
  std::string_view prefix() const { return m_prefix; }

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
  if (source.text) return tallies.add(record.*source.text->text);
  for (const auto& [key, value] : record.metadata) {
    if (source.key.empty()) tallies.add(key);
    if (key == source.key) tallies.add(value);
  }
}

// How many records of the mask have each code.
template <class Each>
std::vector<std::uint64_t> count_codes(std::size_t codes, const store::BlockMask& mask, Each each) {
  std::vector<std::uint64_t> counts(codes);
  mask.visit([&](std::size_t i) {
    each(i, [&](std::size_t code) {
      if (code < codes) ++counts[code];
    });
    return true;
  });
  return counts;
}

// Whole blocks at once, rows where there is none.
class Listing final : public store::ColumnVisitor {
 public:
  Listing(const Source& source, Tallies& tallies) : m_source(source), m_tallies(tallies) {}

 private:
  bool block(const store::Block& block, store::BlockMask& mask) override {
    const bool done = m_source.text ? texts(block, mask) : pairs(block, mask);
    if (done) mask.clear();
    return done;
  }

  // Texts are in order: those with the prefix stand beside each other.
  bool texts(const store::Block& block, const store::BlockMask& mask) {
    const auto texts = block.texts(m_source.text->column);
    if (!texts) return false;
    const store::Dictionary& all = texts->texts;
    const std::string_view prefix = m_tallies.prefix();
    const std::size_t begin = all.lower_bound(prefix);
    std::size_t end = begin;
    while (end < all.size() && all.at(end).starts_with(prefix)) ++end;
    if (begin == end) return true;
    m_counts.assign(end - begin, 0);
    texts->codes.visit(mask.size(), [&](std::size_t i, std::uint64_t code) {
      if (code - begin < m_counts.size()) m_counts[code - begin] += mask.is_on(i);
    });
    for (std::size_t at = 0; at < m_counts.size(); ++at)
      if (m_counts[at] > 0) m_tallies.add(all.at(begin + at), m_counts[at]);
    return true;
  }

  bool pairs(const store::Block& block, const store::BlockMask& mask) {
    const auto pairs = block.pairs(Column::metadata);
    if (!pairs) return false;
    const auto counts = count_codes(pairs->texts.size(), mask, [&](std::size_t i, const auto& add) {
      const auto [begin, end] = pairs->of(i);
      for (std::size_t at = begin; at < end; ++at) add(pairs->codes.at(at));
    });
    for (std::size_t code = 0; code < counts.size(); ++code) {
      if (counts[code] == 0) continue;
      if (m_source.key.empty()) m_tallies.add(pairs->name(code), counts[code]);
      if (pairs->name(code) == m_source.key) m_tallies.add(pairs->value(code), counts[code]);
    }
    return true;
  }

  bool row(const LogRecord& record) override {
    add(m_tallies, m_source, record);
    return true;
  }
  bool damaged(Error) override { return true; }

  const Source& m_source;
  Tallies& m_tallies;
  std::vector<std::uint32_t> m_counts;  // of the codes with the prefix
};

}  // namespace

Result<std::vector<ValueCount>> values(const store::LogReader& reader, std::string_view field,
                                       std::string_view prefix, std::size_t most) {
  PK_ASSIGN(const Source source, source_of(field));
  Tallies tallies(prefix);
  Listing listing(source, tallies);
  PK_TRY(reader.scan_columns({}, listing));
  return tallies.most_frequent(most);
}

}  // namespace pk::query
