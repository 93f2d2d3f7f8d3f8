#include "store/block_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/assert.h"
#include "store/block.h"
#include "store/edit.h"
#include "store/segment_sum.h"
#include "store/text_filter.h"
#include "store/wire.h"

namespace pk::store {

namespace {

// Each in the order in which add() gives them.
constexpr Column k_numbers[] = {Column::created_at,     Column::trace,    Column::endpoint,    Column::state,
                                Column::http_status,    Column::ok,       Column::cache,       Column::retry,
                                Column::retry_attempts, Column::fallback, Column::loadbalance, Column::stream,
                                Column::total_tokens,   Column::tracked};
constexpr Column k_reals[] = {Column::cost_usd, Column::latency_ms};
constexpr Column k_texts[] = {Column::provider,    Column::model,     Column::requested_model,
                              Column::virtual_key, Column::api_key,   Column::user,
                              Column::config_id,   Column::prompt_id, Column::replay_of};

constexpr double k_null = std::numeric_limits<double>::quiet_NaN();

std::uint8_t width_for(std::uint64_t most) {
  if (most == 0) return 0;
  if (most <= 0xff) return 1;
  if (most <= 0xffff) return 2;
  return most <= 0xffff'ffff ? 4 : 8;
}

void append_code(std::string& out, std::uint64_t code, std::uint8_t width) {
  char bytes[sizeof code];
  std::memcpy(bytes, &code, sizeof code);
  out.append(bytes, width);
}

std::string_view value_of_pair(std::string_view pair) {
  return pair.substr(sizeof(std::uint32_t));
}

std::pair<std::string_view, std::string_view> split_pair(std::string_view pair) {
  std::uint32_t name_bytes = 0;
  std::memcpy(&name_bytes, pair.data(), sizeof name_bytes);
  const std::string_view text = value_of_pair(pair);
  return {text.substr(0, name_bytes), text.substr(name_bytes)};
}

// What each code of a Coder becomes where texts stand in order.
template <class Less>
std::vector<std::uint32_t> in_order(const std::vector<std::string_view>& texts, Less less) {
  std::vector<std::uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return less(texts[a], texts[b]); });
  return order;
}

std::vector<std::uint32_t> inverse(const std::vector<std::uint32_t>& order) {
  std::vector<std::uint32_t> places(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = static_cast<std::uint32_t>(i);
  return places;
}

// All that a block says.
struct BlockColumns {
  std::vector<Numbers> numbers;  // in the order of k_numbers, and so on
  std::vector<Reals> reals;
  std::vector<Texts> texts;
  Pairs pairs;
  std::string_view ids;
  std::optional<std::string_view> figures;
};

bool are_below(const Codes& codes, std::size_t size, std::size_t bound) {
  std::uint64_t most = 0;
  codes.visit(size, [&](std::size_t, std::uint64_t code) { most = std::max(most, code); });
  return size == 0 || most < bound;
}

std::optional<BlockColumns> read_columns(const Block& block) {
  BlockColumns columns;
  for (const Column column : k_numbers) {
    const auto numbers = block.numbers(column);
    if (!numbers) return {};
    columns.numbers.push_back(*numbers);
  }
  for (const Column column : k_reals) {
    const auto reals = block.reals(column);
    if (!reals) return {};
    columns.reals.push_back(*reals);
  }
  for (const Column column : k_texts) {
    const auto texts = block.texts(column);
    if (!texts || !are_below(texts->codes, block.size(), texts->texts.size())) return {};
    columns.texts.push_back(*texts);
  }
  const auto pairs = block.pairs(Column::metadata);
  const auto ids = block.ids();
  if (!pairs || !ids || !are_below(pairs->codes, pairs->codes_size, pairs->texts.size())) return {};
  columns.pairs = *pairs;
  columns.ids = *ids;
  columns.figures = block.figures();
  if (!columns.figures && block.has(Column::figures)) return {};
  return columns;
}

}  // namespace

