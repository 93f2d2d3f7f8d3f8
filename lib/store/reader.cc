#include "store/reader.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include "store/archived.h"
#include "store/codec.h"
#include "store/column_scan.h"
#include "store/compress.h"
#include "store/content.h"
#include "store/edit.h"
#include "store/nodes.h"
#include "store/row_walk.h"
#include "store/summary.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::size_t k_page_keys = 65'536;  // looked at under one transaction
constexpr std::size_t k_page_ids = 4096;     // held under one transaction, then visited without one

// Rows decoded ahead of their visit. Its records are reused from page to page.
struct Page {
  std::deque<log::LogRecord> records;
  std::size_t rows = 0;
  std::optional<Error> damage;  // of the row behind the last one
};

// Fewer rows than `rows_max`: the range is over, or the next row is damaged.
Result<void> read_page(const ReadTxn& txn, Walk& walk, std::size_t rows_max, Page& page) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  PK_ASSIGN(RowJoins joins, RowJoins::begin(txn));
  page.rows = 0;
  PK_ASSIGN(bool more, walk.start(cursor));
  while (more && page.rows < rows_max) {
    if (page.rows == page.records.size()) page.records.emplace_back();
    Result<void> read = read_row(as_uuid(cursor.key()), cursor.value(), joins, page.records[page.rows]);
    if (!read) {
      page.damage = std::move(read).error();
      return {};
    }
    ++page.rows;
    PK_ASSIGN(more, walk.next(cursor));
  }
  if (page.rows > 0) walk.go_on_after(page.records[page.rows - 1].id);
  return {};
}

// Fewer than k_page_ids: the range is over.
Result<void> read_ids(const ReadTxn& txn, Walk& walk, std::vector<Uuid>& ids) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  PK_ASSIGN(bool more, walk.start(cursor));
  while (more && ids.size() < k_page_ids) {
    ids.push_back(as_uuid(cursor.key()));
    PK_ASSIGN(more, walk.next(cursor));
  }
  if (!ids.empty()) walk.go_on_after(ids.back());
  return {};
}

Result<std::optional<log::Content>> read_side(const Txn& txn, Table side, const Uuid& id, bool expected,
                                              Decompressor& decompressor) {
  using Found = std::optional<log::Content>;
  PK_ASSIGN(const auto value, txn.get(side, as_view(id)));
  if (!value && expected) return damage(id, "a body that its row speaks of is missing");
  if (!value) return Found{};
  PK_ASSIGN(const ContentView view, view_content(id, *value));
  Result<std::string> raw = unpack(txn, view, decompressor);
  if (!raw) return damage(id, raw.error().message);
  PK_ASSIGN(log::Content content, read_content(id, *std::move(raw), view.head_bytes));
  return Found{std::move(content)};
}

bool is_part_of_id(std::string_view part) {
  return part.find_first_not_of("0123456789abcdef-") == std::string_view::npos && part.size() <= 36;
}

// The ids whose text begins like `part` lie between these two.
std::pair<Uuid, Uuid> bounds_of(std::string_view part) {
  static constexpr std::string_view k_low = "00000000-0000-0000-0000-000000000000";
  static constexpr std::string_view k_high = "ffffffff-ffff-ffff-ffff-ffffffffffff";
  const auto low = Uuid::parse(std::string(part).append(k_low.substr(part.size())));
  const auto high = Uuid::parse(std::string(part).append(k_high.substr(part.size())));
  return {low.value_or(Uuid{}), high.value_or(Uuid{})};  // hyphens in wrong places: no stretch at all
}

Result<std::vector<Uuid>> find_prefix(const Txn& txn, std::string_view part, std::size_t most) {
  std::vector<Uuid> found;
  const auto [low, high] = bounds_of(part);
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  PK_ASSIGN(bool more, cursor.seek(as_view(high)));
  if (!more || cursor.key() != as_view(high)) {
    PK_ASSIGN(more, more ? cursor.previous() : cursor.last());
  }
  while (more && found.size() < most && cursor.key() >= as_view(low)) {
    found.push_back(as_uuid(cursor.key()));
    PK_ASSIGN(more, cursor.previous());
  }
  return found;
}

