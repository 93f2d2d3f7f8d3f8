#include "query/seek.h"

#include <algorithm>
#include <vector>

#include "query/column_filter.h"

namespace pk::query {

namespace {

// How many match in a stretch of ids: a block's, or a single row's.
struct Stretch {
  Uuid from;
  std::optional<Uuid> before;  // nothing: up to the last id
  std::uint64_t matches = 0;
};

// Blocks are told of before the rows that lie between them, so that the stretches have to be put in order.
class Stretches final : public store::ColumnVisitor {
 public:
  Stretches(const Filter& filter, ColumnFilter& columns) : m_filter(filter), m_columns(columns) {}

  std::vector<Stretch> ascending() {
    std::ranges::sort(m_stretches, {}, &Stretch::from);
    // A row that has changed stands by itself within its block: whose part it is here.
    std::vector<Stretch> joined;
    for (const Stretch& each : m_stretches) {
      if (!joined.empty() && (!joined.back().before || each.from < *joined.back().before))
        joined.back().matches += each.matches;
      else
        joined.push_back(each);
    }
    return joined;
  }

 private:
  bool block(const store::Block& block, store::BlockMask& mask) override {
    const ColumnFilter::Says says = m_columns.apply(block, mask);
    if (says != ColumnFilter::Says::decided) return says == ColumnFilter::Says::candidates;
    m_stretches.push_back({block.from(), block.before(), mask.count()});
    mask.clear();
    return true;
  }
  bool may_want(std::string_view row) override { return m_columns.may_match(row); }
  bool row(const log::LogRecord& record) override {
    if (matches(m_filter, record)) m_stretches.push_back({record.id, store::successor(record.id), 1});
    return true;
  }
  bool damaged(Error) override { return true; }

  const Filter& m_filter;
  ColumnFilter& m_columns;
  std::vector<Stretch> m_stretches;
};

}  // namespace

Result<std::uint64_t> pass_over(const store::LogReader& reader, const Filter& filter, store::Range& range,
                                std::uint64_t count) {
  PK_ASSIGN(ColumnFilter columns, ColumnFilter::prepare(filter, reader));
  Stretches visitor(filter, columns);
  PK_TRY(reader.scan_columns(range, visitor));
  std::vector<Stretch> stretches = visitor.ascending();
  const bool newest_first = range.order == store::Order::newest_first;
  if (newest_first) std::ranges::reverse(stretches);
  for (const Stretch& each : stretches) {
    if (each.matches > count) break;
    count -= each.matches;
    if (newest_first)
      range.before = each.from;
    else if (each.before)
      range.from = each.before;
  }
  return count;
}

}  // namespace pk::query
