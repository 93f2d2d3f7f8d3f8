#include "query/count.h"

#include <algorithm>

#include "query/column_filter.h"
#include "query/run.h"

namespace pk::query {

namespace {

Result<std::optional<Uuid>> next(const store::LogReader& reader, const Filter& filter, const Uuid& id,
                                 store::Order order) {
  std::optional<Uuid> found;
  PK_TRY(run(reader, {.filter = filter, .limit = 1, .after = id, .order = order},
             [&](const log::LogRecord& record) {
               found = record.id;
               return false;
             }));
  return found;
}

// Counts in columns what they decide, and rows where they do not.
class Counting final : public store::ColumnVisitor {
 public:
  Counting(const Filter& filter, ColumnFilter& columns, std::uint64_t rows_max)
      : m_filter(filter), m_columns(columns), m_rows_left(rows_max) {}

  const Count& count() const { return m_count; }

 private:
  bool block(const store::Block& block, store::BlockMask& mask) override {
    const ColumnFilter::Says says = m_columns.apply(block, mask);
    if (says != ColumnFilter::Says::decided) return says == ColumnFilter::Says::candidates;
    m_count.records += mask.count();
    mask.clear();
    return true;
  }
  bool may_want(std::string_view row) override { return m_columns.may_match(row); }
  bool row(const log::LogRecord& record) override {
    m_count.exact = m_rows_left-- > 0;
    if (m_count.exact) m_count.records += matches(m_filter, record);
    return m_count.exact;
  }
  bool damaged(Error) override { return true; }

  const Filter& m_filter;
  ColumnFilter& m_columns;
  std::uint64_t m_rows_left;
  Count m_count;
};

bool wants_rows(const Term& term) {
  return term.field == Field::search || term.field == Field::trace_id;
}

}  // namespace

Result<Count> count(const store::LogReader& reader, const Filter& filter, std::uint64_t rows_max) {
  Count count;
  if (filter.terms.empty()) {
    PK_ASSIGN(count.records, reader.count());
    return count;
  }
  if (std::ranges::none_of(filter.terms, wants_rows)) {
    PK_ASSIGN(ColumnFilter columns, ColumnFilter::prepare(filter, reader));
    Counting counting(filter, columns, rows_max);
    PK_TRY(reader.scan_columns(time_range(filter), counting));
    return counting.count();
  }
  PK_ASSIGN(const Page page,
            run(reader, {.filter = filter, .limit = 0, .rows_max = rows_max}, [&](const log::LogRecord&) {
              ++count.records;
              return true;
            }));
  count.exact = !page.cut_short;
  return count;
}

Result<Neighbours> neighbours(const store::LogReader& reader, const Filter& filter, const Uuid& id) {
  Neighbours found;
  PK_ASSIGN(found.newer, next(reader, filter, id, store::Order::oldest_first));
  PK_ASSIGN(found.older, next(reader, filter, id, store::Order::newest_first));
  return found;
}

}  // namespace pk::query