// The next k_page_keys keys; true if there are more.
Result<bool> find_in_page(const ReadTxn& txn, Walk& walk, std::string_view part, std::size_t most,
                          std::vector<Uuid>& found) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  PK_ASSIGN(bool more, walk.start(cursor));
  Uuid id;
  for (std::size_t keys = 0; more && keys < k_page_keys; ++keys) {
    id = as_uuid(cursor.key());
    if (id.text().find(part) != std::string::npos) found.push_back(id);
    if (found.size() == most) return false;
    PK_ASSIGN(more, walk.next(cursor));
  }
  walk.go_on_after(id);
  return more;
}

Result<std::vector<Uuid>> find_within(ReadTxn& txn, std::string_view part, std::size_t most) {
  std::vector<Uuid> found;
  Walk walk(Range{});
  PK_ASSIGN(bool more, find_in_page(txn, walk, part, most, found));
  while (more) {
    txn.rest();
    PK_TRY(txn.renew());
    PK_ASSIGN(more, find_in_page(txn, walk, part, most, found));
  }
  return found;
}

// The ids that the trace table has for a hash: one seek per span of time that has any trace.
Result<std::vector<Uuid>> ids_by_hash(const Txn& txn, std::uint64_t hash) {
  std::vector<Uuid> ids;
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::traces));
  std::uint32_t span = 0;
  while (true) {
    std::string from;
    append_big_endian(from, span);
    append_big_endian(from, hash);
    PK_ASSIGN(bool more, cursor.seek(from));
    while (more && cursor.key().size() == k_trace_key_bytes && cursor.key().starts_with(from)) {
      ids.push_back(as_uuid(cursor.key().substr(from.size())));
      PK_ASSIGN(more, cursor.next());
    }
    if (!more || cursor.key().size() != k_trace_key_bytes) return ids;
    const auto next = load_big_endian<std::uint32_t>(cursor.key().data());
    span = next > span ? next : span + 1;
  }
}

}  // namespace

std::optional<Uuid> successor(Uuid id) {
  for (std::size_t i = id.bytes.size(); i-- > 0;)
    if (++id.bytes[i] != 0) return id;
  return {};
}

LogReader::LogReader(std::shared_ptr<Env> env) : m_env(std::move(env)) {}
LogReader::LogReader(LogReader&& other) noexcept = default;
LogReader::~LogReader() = default;

Result<void> LogReader::go_on() const {
  if (m_given_up && m_given_up()) return Error{Errc::cancelled, "nobody waits for it any more"};
  return {};
}

Result<std::size_t> LogReader::scan(const Range& range, std::size_t rows_max,
                                    const std::function<bool(const log::LogRecord&)>& visit) const {
  PK_ASSIGN(ReadTxn txn, ReadTxn::begin(*m_env));
  Walk walk(range);
  Page page;
  std::size_t visited = 0;
  while (visited < rows_max) {
    PK_TRY(go_on());
    const std::size_t wanted = std::min(k_page_rows, rows_max - visited);
    PK_TRY(read_page(txn, walk, wanted, page));
    txn.rest();
    for (std::size_t i = 0; i < page.rows; ++i) {
      ++visited;
      if (!visit(page.records[i])) return visited;
    }
    if (page.damage) return *std::move(page.damage);
    if (page.rows < wanted) break;
    PK_TRY(txn.renew());
  }
  return visited;
}

Result<void> LogReader::scan_columns(const Range& range, ColumnVisitor& visitor) const {
  return store::scan_columns(*m_env, range, visitor, [this] { return go_on(); });
}

Result<std::vector<Range>> LogReader::parts(const Range& range, std::size_t blocks) const {
  PK_ASSIGN(const std::vector<Uuid> cuts, block_cuts(*m_env, range, blocks));
  std::vector<Range> parts;
  std::optional<Uuid> from = range.from;
  for (const Uuid& cut : cuts) {
    parts.push_back({from, cut, range.order});
    from = cut;
  }
  parts.push_back({from, range.before, range.order});
  if (range.order == Order::newest_first) std::ranges::reverse(parts);
  return parts;
}

