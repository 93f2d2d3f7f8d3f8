#include "store/edit.h"

#include <xxhash.h>

#include "store/codec.h"
#include "store/column_marks.h"
#include "store/nodes.h"
#include "store/share_rows.h"
#include "store/wire.h"

namespace pk::store {

namespace {

Result<std::uint64_t> release_nodes(WriteTxn& txn, const Uuid& id, std::string_view value) {
  std::uint64_t freed = 0;
  const Result<ContentView> content = view_content(id, value);
  if (!content) return freed;
  // The views in `content` end with the first change; its parts are values.
  for (const ContentView::Part& part : content->parts) {
    if (part.literal_bytes > 0) continue;
    PK_ASSIGN(const std::uint64_t bytes, release_chain(txn, part.chain.tip));
    freed += bytes;
  }
  return freed;
}

// The trace entry of a row that cannot be read: looked for among those of its time.
Result<std::string> find_trace_key(const Txn& txn, const Uuid& id) {
  const std::string span = trace_key(id, 0).substr(0, sizeof(std::uint32_t));
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::traces));
  PK_ASSIGN(bool more, cursor.seek(span));
  while (more && cursor.key().starts_with(span)) {
    if (cursor.key().ends_with(as_view(id))) return std::string(cursor.key());
    PK_ASSIGN(more, cursor.next());
  }
  return std::string();
}

// One side of a record that is rewritten; whether the ledger has it then.
Result<bool> rewrite_side(WriteTxn& txn, Table side, const Uuid& id, const std::optional<log::Content>& from,
                          const std::optional<log::Content>& to, ContentEncoder& encoder,
                          Compressor& compressor) {
  PK_ASSIGN(const auto there, txn.get(side, as_view(id)));
  if (!there) return false;
  if (!to) {
    PK_TRY(drop_content(txn, side, id));
    return false;
  }
  if (from == to) return true;
  NewNodes nodes;
  std::string encoded, value;
  encoder.append(encoded, id, *to, side == Table::requests ? &nodes : nullptr);
  append_packed(value, id, encoded, compressor);
  PK_TRY(put_content(txn, side, id, value, nodes, compressor));
  return true;
}

Result<void> rewrite_trace(WriteTxn& txn, const log::LogRecord& from, const log::LogRecord& to) {
  if (from.trace_id == to.trace_id) return {};
  const auto has_entry = [](const log::LogRecord& record) { return record.trace_id != record.id.text(); };
  if (has_entry(from)) PK_TRY(txn.remove(Table::traces, trace_key(from.id, trace_hash(from.trace_id))));
  if (has_entry(to)) PK_TRY(txn.put(Table::traces, trace_key(to.id, trace_hash(to.trace_id)), {}));
  return {};
}

}  // namespace

std::uint64_t trace_hash(std::string_view trace_id) {
  return XXH3_128bits(trace_id.data(), trace_id.size()).high64;
}

std::string trace_hash_key(std::string_view trace_id) {
  const XXH128_hash_t hash = XXH3_128bits(trace_id.data(), trace_id.size());
  std::string key;
  append_big_endian(key, std::uint64_t{hash.high64});
  append_big_endian(key, std::uint64_t{hash.low64});
  return key;
}

std::string trace_key(const Uuid& id, std::uint64_t hash) {
  std::string key;
  key.reserve(k_trace_key_bytes);
  append_big_endian(key, static_cast<std::uint32_t>(id.time_ms() >> k_trace_span_shift));
  append_big_endian(key, hash);
  key.append(as_view(id));
  return key;
}

Result<std::string> trace_key_of(const Txn& txn, const Uuid& id, std::string_view row) {
  log::LogRecord record;
  if (!decode_row(id, row, record)) return find_trace_key(txn, id);
  if (flags_of(row) & row_flag::own_trace) return std::string();
  return trace_key(id, trace_hash(record.trace_id));
}

Result<void> put_content(WriteTxn& txn, Table side, const Uuid& id, std::string_view value,
                         const NewNodes& nodes, Compressor& compressor) {
  PK_ASSIGN(const bool fresh, txn.put_new(side, as_view(id), value));
  if (!fresh) {
    PK_TRY(drop_content(txn, side, id));
    PK_TRY(txn.put(side, as_view(id), value));
  }
  for (const NewNodes::Chain& chain : nodes.chains) PK_TRY(add_chain(txn, nodes, chain, compressor));
  return {};
}

Result<std::uint64_t> drop_content(WriteTxn& txn, Table side, const Uuid& id) {
  PK_ASSIGN(const auto value, txn.get(side, as_view(id)));
  if (!value) return std::uint64_t{0};
  const std::uint64_t size = id.bytes.size() + value->size();
  PK_ASSIGN(const std::uint64_t freed, release_nodes(txn, id, *value));
  PK_TRY(txn.remove(side, as_view(id)));
  return size + freed;
}

Result<std::uint64_t> strip_record(WriteTxn& txn, const Uuid& id) {
  PK_ASSIGN(const std::uint64_t request, drop_content(txn, Table::requests, id));
  PK_ASSIGN(const std::uint64_t response, drop_content(txn, Table::responses, id));
  PK_ASSIGN(const auto row, txn.get(Table::records, as_view(id)));
  // A damaged row keeps its wrong sum: sealing it again would hide the damage.
  if (row && is_sealed(as_view(id), *row)) {
    std::string stripped(*row);
    set_flags(id, stripped.data(), stripped.size(), row_flag::content_gone);
    PK_TRY(txn.put(Table::records, as_view(id), stripped));
  }
  return request + response;
}

Result<std::uint64_t> remove_record(WriteTxn& txn, const Uuid& id) {
  PK_ASSIGN(const auto row, txn.get(Table::records, as_view(id)));
  if (!row) return std::uint64_t{0};
  std::uint64_t freed = id.bytes.size() + row->size();
  PK_ASSIGN(const std::string trace, trace_key_of(txn, id, *row));
  PK_TRY(txn.remove(Table::records, as_view(id)));
  PK_TRY(mark_changed(txn, id));
  if (!trace.empty()) {
    PK_ASSIGN(const bool there, txn.remove(Table::traces, trace));
    if (there) freed += trace.size();
  }
  for (const Table side : {Table::requests, Table::responses}) {
    PK_ASSIGN(const std::uint64_t bytes, drop_content(txn, side, id));
    freed += bytes;
  }
  PK_TRY(drop_shares_of(txn, id));
  return freed;
}

Result<void> rewrite_record(WriteTxn& txn, const log::LogRecord& from, const log::LogRecord& to,
                            ContentEncoder& encoder, Compressor& compressor) {
  PK_ASSIGN(const auto old, txn.get(Table::records, as_view(to.id)));
  if (!old) return {};
  const auto side = [&](Table table, const auto& was, const auto& is) {
    return rewrite_side(txn, table, to.id, was, is, encoder, compressor);
  };
  PK_ASSIGN(const bool has_request, side(Table::requests, from.request, to.request));
  PK_ASSIGN(const bool has_response, side(Table::responses, from.response, to.response));
  PK_TRY(rewrite_trace(txn, from, to));
  PK_TRY(drop_block_of(txn, to.id));
  std::string row;
  append_row(row, to);
  std::uint8_t flags = 0;
  if (has_request) flags |= row_flag::has_request;
  if (has_response) flags |= row_flag::has_response;
  if (to.tracked && !has_request) flags |= row_flag::content_gone;
  set_flags(to.id, row.data(), row.size(), flags);
  return txn.put(Table::records, as_view(to.id), row);
}

}  // namespace pk::store
