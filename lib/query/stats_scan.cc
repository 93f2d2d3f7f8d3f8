#include "query/stats_scan.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

#include "query/block_tally.h"
#include "query/column_filter.h"
#include "query/run.h"

namespace pk::query {

namespace {

// One part of the ledger, or all of it: what comes as rows and what comes as columns.
class Adding final : private store::ColumnVisitor {
 public:
  Adding(const Filter& filter, ColumnFilter& columns, const store::FeedbackTotals& feedback, Groups& groups)
      : m_filter(filter), m_columns(columns), m_feedback(feedback), m_groups(groups) {}

  Result<void> scan(const store::LogReader& reader, const store::Range& range) {
    PK_TRY(reader.scan_columns(range, *this));
    if (m_error) return *std::move(m_error);
    return {};
  }

  bool fits() const { return !m_too_many; }
  std::vector<std::string>& damaged() { return m_damaged; }

 private:
  bool block(const store::Block& block, store::BlockMask& mask) override {
    const ColumnFilter::Says says = m_columns.apply(block, mask);
    if (says != ColumnFilter::Says::decided) return says == ColumnFilter::Says::candidates;
    const Tallied tallied = tally_block(block, mask, m_feedback, m_groups);
    if (tallied == Tallied::cannot) return false;
    m_too_many |= tallied == Tallied::too_many;
    mask.clear();
    return true;
  }
  bool may_want(std::string_view row) override { return m_columns.may_match(row); }
  bool row(const log::LogRecord& record) override {
    if (matches(m_filter, record)) m_too_many |= !m_groups.add(record);
    return !m_too_many;
  }
  bool damaged(Error error) override {
    if (m_damaged.size() == k_damaged_max)
      m_error = std::move(error);
    else
      m_damaged.push_back(std::move(error.message));
    return !m_error;
  }

  const Filter& m_filter;
  ColumnFilter& m_columns;
  const store::FeedbackTotals& m_feedback;
  Groups& m_groups;
  bool m_too_many = false;
  std::vector<std::string> m_damaged;
  std::optional<Error> m_error;
};

// What one of the threads has added up.
struct Share {
  explicit Share(const Grouping& grouping) : groups(grouping) {}
  Groups groups;
  bool fits = true;
  std::optional<Error> error;
};

// Parts of the ledger, of which each thread takes the next one until there is none.
class Parts {
 public:
  Parts(const store::LogReader& reader, const Filter& filter, const store::FeedbackTotals& feedback,
        std::vector<store::Range> ranges)
      : m_reader(reader),
        m_filter(filter),
        m_feedback(feedback),
        m_ranges(std::move(ranges)),
        m_damaged(m_ranges.size()) {}

  // On as many threads at once as there are shares.
  void add_to(Share& share) {
    const store::LogReader reader = m_reader.another();
    Result<ColumnFilter> columns = ColumnFilter::prepare(m_filter, reader);
    if (!columns) share.error = std::move(columns).error();
    for (std::size_t i = m_next++; columns && i < m_ranges.size() && !m_over; i = m_next++) {
      Adding adding(m_filter, *columns, m_feedback, share.groups);
      if (Result<void> scanned = adding.scan(reader, m_ranges[i]); !scanned)
        share.error = std::move(scanned).error();
      share.fits = adding.fits();
      m_damaged[i] = std::move(adding.damaged());
      if (share.error || !share.fits) m_over = true;
    }
  }

  // When all threads are done, in the order of the ledger. Errors are the reader's.
  Result<std::vector<std::string>> damaged() {
    std::vector<std::string> all;
    for (std::vector<std::string>& some : m_damaged)
      for (std::string& one : some) all.push_back(std::move(one));
    if (all.size() > k_damaged_max) return Error{Errc::corrupt, std::move(all[k_damaged_max])};
    return all;
  }

 private:
  const store::LogReader& m_reader;
  const Filter& m_filter;
  const store::FeedbackTotals& m_feedback;
  const std::vector<store::Range> m_ranges;
  std::vector<std::vector<std::string>> m_damaged;  // of each part
  std::atomic<std::size_t> m_next = 0;
  std::atomic<bool> m_over = false;  // one of the threads cannot go on
};

Result<bool> merge(std::deque<Share>& shares, Groups& groups) {
  bool fits = true;
  for (Share& share : shares) {
    if (share.error) return *std::move(share.error);
    fits = fits && share.fits && groups.add(share.groups);
  }
  return fits;
}

}  // namespace

Result<bool> add_up(const store::LogReader& reader, const Filter& filter,
                    const store::FeedbackTotals& feedback, Groups& groups, std::vector<std::string>& damaged,
                    std::size_t threads, std::size_t blocks_a_part) {
  const store::Range whole = time_range(filter);
  std::vector<store::Range> ranges;
  if (threads > 1) {
    PK_ASSIGN(ranges, reader.parts(whole, blocks_a_part));
  }
  threads = std::min(threads, ranges.size());
  if (threads < 2) {
    PK_ASSIGN(ColumnFilter columns, ColumnFilter::prepare(filter, reader));
    Adding adding(filter, columns, feedback, groups);
    PK_TRY(adding.scan(reader, whole));
    damaged = std::move(adding.damaged());
    return adding.fits();
  }

  Parts parts(reader, filter, feedback, std::move(ranges));
  std::deque<Share> shares;  // this thread's is the first
  for (std::size_t i = 0; i < threads; ++i) shares.emplace_back(groups.grouping());
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i)
    others.push_back(begin_elsewhere([&parts, &share = shares[i]] { parts.add_to(share); }));
  parts.add_to(shares.front());
  for (std::thread& other : others)
    if (other.joinable()) other.join();  // else this one has done its part
  PK_ASSIGN(damaged, parts.damaged());
  return merge(shares, groups);
}

}  // namespace pk::query