LogReader LogReader::another() const {
  LogReader reader(m_env);
  reader.m_given_up = m_given_up;
  return reader;
}

Result<std::optional<log::LogRecord>> LogReader::get(const Uuid& id) const {
  using Found = std::optional<log::LogRecord>;
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*m_env));
  PK_ASSIGN(const auto row, txn.get(Table::records, as_view(id)));
  if (!row) return Found{};
  log::LogRecord record;
  PK_TRY(decode_row(id, *row, record));
  const std::uint8_t flags = flags_of(*row);
  if (!m_decompressor) m_decompressor = std::make_unique<Decompressor>();
  const auto side = [&](Table table, std::uint8_t flag) {
    return read_side(txn, table, id, flags & flag, *m_decompressor);
  };
  PK_ASSIGN(record.request, side(Table::requests, row_flag::has_request));
  PK_ASSIGN(record.response, side(Table::responses, row_flag::has_response));
  PK_ASSIGN(FeedbackJoin feedback, FeedbackJoin::begin(txn));
  PK_ASSIGN(record.feedback, feedback.of(record.trace_id));
  PK_TRY(ArchivedJoin(txn).block(record));
  return Found{std::move(record)};
}

Result<std::optional<Uuid>> LogReader::newest(std::size_t nth) const {
  using Found = std::optional<Uuid>;
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*m_env));
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  if (nth == 0) return Found{};
  PK_ASSIGN(bool more, cursor.last());
  for (std::size_t i = 1; more && i < nth; ++i) {
    PK_ASSIGN(more, cursor.previous());
  }
  if (!more) return Found{};
  return Found{as_uuid(cursor.key())};
}

Result<std::vector<Uuid>> LogReader::find(std::string_view part, std::size_t most) const {
  if (part.empty() || !is_part_of_id(part)) return std::vector<Uuid>{};
  PK_ASSIGN(ReadTxn txn, ReadTxn::begin(*m_env));
  PK_ASSIGN(std::vector<Uuid> found, find_prefix(txn, part, most));
  if (!found.empty()) return found;
  return find_within(txn, part, most);
}

Result<std::vector<Uuid>> LogReader::trace(std::string_view trace_id) const {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*m_env));
  PK_ASSIGN(std::vector<Uuid> candidates, ids_by_hash(txn, trace_hash(trace_id)));
  if (const auto own = Uuid::parse(trace_id)) candidates.push_back(*own);
  std::vector<Uuid> ids;
  log::LogRecord record;
  for (const Uuid& id : candidates) {
    PK_ASSIGN(const auto row, txn.get(Table::records, as_view(id)));
    if (!row) continue;
    PK_TRY(decode_row(id, *row, record));
    if (record.trace_id == trace_id) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end(), std::greater<>());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<void> LogReader::scan_ids(const Range& range, const std::function<bool(const Uuid&)>& visit) const {
  PK_ASSIGN(ReadTxn txn, ReadTxn::begin(*m_env));
  Walk walk(range);
  std::vector<Uuid> ids;
  while (true) {
    PK_TRY(go_on());
    ids.clear();
    PK_TRY(read_ids(txn, walk, ids));
    txn.rest();
    for (const Uuid& id : ids)
      if (!visit(id)) return {};
    if (ids.size() < k_page_ids) return {};
    PK_TRY(txn.renew());
  }
}

Result<std::vector<Uuid>> LogReader::open_ids() const {
  std::vector<Uuid> ids;
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*m_env));
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::open));
  PK_ASSIGN(bool more, cursor.first());
  while (more) {
    if (cursor.key().size() == sizeof(Uuid)) ids.push_back(as_uuid(cursor.key()));
    PK_ASSIGN(more, cursor.next());
  }
  return ids;
}

Result<FeedbackTotals> LogReader::feedback_totals() const {
  return FeedbackTotals::read(*m_env);
}

Result<std::uint64_t> LogReader::count() const {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*m_env));
  return txn.entries(Table::records);
}

std::uint64_t LogReader::version() const {
  return m_env->last_txn();
}

}  // namespace pk::store
