// The changes to records that a transaction is made of: writer, promotion, prune and rm all go through here,
// so that a record, its contents, its conversation nodes, its trace entry and its shares stay together.
// Who changes fields of a row otherwise marks it for the columns (store/column_marks.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "log/record.h"
#include "store/compress.h"
#include "store/content.h"
#include "store/txn.h"

namespace pk::store {

// The high half of the hash of a trace id; and the hash whole.
std::uint64_t trace_hash(std::string_view trace_id);
std::string trace_hash_key(std::string_view trace_id);

inline constexpr int k_trace_span_shift = 22;  // of the id's ms: about 70 minutes
inline constexpr std::size_t k_trace_key_bytes = 28;
std::string trace_key(const Uuid& id, std::uint64_t hash);

// The key in `traces` of the record with this row; "" if it has none.
Result<std::string> trace_key_of(const Txn& txn, const Uuid& id, std::string_view row);

// `value` is a sealed content, `nodes` what it hangs on. Takes the place of one that is there.
Result<void> put_content(WriteTxn& txn, Table side, const Uuid& id, std::string_view value,
                         const NewNodes& nodes, Compressor& compressor);

// Deletes a content if it is there, and its nodes; returns the bytes of keys and values freed. One that is
// too damaged to be taken apart goes too; its nodes stay, for verify to name.
Result<std::uint64_t> drop_content(WriteTxn& txn, Table side, const Uuid& id);

// Both contents go and the row says so. Returns bytes freed.
Result<std::uint64_t> strip_record(WriteTxn& txn, const Uuid& id);

// All of a record goes. Returns bytes freed, its shares not counted; 0 if it was not there.
Result<std::uint64_t> remove_record(WriteTxn& txn, const Uuid& id);

// Puts `to` in the place of the record `from`, which has its contents, of the same id. What was let go of the
// record since `from` was read is not brought back: its contents, or all of it.
Result<void> rewrite_record(WriteTxn& txn, const log::LogRecord& from, const log::LogRecord& to,
                            ContentEncoder& encoder, Compressor& compressor);

}  // namespace pk::store
