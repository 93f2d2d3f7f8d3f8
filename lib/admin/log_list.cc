#include "admin/log_list.h"

#include "base/json.h"
#include "log/json.h"

namespace pk::admin {

Result<Piece> LogList::next(const store::LogReader& reader) {
  if (!m_begun) PK_TRY(resolve(reader, m_selection));
  Piece piece;
  piece.text = m_begun ? "" : R"({"object":"list","data":[)";
  m_begun = true;
  query::Query& query = m_selection.query;
  const auto row = [&](const log::LogRecord& record) {
    if (m_rows++ > 0) piece.text += ',';
    log::append_json(piece.text, record, log::FieldSet::lists());
    query.after = record.id;
    query.skip = 0;
    // After the last of the limit it is looked whether there is one more.
    piece.last = --query.limit == 0 || piece.text.size() < k_piece_bytes;
    return piece.last;
  };
  // The run counts down a copy of its own.
  const query::Query now = query;
  PK_ASSIGN(const query::Page page, query::run(reader, now, row));
  if (!piece.last) return piece;
  piece.text += R"(],"next":)";
  piece.text += page.next ? json_string(page.next->text()) : "null";
  piece.text += '}';
  return piece;
}

Result<Piece> LogLines::next(const store::LogReader& reader) {
  Piece piece;
  const query::Query now = m_query;
  PK_TRY(query::run(reader, now, [&](const log::LogRecord& record) {
    log::append_json(piece.text, record, log::FieldSet::all());
    piece.text += '\n';
    m_query.after = record.id;
    piece.last = piece.text.size() < k_piece_bytes;
    return piece.last;
  }));
  return piece;
}

}  // namespace pk::admin