// The bytes of a block while they are made: head and entries first, segments behind them.
class BlockBuilder::Writer {
 public:
  Writer(const Uuid& from, std::size_t entries) : m_key(as_view(from)) {
    m_out.assign(k_block_head_bytes + entries * k_column_entry_bytes, '\0');
    m_head_bytes = m_out.size();
  }

  void filter(Column column, const std::vector<std::uint64_t>& hashes) {
    const auto number = static_cast<std::uint8_t>(filter_of(column));
    m_out += make_text_filter(hashes, segment_seed(as_uuid(m_key), number));
    entry(filter_of(column), ColumnKind::filter, {});
  }
  void numbers(Column column, const NumberColumn& numbers);
  void reals(Column column, const std::vector<double>& values);
  void texts(Column column, const TextColumn& texts);
  void pairs(Column column, const PairColumn& pairs);
  void ids(Column column, std::string_view ids) {
    m_out += ids;
    entry(column, ColumnKind::ids, {});
  }
  void figures(const std::vector<Figures>& figures);
  std::string finish(std::size_t records, const Uuid& before);

 private:
  struct Facts {
    std::uint8_t width = 0;
    std::uint8_t flags = 0;
    std::uint32_t count = 0;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
  };
  // Of the segment that begins at m_begin.
  void entry(Column column, ColumnKind kind, const Facts& facts);
  void dictionary(const std::vector<std::string_view>& texts, const std::vector<std::uint32_t>& order,
                  std::size_t skip);

  std::string_view m_key;
  std::string m_out;
  std::string m_entries;
  std::size_t m_head_bytes = 0;
  std::size_t m_begin = 0;
};

void BlockBuilder::Writer::entry(Column column, ColumnKind kind, const Facts& facts) {
  const std::size_t begin = std::max(m_begin, m_head_bytes);
  const std::string_view segment = std::string_view(m_out).substr(begin);
  append_fixed(m_entries, static_cast<std::uint8_t>(column));
  append_fixed(m_entries, static_cast<std::uint8_t>(kind));
  append_fixed(m_entries, facts.width);
  append_fixed(m_entries, facts.flags);
  append_fixed(m_entries, facts.count);
  append_fixed(m_entries, static_cast<std::uint32_t>(begin));
  append_fixed(m_entries, static_cast<std::uint32_t>(segment.size()));
  append_fixed(m_entries, segment_sum(as_uuid(m_key), static_cast<std::uint8_t>(column), segment));
  append_fixed(m_entries, facts.least);
  append_fixed(m_entries, facts.most);
  m_begin = m_out.size();
}

void BlockBuilder::Writer::numbers(Column column, const NumberColumn& numbers) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  std::size_t known = 0;
  for (std::size_t i = 0; i < numbers.values.size(); ++i) {
    if (!numbers.has[i]) continue;
    ++known;
    least = std::min(least, numbers.values[i]);
    most = std::max(most, numbers.values[i]);
  }
  if (known == 0) least = most = 0;
  const bool nulls = known < numbers.values.size();
  const std::uint64_t range = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
  // One value more than 64 bits have: without the column rows decide.
  const bool fits = !nulls || range != std::numeric_limits<std::uint64_t>::max();
  Facts facts{0, static_cast<std::uint8_t>(nulls ? column_flag::nulls : 0), 0,
              static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most)};
  if (known > 0 && fits) facts.width = width_for(range + (nulls ? 1 : 0));
  for (std::size_t i = 0; facts.width > 0 && i < numbers.values.size(); ++i) {
    const std::uint64_t code =
        static_cast<std::uint64_t>(numbers.values[i]) - static_cast<std::uint64_t>(least);
    append_code(m_out, numbers.has[i] ? code + (nulls ? 1 : 0) : 0, facts.width);
  }
  // A kind that no reader asks for: the column counts as missing.
  entry(column, fits ? ColumnKind::number : ColumnKind::ids, facts);
}

