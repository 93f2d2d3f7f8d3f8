#include "store/row_walk.h"

#include "store/codec.h"
#include "store/wire.h"

namespace pk::store {

Result<bool> Walk::start(Cursor& cursor) {
  Result<bool> found = false;
  if (m_range.order == Order::oldest_first)
    found = m_range.from ? cursor.seek(as_view(*m_range.from)) : cursor.first();
  else
    found = m_range.before ? cursor.seek_before(as_view(*m_range.before)) : cursor.last();
  if (found && *found && m_after && cursor.key() == as_view(*m_after)) return next(cursor);
  return check(cursor, std::move(found));
}

Result<bool> Walk::next(Cursor& cursor) {
  return check(cursor, m_range.order == Order::oldest_first ? cursor.next() : cursor.previous());
}

void Walk::go_on_after(const Uuid& id) {
  m_after = id;
  (m_range.order == Order::oldest_first ? m_range.from : m_range.before) = id;
}

Result<bool> Walk::check(const Cursor& cursor, Result<bool> found) const {
  if (!found || !*found) return found;
  if (cursor.key().size() != sizeof(Uuid))
    return Error{Errc::corrupt, "the ledger has a record with a broken id"};
  if (m_range.order == Order::oldest_first) return !m_range.before || cursor.key() < as_view(*m_range.before);
  return !m_range.from || cursor.key() >= as_view(*m_range.from);
}

Result<RowJoins> RowJoins::begin(const Txn& txn) {
  PK_ASSIGN(FeedbackJoin feedback, FeedbackJoin::begin(txn));
  return RowJoins{std::move(feedback), ArchivedJoin(txn)};
}

Result<void> read_row(const Uuid& id, std::string_view row, RowJoins& joins, log::LogRecord& record) {
  PK_TRY(decode_row(id, row, record));
  PK_TRY(joins.archived.block(record));
  if (joins.feedback.is_empty()) return {};
  PK_ASSIGN(record.feedback, joins.feedback.of(record.trace_id));
  return {};
}

}  // namespace pk::store
