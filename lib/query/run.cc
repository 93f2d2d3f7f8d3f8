#include "query/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "base/text.h"
#include "query/column_filter.h"
#include "query/search.h"
#include "query/search_threads.h"
#include "query/seek.h"

namespace pk::query {

namespace {

using log::LogRecord;
using store::LogReader;

constexpr std::size_t k_part_chars_min = 6;
constexpr std::size_t k_candidates_max = 5;

// Makes `range` what lies past `id` in its order. False: nothing does.
bool go_past(store::Range& range, const Uuid& id) {
  if (range.order == store::Order::newest_first) {
    if (!range.before || id < *range.before) range.before = id;
    return true;
  }
  const auto from = store::successor(id);
  if (from && (!range.from || *range.from < *from)) range.from = from;
  return from.has_value();
}

// The id of the record that a corrupt error names (store/reader.h).
std::optional<Uuid> named_id(const Error& error) {
  constexpr std::size_t k_id_chars = 36;
  if (error.code != Errc::corrupt) return {};
  const std::string_view text = error.message;
  for (std::size_t at = 0; at + k_id_chars <= text.size(); ++at)
    if (const auto id = Uuid::parse(text.substr(at, k_id_chars))) return id;
  return {};
}

std::vector<const Term*> terms_of(const Filter& filter, Field field) {
  std::vector<const Term*> found;
  for (const Term& term : filter.terms)
    if (term.field == field) found.push_back(&term);
  return found;
}

// One query on its way through the ledger.
class Run final : private store::ColumnVisitor {
 public:
  Run(const LogReader& reader, const Query& query, const Visit& visit)
      : m_reader(reader),
        m_query(query),
        m_visit(visit),
        m_searches(needs_content(query.filter)),
        m_skip(query.skip) {}

  Result<Page> all() {
    store::Range range = time_range(m_query.filter);
    range.order = m_query.order;
    if (m_query.after && !go_past(range, *m_query.after)) return m_page;
    if (const auto traces = terms_of(m_query.filter, Field::trace_id); !traces.empty())
      return by_trace(range, traces);
    if (m_searches) {
      begin_search();
    } else if (m_skip > 0) {
      PK_ASSIGN(m_skip, pass_over(m_reader, m_query.filter, range, m_skip));
    }
    if (range.from && range.before && *range.before <= *range.from) return m_page;
    return m_query.filter.terms.empty() || m_ids_only ? by_row(range) : by_column(range);
  }

 private:
  Result<Page> by_row(store::Range range) {
    for (;;) {
      const Result<void> scanned = scan(range);
      if (m_error) return *std::move(m_error);
      if (scanned) return end();
      const auto id = named_id(scanned.error());
      if (!id || m_page.damaged.size() == k_damaged_max) return scanned.error();
      m_page.damaged.push_back(scanned.error().message);
      if (!go_past(range, *id)) return end();
    }
  }

  void begin_search() {
    m_threads.emplace(m_reader.env(), m_query.filter,
                      [this](Looked looked) { return take(std::move(looked)); });
    m_ids_only = std::ranges::all_of(m_query.filter.terms,
                                     [](const Term& term) { return term.field == Field::search; });
  }

  Result<void> scan(const store::Range& range) {
    if (m_ids_only)
      return m_reader.scan_ids(range, [this](const Uuid& id) { return is_due() && m_threads->put(id); });
    const auto scanned = m_reader.scan(range, rows_max(), [this](const LogRecord& row) { return take(row); });
    return scanned ? Result<void>{} : scanned.error();
  }

  // Whether one more row may be read.
  bool is_due() {
    m_page.cut_short = m_read++ == m_query.rows_max;
    return !m_page.cut_short;
  }

  Result<Page> end() {
    if (m_threads) m_threads->finish();
    if (m_error) return *std::move(m_error);
    return std::move(m_page);
  }

  // What the threads of a search have looked at.
  bool take(Looked looked) {
    m_searched += looked.records;
    for (Error& damaged : looked.damaged)
      if (!skip_damaged(std::move(damaged))) return false;
    for (const Uuid& id : looked.found)
      if (!take_found(id)) return false;
    m_error = std::move(looked.error);
    if (auto on = m_reader.go_on(); !on) m_error = std::move(on).error();
    if (m_query.searching && !m_query.searching(m_searched)) m_page.cut_short = true;
    return !m_error && !m_page.cut_short;
  }

  bool take_found(const Uuid& id) {
    auto whole = m_reader.get(id);
    if (!whole) return skip_damaged(std::move(whole).error());
    return !*whole || !matches(m_query.filter, **whole) || give(**whole);
  }

  // Without a filter the reader need not look further than the limit, and one more to know whether there is
  // more.
  std::size_t rows_max() const {
    const bool all = m_query.limit == 0 || !m_query.filter.terms.empty();
    return all ? std::numeric_limits<std::size_t>::max() : m_skip + m_query.limit - m_page.rows + 1;
  }

  // Blocks without a match are passed over, of the others only the rows that match are read.
  Result<Page> by_column(const store::Range& range) {
    PK_ASSIGN(m_columns, ColumnFilter::prepare(m_query.filter, m_reader));
    PK_TRY(m_reader.scan_columns(range, *this));
    return end();
  }