void BlockBuilder::Writer::reals(Column column, const std::vector<double>& values) {
  double least = k_null;
  double most = k_null;
  bool nulls = false;
  bool same = true;
  for (const double value : values) {
    same &= std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(values.front());
    if (std::isnan(value)) {
      nulls = true;
      continue;
    }
    if (!(least <= value)) least = value;
    if (!(most >= value)) most = value;
  }
  Facts facts{0, static_cast<std::uint8_t>(nulls ? column_flag::nulls : 0), 0,
              std::bit_cast<std::uint64_t>(least), std::bit_cast<std::uint64_t>(most)};
  if (!same) {
    facts.width = sizeof(double);
    m_out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  }
  entry(column, ColumnKind::real, facts);
}

void BlockBuilder::Writer::dictionary(const std::vector<std::string_view>& texts,
                                      const std::vector<std::uint32_t>& order, std::size_t skip) {
  std::uint32_t end = 0;
  for (const std::uint32_t code : order)
    append_fixed(m_out, end += static_cast<std::uint32_t>(texts[code].size() - skip));
  for (const std::uint32_t code : order) m_out.append(texts[code].substr(skip));
}

void BlockBuilder::Writer::texts(Column column, const TextColumn& texts) {
  const auto order = in_order(texts.coder.texts, std::less<>());
  const auto places = inverse(order);
  Facts facts;
  facts.count = static_cast<std::uint32_t>(order.size());
  facts.width = width_for(order.empty() ? 0 : order.size() - 1);
  dictionary(texts.coder.texts, order, 0);
  for (std::size_t i = 0; facts.width > 0 && i < texts.codes.size(); ++i)
    append_code(m_out, places[texts.codes[i]], facts.width);
  entry(column, ColumnKind::text, facts);
}

void BlockBuilder::Writer::pairs(Column column, const PairColumn& pairs) {
  const auto order = in_order(pairs.coder.texts, [](std::string_view a, std::string_view b) {
    return split_pair(a) < split_pair(b);
  });
  const auto places = inverse(order);
  Facts facts;
  facts.count = static_cast<std::uint32_t>(order.size());
  if (!order.empty()) {
    facts.width = width_for(order.size() - 1);
    for (const std::uint32_t code : order)
      m_out.append(pairs.coder.texts[code].substr(0, sizeof(std::uint32_t)));
    dictionary(pairs.coder.texts, order, sizeof(std::uint32_t));
    for (const std::uint32_t end : pairs.ends) append_fixed(m_out, end);
    for (std::size_t i = 0; facts.width > 0 && i < pairs.codes.size(); ++i)
      append_code(m_out, places[pairs.codes[i]], facts.width);
  }
  entry(column, ColumnKind::pairs, facts);
}

void BlockBuilder::Writer::figures(const std::vector<Figures>& figures) {
  const std::uint64_t seed = segment_seed(as_uuid(m_key), static_cast<std::uint8_t>(Column::figures));
  for (std::size_t i = 0; i < figures.size(); ++i) {
    Figures one = figures[i];
    one.check = check_of(one, seed, i);
    m_out.append(reinterpret_cast<const char*>(&one), sizeof one);
  }
  entry(Column::figures, ColumnKind::figures, {});
}

std::string BlockBuilder::Writer::finish(std::size_t records, const Uuid& before) {
  std::string head(k_sum_bytes, '\0');
  append_fixed(head, k_block_version);
  append_fixed(head, static_cast<std::uint8_t>(m_entries.size() / k_column_entry_bytes));
  append_fixed(head, static_cast<std::uint16_t>(records));
  append_fixed(head, static_cast<std::uint32_t>(m_head_bytes));
  head.append(as_view(before)).append(m_entries);
  PK_ASSERT(head.size() == m_head_bytes);
  seal(m_key, head.data(), head.size());
  m_out.replace(0, head.size(), head);
  return std::move(m_out);
}

void BlockBuilder::NumberColumn::add(std::optional<std::int64_t> value) {
  values.push_back(value.value_or(0));
  has.push_back(value.has_value());
}

