#include "store/feedback_totals.h"

#include "store/edit.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store {

Result<FeedbackTotals> FeedbackTotals::read(const Env& env) {
  FeedbackTotals totals;
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::feedback_traces));
  PK_ASSIGN(bool more, cursor.first());
  while (more) {
    WireReader key(cursor.key());
    WireReader in(cursor.value());
    const std::string_view half = key.bytes(sizeof(std::uint64_t));
    const auto value = in.fixed<std::int8_t>();
    const auto weight = in.fixed<double>();
    if (!in.ok() || !key.ok()) return Error{Errc::corrupt, "an entry of the feedback index is damaged"};
    Total& total = totals.m_totals[load_big_endian<std::uint64_t>(half.data())];
    ++total.count;
    total.sum += value * weight;
    total.weights += weight;
    PK_ASSIGN(more, cursor.next());
  }
  return totals;
}

const FeedbackTotals::Total* FeedbackTotals::of(std::uint64_t trace_hash) const {
  const auto found = m_totals.find(trace_hash);
  return found == m_totals.end() ? nullptr : &found->second;
}

std::uint64_t FeedbackTotals::hash(std::string_view trace_id) {
  return trace_hash(trace_id);
}

}  // namespace pk::store