  bool block(const store::Block& block, store::BlockMask& mask) override {
    return m_columns->apply(block, mask) != ColumnFilter::Says::cannot;
  }
  bool may_want(std::string_view row) override { return m_columns->may_match(row); }
  bool row(const LogRecord& record) override { return take(record); }
  bool damaged(Error error) override { return skip_damaged(std::move(error)); }

  // The ledger has an index of traces: no need to look at all records.
  Result<Page> by_trace(const store::Range& range, const std::vector<const Term*>& traces) {
    std::vector<Uuid> ids;
    for (const Term* term : traces) {
      PK_ASSIGN(const std::vector<Uuid> found, m_reader.trace(term->text));
      ids.insert(ids.end(), found.begin(), found.end());
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (range.order == store::Order::newest_first) std::ranges::reverse(ids);
    for (const Uuid& id : ids) {
      PK_TRY(m_reader.go_on());
      if ((range.from && id < *range.from) || (range.before && id >= *range.before)) continue;
      if (!take_whole(id)) break;
    }
    if (m_error) return *std::move(m_error);
    return std::move(m_page);
  }

  bool take(const LogRecord& row) {
    if (!is_due()) return false;
    if (!matches(m_query.filter, row)) return true;
    if (m_threads) return m_threads->put(row.id);
    return m_query.content ? take_whole(row.id) : give(row);
  }

  bool take_whole(const Uuid& id) {
    auto whole = m_reader.get(id);
    if (!whole) return skip_damaged(std::move(whole).error());
    if (!*whole || !matches(m_query.filter, **whole) ||
        (m_searches && !matches_content(m_query.filter, **whole)))
      return true;
    return give(**whole);
  }

  bool give(const LogRecord& record) {
    if (m_skip > 0) {
      --m_skip;
      return true;
    }
    if (m_query.limit != 0 && m_page.rows == m_query.limit) {
      m_page.next = m_last;
      return false;
    }
    ++m_page.rows;
    m_last = record.id;
    return m_visit(record);
  }

  bool skip_damaged(Error error) {
    if (named_id(error) && m_page.damaged.size() < k_damaged_max)
      m_page.damaged.push_back(std::move(error.message));
    else
      m_error = std::move(error);
    return !m_error;
  }

  const LogReader& m_reader;
  const Query& m_query;
  const Visit& m_visit;
  const bool m_searches;
  std::uint64_t m_skip;  // matches that are still to be passed over
  Page m_page;
  std::optional<SearchThreads> m_threads;
  bool m_ids_only = false;  // nothing but bodies decides
  std::uint64_t m_read = 0;
  std::uint64_t m_searched = 0;
  std::optional<ColumnFilter> m_columns;
  std::optional<Uuid> m_last;
  std::optional<Error> m_error;
};

Result<Uuid> resolve_place(const LogReader& reader, std::string_view text) {
  const auto nth = text == "@latest" ? std::optional<std::uint64_t>(1) : parse_uint(text.substr(1));
  if (!nth || *nth == 0)
    return Error{Errc::invalid, fmt::format("'{}' is no place; write @latest, or @2 for the second newest",
                                            visible(text, false))};
  PK_ASSIGN(const std::optional<Uuid> id, reader.newest(*nth));
  if (id) return *id;
  PK_ASSIGN(const std::uint64_t count, reader.count());
  return Error{Errc::not_found, fmt::format("no log {}: there are {}", text, count)};
}

std::string listed(const std::vector<Uuid>& ids) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(ids.size(), k_candidates_max); ++i) texts.push_back(ids[i].text());
  return fmt::format("{}{}", fmt::join(texts, " "), ids.size() > k_candidates_max ? " …" : "");
}

}  // namespace

Result<Page> run(const LogReader& reader, const Query& query, const Visit& visit) {
  return Run(reader, query, visit).all();
}

Result<Uuid> resolve_id(const LogReader& reader, std::string_view text) {
  if (text.starts_with('@')) return resolve_place(reader, text);
  if (const auto whole = Uuid::parse(text)) return *whole;
  const std::string part = ascii_lower(text);
  const bool could_be = !part.empty() && part.find_first_not_of("0123456789abcdef-") == std::string::npos;
  std::vector<Uuid> found;
  if (could_be) {
    PK_ASSIGN(found, reader.find(part, k_candidates_max + 1));
  }
  if (part.size() < k_part_chars_min)
    return Error{
        Errc::invalid,
        fmt::format("'{}' is too short for a log id, write at least {} characters{}{}", visible(text, false),
                    k_part_chars_min, found.empty() ? "" : "; it could be ", listed(found))};
  if (found.empty())
    return Error{Errc::not_found,
                 fmt::format("no log has the id '{}'; see pk logs list", visible(text, false))};
  if (found.size() > 1)
    return Error{Errc::invalid,
                 fmt::format("'{}' is ambiguous; it could be {}", visible(text, false), listed(found))};
  return found.front();
}

Result<void> resolve_ids(const LogReader& reader, Filter& filter) {
  for (Term& term : filter.terms) {
    if (term.field != Field::replay_of) continue;
    PK_ASSIGN(const Uuid id, resolve_id(reader, term.text));
    term.text = id.text();
  }
  return {};
}

}  // namespace pk::query