std::uint32_t BlockBuilder::Coder::code_of(std::string_view text) {
  const auto found = codes.find(text);
  if (found != codes.end()) return found->second;
  const auto code = static_cast<std::uint32_t>(texts.size());
  texts.push_back(codes.emplace(std::string(text), code).first->first);
  bytes += text.size();
  return code;
}

void BlockBuilder::Coder::add(std::string_view text, std::vector<std::uint32_t>& out) {
  // Records beside each other often say the same.
  const bool again = !out.empty() && texts[out.back()] == text;
  out.push_back(again ? out.back() : code_of(text));
}

void BlockBuilder::Coder::clear() {
  texts.clear();
  codes.clear();
  bytes = 0;
}

BlockBuilder::BlockBuilder()
    : m_numbers(std::size(k_numbers)), m_reals(std::size(k_reals)), m_texts(std::size(k_texts)) {}

void BlockBuilder::add(const log::LogRecord& record, bool own_trace) {
  PK_ASSERT(m_size < k_block_records_max);
  ++m_size;
  m_last = record.id;
  m_ids += as_view(record.id);
  std::size_t at = 0;
  const auto number = [&](std::optional<std::int64_t> value) { m_numbers[at++].add(value); };
  const auto slug = [&](auto value) { number(static_cast<std::int64_t>(value)); };
  number(record.created_at);
  number(own_trace ? 0 : static_cast<std::int64_t>(trace_hash(record.trace_id)));
  slug(record.endpoint);
  slug(record.state);
  number(record.http_status);
  number(record.ok);
  slug(record.cache);
  slug(record.retry);
  number(record.retry_attempts);
  slug(record.fallback);
  slug(record.loadbalance);
  number(record.stream);
  number(record.total_tokens);
  number(record.tracked);
  m_reals[0].push_back(record.cost_usd.value_or(k_null));
  m_reals[1].push_back(record.latency_ms);
  const auto figures = figures_of(record);
  m_figures_fit &= figures.has_value();
  if (m_figures_fit) m_figures.push_back(*figures);
  at = 0;
  const auto text = [&](std::string_view value) {
    TextColumn& column = m_texts[at++];
    column.coder.add(value, column.codes);
  };
  text(record.provider);
  text(record.model);
  text(record.requested_model);
  text(record.virtual_key);
  text(record.api_key);
  text(record.user);
  text(record.config_id);
  text(record.prompt_id);
  text(record.replay_of ? as_view(*record.replay_of) : std::string_view());
  for (const auto& [name, value] : record.metadata) m_pairs.coder.add(pair_of(name, value), m_pairs.codes);
  m_pairs.ends.push_back(static_cast<std::uint32_t>(m_pairs.codes.size()));
}

// As a PairColumn's texts are.
std::string_view BlockBuilder::pair_of(std::string_view name, std::string_view value) {
  m_pair.clear();
  append_fixed(m_pair, static_cast<std::uint32_t>(name.size()));
  m_pair.append(name).append(value);
  return m_pair;
}

bool BlockBuilder::is_full() const {
  std::size_t bytes = m_pairs.coder.bytes;
  for (const TextColumn& column : m_texts) bytes += column.coder.bytes;
  return bytes >= k_block_text_bytes_max;
}

