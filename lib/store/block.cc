#include "store/block.h"

#include <algorithm>

#include "store/page_reader.h"
#include "store/segment_sum.h"
#include "store/text_filter.h"
#include "store/wire.h"

namespace pk::store {

namespace {

std::uint32_t load_u32(std::string_view bytes, std::size_t i) {
  std::uint32_t value = 0;
  if ((i + 1) * sizeof value <= bytes.size())
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
  return value;
}

bool is_code_width(std::uint8_t width) {
  return width == 0 || width == 1 || width == 2 || width == 4;
}

// Takes the ends and bytes of a dictionary from the front.
std::optional<Dictionary> take_dictionary(WireReader& in, std::uint32_t count) {
  const std::string_view ends = in.bytes(std::uint64_t{count} * sizeof(std::uint32_t));
  const std::string_view bytes = in.bytes(count == 0 ? 0 : load_u32(ends, count - 1));
  if (!in.ok()) return {};
  return Dictionary(ends, bytes);
}

std::optional<Codes> take_codes(WireReader& in, std::uint8_t width, std::uint64_t count) {
  if (!is_code_width(width)) return {};
  const std::string_view bytes = in.bytes(width * count);
  if (!in.ok() || !in.done()) return {};
  return Codes{bytes.data(), width};
}

}  // namespace

std::uint32_t Dictionary::end_of(std::size_t code) const {
  return load_u32(m_ends, code);
}

std::string_view Dictionary::at(std::size_t code) const {
  if (code >= size()) return {};
  const std::uint32_t begin = code == 0 ? 0 : end_of(code - 1);
  const std::uint32_t end = end_of(code);
  if (begin > end || end > m_bytes.size()) return {};
  return m_bytes.substr(begin, end - begin);
}

std::size_t Dictionary::lower_bound(std::string_view text) const {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (at(middle) < text)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

std::string_view Pairs::name(std::size_t code) const {
  const std::string_view text = texts.at(code);
  return text.substr(0, std::min<std::size_t>(load_u32(name_bytes, code), text.size()));
}

std::string_view Pairs::value(std::size_t code) const {
  return texts.at(code).substr(name(code).size());
}

std::pair<std::size_t, std::size_t> Pairs::of(std::size_t i) const {
  const std::size_t end = std::min<std::size_t>(load_u32(ends, i), codes_size);
  return {std::min<std::size_t>(i == 0 ? 0 : load_u32(ends, i - 1), end), end};
}

std::optional<Block> Block::view(std::string_view key, std::string_view value, std::string_view head) {
  Block block;
  WireReader in(head);
  in.fixed<std::uint64_t>();
  const auto version = in.fixed<std::uint8_t>();
  block.m_entries = in.fixed<std::uint8_t>();
  block.m_size = in.fixed<std::uint16_t>();
  const auto head_bytes = in.fixed<std::uint32_t>();
  const std::string_view before = in.bytes(sizeof(Uuid));
  if (!in.ok() || version != k_block_version || key.size() != sizeof(Uuid) || head_bytes > head.size() ||
      head_bytes != k_block_head_bytes + block.m_entries * k_column_entry_bytes ||
      block.m_size > k_block_records_max || !is_sealed(key, head.substr(0, head_bytes)))
    return {};
  block.m_from = as_uuid(key);
  block.m_before = as_uuid(before);
  block.m_value = value;
  block.m_head = head;
  return block;
}

bool Block::is_of_another_version(std::string_view key, std::string_view value) {
  WireReader in(value);
  in.fixed<std::uint64_t>();
  const auto version = in.fixed<std::uint8_t>();
  in.fixed<std::uint8_t>();
  in.fixed<std::uint16_t>();
  const auto head_bytes = in.fixed<std::uint32_t>();
  return in.ok() && version != k_block_version && head_bytes >= k_block_head_bytes &&
         head_bytes <= value.size() && is_sealed(key, value.substr(0, head_bytes));
}

Block::Entry Block::entry(std::size_t place) const {
  Entry entry;
  std::memcpy(&entry, m_head.data() + k_block_head_bytes + place * sizeof entry, sizeof entry);
  return entry;
}

std::optional<Block::Entry> Block::find(Column column, ColumnKind kind) const {
  for (std::size_t i = 0; i < m_entries; ++i) {
    const Entry found = entry(i);
    if (found.column != static_cast<std::uint8_t>(column)) continue;
    if (found.kind != static_cast<std::uint8_t>(kind)) return {};
    return found;
  }
  return {};
}

bool Block::has(Column column) const {
  for (std::size_t i = 0; i < m_entries; ++i)
    if (entry(i).column == static_cast<std::uint8_t>(column)) return true;
  return false;
}

std::optional<std::string_view> Block::place_of(const Entry& entry) const {
  if (entry.offset > m_value.size() || entry.bytes > m_value.size() - entry.offset) return {};
  return m_value.substr(entry.offset, entry.bytes);
}

std::optional<std::string_view> Block::segment(const Entry& entry) const {
  const auto bytes = place_of(entry);
  if (!bytes || segment_sum(m_from, entry.column, *bytes) != entry.sum) return {};
  return bytes;
}

std::optional<Numbers> Block::number_bounds(Column column) const {
  const auto found = find(column, ColumnKind::number);
  if (!found) return {};
  Numbers numbers;
  numbers.least = static_cast<std::int64_t>(found->least);
  numbers.most = static_cast<std::int64_t>(found->most);
  numbers.nulls = found->flags & column_flag::nulls;
  numbers.any = found->width != 0 || !numbers.nulls;
  numbers.codes.width = found->width;
  return numbers;
}

std::optional<Numbers> Block::numbers(Column column) const {
  auto numbers = number_bounds(column);
  if (!numbers || numbers->codes.width == 0) return numbers;
  const std::uint8_t width = numbers->codes.width;
  const auto bytes = segment(*find(column, ColumnKind::number));
  if (!bytes || !(is_code_width(width) || width == 8) || bytes->size() != m_size * width) return {};
  numbers->codes.data = bytes->data();
  return numbers;
}

std::optional<Reals> Block::real_bounds(Column column) const {
  const auto found = find(column, ColumnKind::real);
  if (!found) return {};
  Reals reals;
  reals.least = std::bit_cast<double>(found->least);
  reals.most = std::bit_cast<double>(found->most);
  reals.any = found->width != 0 || !(found->flags & column_flag::nulls);
  if (!reals.any) reals.least = std::bit_cast<double>(~std::uint64_t{0});  // NaN
  return reals;
}

std::optional<Reals> Block::reals(Column column) const {
  auto reals = real_bounds(column);
  if (!reals) return {};
  const Entry entry = *find(column, ColumnKind::real);
  if (entry.width == 0) return reals;
  const auto bytes = segment(entry);
  if (!bytes || bytes->size() != m_size * sizeof(double)) return {};
  reals->data = bytes->data();
  return reals;
}

std::optional<Texts> Block::texts(Column column) const {
  const auto found = find(column, ColumnKind::text);
  if (!found) return {};
  const auto bytes = segment(*found);
  if (!bytes) return {};
  WireReader in(*bytes);
  const auto dictionary = take_dictionary(in, found->count);
  if (!dictionary) return {};
  const auto codes = take_codes(in, found->width, m_size);
  if (!codes) return {};
  return Texts{*dictionary, *codes};
}

std::optional<Pairs> Block::pairs(Column column) const {
  const auto found = find(column, ColumnKind::pairs);
  if (!found) return {};
  Pairs pairs;
  if (found->bytes == 0) return pairs;
  const auto bytes = segment(*found);
  if (!bytes) return {};
  WireReader in(*bytes);
  pairs.name_bytes = in.bytes(std::uint64_t{found->count} * sizeof(std::uint32_t));
  const auto dictionary = take_dictionary(in, found->count);
  pairs.ends = in.bytes(m_size * sizeof(std::uint32_t));
  if (!dictionary || !in.ok()) return {};
  pairs.texts = *dictionary;
  pairs.codes_size = m_size == 0 ? 0 : load_u32(pairs.ends, m_size - 1);
  const auto codes = take_codes(in, found->width, pairs.codes_size);
  if (!codes) return {};
  pairs.codes = *codes;
  return pairs;
}

std::optional<std::string_view> Block::ids() const {
  return whole(Column::id, ColumnKind::ids, sizeof(Uuid));
}

std::optional<std::string_view> Block::figures() const {
  return whole(Column::figures, ColumnKind::figures, sizeof(Figures));
}

std::optional<std::string_view> Block::unchecked_ids() const {
  return unchecked(Column::id, ColumnKind::ids, sizeof(Uuid));
}

Uuid Block::unchecked_id(std::string_view ids, std::size_t i) const {
  Uuid id;
  copy(ids.substr(i * sizeof id, sizeof id), reinterpret_cast<char*>(id.bytes.data()));
  return id;
}

std::optional<Figures> Block::figures_at(std::size_t i) const {
  Figures figures;
  const auto all = unchecked(Column::figures, ColumnKind::figures, sizeof figures);
  if (!all || i >= m_size) return {};
  copy(all->substr(i * sizeof figures, sizeof figures), reinterpret_cast<char*>(&figures));
  if (figures.check != check_of(figures, segment_seed(m_from, static_cast<std::uint8_t>(Column::figures)), i))
    return {};
  return figures;
}

// A column that has `bytes` for each record.
std::optional<std::string_view> Block::whole(Column column, ColumnKind kind, std::size_t bytes) const {
  const auto found = find(column, kind);
  if (!found || found->bytes != m_size * bytes) return {};
  return segment(*found);
}

std::optional<std::string_view> Block::unchecked(Column column, ColumnKind kind, std::size_t bytes) const {
  const auto found = find(column, kind);
  if (!found || found->bytes != m_size * bytes) return {};
  return place_of(*found);
}

void Block::copy(std::string_view from, char* to) const {
  if (m_pages == nullptr || !m_pages->copy(from, from.size(), to)) std::memcpy(to, from.data(), from.size());
}

bool Block::may_have(Column column, std::uint64_t hash) const {
  const auto found = find(filter_of(column), ColumnKind::filter);
  if (!found) return true;
  const auto filter = place_of(*found);
  const auto bucket = filter ? text_filter_bucket(filter->size(), hash) : std::nullopt;
  if (!bucket) return true;
  TextFilterBucket bytes;
  const std::size_t at = *bucket * sizeof bytes;
  if (found->offset + at + sizeof bytes <= m_head.size())  // it came with the head
    std::memcpy(&bytes, m_head.data() + found->offset + at, sizeof bytes);
  else
    copy(filter->substr(at, sizeof bytes), reinterpret_cast<char*>(&bytes));
  return !is_whole(bytes, segment_seed(m_from, found->column), *bucket) || store::may_have(bytes, hash);
}

bool Block::may_have(Column column, std::string_view text) const {
  return may_have(column, text_filter_hash(text));
}

bool Block::may_have(Column column, std::string_view name, std::string_view value) const {
  return may_have(column, text_filter_hash(name, value));
}

bool Block::is_intact() const {
  for (std::size_t i = 0; i < m_entries; ++i)
    if (!segment(entry(i))) return false;
  return true;
}

}  // namespace pk::store