bool BlockBuilder::add(const Block& block) {
  const std::size_t size = block.size();
  PK_ASSERT(m_size + size <= k_block_records_max);
  const std::optional<BlockColumns> columns = read_columns(block);
  if (!columns) return false;
  if (size == 0) return true;
  for (std::size_t at = 0; at < m_numbers.size(); ++at)
    for (std::size_t i = 0; i < size; ++i) m_numbers[at].add(columns->numbers[at].at(i));
  for (std::size_t at = 0; at < m_reals.size(); ++at) {
    for (std::size_t i = 0; i < size; ++i) {
      const double value = columns->reals[at].at(i);
      m_reals[at].push_back(std::isnan(value) ? k_null : value);  // null has one form here
    }
  }
  std::vector<std::uint32_t> ours;  // what a code of the block's is here
  for (std::size_t at = 0; at < m_texts.size(); ++at) {
    const Texts& texts = columns->texts[at];
    TextColumn& column = m_texts[at];
    ours.clear();
    for (std::size_t i = 0; i < texts.texts.size(); ++i)
      ours.push_back(column.coder.code_of(texts.texts.at(i)));
    texts.codes.visit(size, [&](std::size_t, std::uint64_t code) { column.codes.push_back(ours[code]); });
  }
  const Pairs& pairs = columns->pairs;
  const std::size_t begin = m_pairs.codes.size();
  ours.clear();
  for (std::size_t i = 0; i < pairs.texts.size(); ++i)
    ours.push_back(m_pairs.coder.code_of(pair_of(pairs.name(i), pairs.value(i))));
  pairs.codes.visit(pairs.codes_size,
                    [&](std::size_t, std::uint64_t code) { m_pairs.codes.push_back(ours[code]); });
  for (std::size_t i = 0; i < size; ++i)
    m_pairs.ends.push_back(static_cast<std::uint32_t>(begin + pairs.of(i).second));
  m_figures_fit &= columns->figures.has_value();
  for (std::size_t i = 0; m_figures_fit && i < size; ++i) {
    m_figures.push_back(nth_figures(*columns->figures, i));
    m_figures.back().check = 0;
  }
  m_ids += columns->ids;
  m_size += size;
  m_last = nth_id(columns->ids, size - 1);
  return true;
}

// The columns that have many texts.
std::vector<BlockBuilder::Filtered> BlockBuilder::filtered() const {
  std::vector<Filtered> columns;
  for (std::size_t i = 0; i < m_texts.size(); ++i) {
    if (m_texts[i].coder.texts.size() < k_text_filter_texts_min) continue;
    Filtered& column = columns.emplace_back(Filtered{k_texts[i], {}});
    for (const std::string_view text : m_texts[i].coder.texts)
      column.hashes.push_back(text_filter_hash(text));
  }
  if (m_pairs.coder.texts.size() < k_text_filter_texts_min) return columns;
  Filtered& column = columns.emplace_back(Filtered{Column::metadata, {}});
  for (const std::string_view pair : m_pairs.coder.texts) {
    const auto [name, value] = split_pair(pair);
    column.hashes.push_back(text_filter_hash(name, value));
  }
  return columns;
}

std::string BlockBuilder::finish(const Uuid& from, const Uuid& before) const {
  const std::size_t others = m_figures_fit ? 3 : 2;  // ids, metadata and figures
  const std::vector<Filtered> filters = filtered();
  Writer writer(from,
                std::size(k_numbers) + std::size(k_reals) + std::size(k_texts) + others + filters.size());
  // Beside the head, for who is told there that nothing is to be found reads no more.
  for (const Filtered& column : filters) writer.filter(column.column, column.hashes);
  for (std::size_t i = 0; i < m_numbers.size(); ++i) writer.numbers(k_numbers[i], m_numbers[i]);
  for (std::size_t i = 0; i < m_texts.size(); ++i) writer.texts(k_texts[i], m_texts[i]);
  for (std::size_t i = 0; i < m_reals.size(); ++i) writer.reals(k_reals[i], m_reals[i]);
  writer.pairs(Column::metadata, m_pairs);
  writer.ids(Column::id, m_ids);
  if (m_figures_fit) writer.figures(m_figures);
  return writer.finish(m_size, before);
}

void BlockBuilder::clear() {
  m_size = 0;
  m_ids.clear();
  for (NumberColumn& column : m_numbers) {
    column.values.clear();
    column.has.clear();
  }
  for (auto& values : m_reals) values.clear();
  m_figures.clear();
  m_figures_fit = true;
  for (TextColumn& column : m_texts) {
    column.coder.clear();
    column.codes.clear();
  }
  m_pairs.coder.clear();
  m_pairs.codes.clear();
  m_pairs.ends.clear();
}

}  // namespace pk::store
