#include "store/verify.h"

#include <cstring>
#include <map>
#include <unordered_map>

#include "base/text.h"
#include "store/codec.h"
#include "store/edit.h"
#include "store/month.h"
#include "store/nodes.h"
#include "store/saved_prompt_rows.h"
#include "store/saved_rows.h"
#include "store/share_rows.h"
#include "store/summary.h"
#include "store/verify_columns.h"
#include "store/walk.h"
#include "store/wire.h"

namespace pk::store {

namespace {

struct NodeKeyHash {
  std::size_t operator()(const NodeKey& key) const {
    std::size_t bits = 0;
    std::memcpy(&bits, key.data(), sizeof bits);
    return bits;
  }
};

class Verifier {
 public:
  explicit Verifier(const ReadTxn& txn) : m_txn(txn) {}

  Result<VerifyReport> run() {
    if (const Result<void> walked = walk_free_list(m_txn); !walked)
      found("the ledger: " + walked.error().message);
    PK_TRY(each(Table::records, [&](auto key, auto value) { return record(key, value); }));
    PK_TRY(each(Table::open, [&](auto key, auto value) { return open(key, value); }));
    for (const Table side : {Table::requests, Table::responses})
      PK_TRY(each(side, [&](auto key, auto value) { return content(side, key, value); }));
    PK_TRY(each(Table::nodes, [&](auto key, auto value) { return node(key, value); }));
    PK_TRY(each(Table::nodes, [&](auto key, auto) { return count_of(key); }));
    PK_TRY(each(Table::refs, [&](auto key, auto) { return ref(key); }));
    PK_TRY(each(Table::traces, [&](auto key, auto) { return trace(key); }));
    PK_TRY(each(Table::feedback, [&](auto key, auto value) { return feedback(key, value); }));
    PK_TRY(each(Table::feedback_traces, [&](auto key, auto) { return feedback_trace(key); }));
    PK_TRY(each(Table::counters, [&](auto key, auto) { return counter(key); }));
    PK_TRY(each(Table::configs, [&](auto key, auto row) { return saved(read_config(key, row)); }));
    PK_TRY(each(Table::prompts, [&](auto key, auto row) { return saved(check_prompt_row(key, row)); }));
    PK_TRY(each(Table::virtual_keys, [&](auto id, auto row) { return saved(read_virtual_key(id, row)); }));
    PK_TRY(each(Table::keys, [&](auto id, auto row) { return saved(read_api_key(id, row)); }));
    PK_TRY(each(Table::shares, [&](auto key, auto row) { return share(key, row); }));
    PK_TRY(each(Table::share_logs, [&](auto key, auto) { return share_log(key); }));
    if (const auto columns = verify_columns(m_txn, [&](std::string what) { found(std::move(what)); });
        !columns)
      found(columns.error());
    for (const auto& [month, records] : m_months)
      if (records > 0) found("month " + std::to_string(month) + " has more records than were counted");
    return std::move(m_report);
  }

 private:
  void found(std::string what) {
    ++m_report.damaged;
    if (m_report.damage.size() < k_damage_listed_max) m_report.damage.push_back(std::move(what));
  }
  void found(const Error& error) { found(error.message); }

  // A table whose pages cannot be walked is a finding; the others are still looked at.
  template <class Visit>
  Result<void> each(Table table, Visit visit) {
    if (const Result<void> walked = walk(table, visit); !walked) found(walked.error());
    return {};
  }

  template <class Visit>
  Result<void> walk(Table table, Visit visit) {
    PK_ASSIGN(Cursor cursor, Cursor::open(m_txn, table));
    std::string before;
    PK_ASSIGN(bool more, cursor.first());
    while (more) {
      if (cursor.key() <= before)
        return Error{Errc::corrupt, "the ledger's keys are out of order: its pages are damaged"};
      before = cursor.key();
      PK_TRY(visit(cursor.key(), cursor.value()));
      PK_ASSIGN(more, cursor.next());
    }
    return {};
  }

  Result<bool> has(Table table, std::string_view key) {
    PK_ASSIGN(const auto value, m_txn.get(table, key));
    return value.has_value();
  }

  Result<void> record(std::string_view key, std::string_view row) {
    ++m_report.records;
    const Uuid id = as_uuid(key);
    if (const Result<void> read = decode_row(id, row, m_record); !read) {
      found(read.error());
      return {};
    }
    ++m_months[month_of(m_record.created_at)];
    const std::uint8_t flags = flags_of(row);
    PK_TRY(expect(Table::requests, id, flags & row_flag::has_request));
    PK_TRY(expect(Table::responses, id, flags & row_flag::has_response));
    PK_ASSIGN(const std::string entry, trace_key_of(m_txn, id, row));
    if (entry.empty()) return {};
    PK_ASSIGN(const bool indexed, has(Table::traces, entry));
    if (!indexed) found(damage(id, "its trace does not lead to it"));
    return {};
  }

  Result<void> expect(Table side, const Uuid& id, bool expected) {
    PK_ASSIGN(const bool there, has(side, as_view(id)));
    const char* name = side == Table::requests ? "request" : "response";
    if (expected && !there) found(damage(id, std::string("its ") + name + " is missing"));
    if (!expected && there)
      found(damage(id, std::string("it has a ") + name + " that its row does not speak of"));
    return {};
  }

  Result<void> open(std::string_view key, std::string_view value) {
    ++m_report.open;
    const Uuid id = as_uuid(key);
    const std::string_view row = value.substr(std::min(value.size(), sizeof(Uuid)));
    if (const Result<void> read = decode_row(id, row, m_record); !read) found(read.error());
    return {};
  }

  Result<void> content(Table side, std::string_view key, std::string_view value) {
    ++m_report.contents;
    const Uuid id = as_uuid(key);
    const Result<ContentView> view = view_content(id, value);
    if (!view) {
      found(view.error());
      return {};
    }
    for (const ContentView::Part& part : view->parts)
      if (part.literal_bytes == 0) ++m_refs[part.chain.tip];
    Result<std::string> raw = unpack(m_txn, *view, m_decompressor);
    if (!raw) {
      found(damage(id, raw.error().message));
    } else if (const auto read = read_content(id, *std::move(raw), view->head_bytes); !read) {
      found(read.error());
    }
    PK_ASSIGN(const bool recorded, has(Table::records, key));
    PK_ASSIGN(const bool opened, has(Table::open, key));
    if (!recorded && !(opened && side == Table::requests)) found(damage(id, "a body without its record"));
    return {};
  }

  Result<void> node(std::string_view name, std::string_view value) {
    ++m_report.nodes;
    NodeKey key{};
    std::memcpy(key.data(), name.data(), std::min(name.size(), key.size()));
    const Result<NodeView> view = view_node(key, value);
    if (!view) {
      found(view.error());
      return {};
    }
    std::string bytes;
    if (view->framed) {
      if (!m_decompressor.append(bytes, view->payload, view->raw_bytes))
        found("conversation node " + hex(name) + " cannot be unpacked");
    } else {
      bytes = view->payload;
    }
    if (node_key(view->parent, bytes) != key)
      found("conversation node " + hex(name) + " is not what its key says");
    if (view->parent == NodeKey{}) return {};
    ++m_refs[view->parent];
    PK_ASSIGN(const bool hangs, has(Table::nodes, as_view(view->parent)));
    if (!hangs) found("conversation node " + hex(name) + " hangs on one that is missing");
    return {};
  }

  Result<void> count_of(std::string_view name) {
    NodeKey key{};
    std::memcpy(key.data(), name.data(), std::min(name.size(), key.size()));
    const Result<std::uint32_t> stored = refs_of(m_txn, key);
    const auto counted = m_refs.find(key);
    const std::uint32_t refs = counted == m_refs.end() ? 0 : counted->second;
    if (!stored)
      found(stored.error());
    else if (refs == 0)
      found("conversation node " + hex(name) + " is not used by any record");
    else if (*stored != refs)
      found("conversation node " + hex(name) + " is used " + std::to_string(refs) + " times and counted " +
            std::to_string(*stored));
    return {};
  }

  Result<void> ref(std::string_view name) {
    PK_ASSIGN(const bool there, has(Table::nodes, name));
    if (!there) found("a count for conversation node " + hex(name) + ", which is not there");
    return {};
  }

  Result<void> trace(std::string_view key) {
    const Uuid id = as_uuid(key.substr(std::min(key.size(), k_trace_key_bytes - sizeof(Uuid))));
    PK_ASSIGN(const auto row, m_txn.get(Table::records, as_view(id)));
    if (key.size() != k_trace_key_bytes || !row) {
      found("an entry of the trace index leads to log " + id.text() + ", which is not there");
      return {};
    }
    PK_ASSIGN(const std::string expected, trace_key_of(m_txn, id, *row));
    if (expected != key) found(damage(id, "the trace index has it under another trace"));
    return {};
  }

  Result<void> feedback(std::string_view key, std::string_view value) {
    ++m_report.feedback;
    const Result<Feedback> read = read_feedback(as_uuid(key), value);
    if (!read) {
      found(read.error());
      return {};
    }
    PK_ASSIGN(const bool indexed, has(Table::feedback_traces, trace_hash_key(read->trace_id).append(key)));
    if (!indexed) found("feedback " + read->id.text() + " is not joined to its trace");
    return {};
  }

  Result<void> feedback_trace(std::string_view key) {
    const std::string_view id = key.substr(std::min(key.size(), sizeof(Uuid)));
    PK_ASSIGN(const bool there, has(Table::feedback, id));
    if (!there) found("an entry of the feedback index leads to feedback that is not there");
    return {};
  }

  Result<void> share(std::string_view key, std::string_view row) {
    ++m_report.shares;
    const Result<Share> read = read_share(key, row);
    if (!read) {
      found(read.error());
      return {};
    }
    PK_ASSIGN(const bool indexed, has(Table::share_logs, std::string(as_view(read->log_id)).append(key)));
    if (!indexed) found("share " + read->hint() + " does not hang on its log");
    PK_ASSIGN(const bool logged, has(Table::records, as_view(read->log_id)));
    if (!logged) found("share " + read->hint() + " leads to a log that is not there");
    return {};
  }

  Result<void> share_log(std::string_view key) {
    PK_ASSIGN(const bool there, has(Table::shares, key.substr(std::min(key.size(), sizeof(Uuid)))));
    if (!there) found("an entry of the index of shares leads to a share that is not there");
    return {};
  }

  // Months with as many records as were counted, or fewer after a prune, leave m_months.
  Result<void> counter(std::string_view key) {
    if (key.size() != sizeof(Month)) {
      found("a month's count has a broken key");
      return {};
    }
    const auto month = load_big_endian<Month>(key.data());
    const Result<MonthCount> count = read_month(m_txn, month);
    if (!count)
      found(count.error());
    else if (m_months[month] > count->logs)
      found("month " + std::to_string(month) + " has more records than were counted");
    m_months.erase(month);
    return {};
  }

  template <class T>
  Result<void> saved(const Result<T>& read) {
    ++m_report.saved;
    if (!read) found(read.error());
    return {};
  }

  const ReadTxn& m_txn;
  VerifyReport m_report;
  std::unordered_map<NodeKey, std::uint32_t, NodeKeyHash> m_refs;
  std::map<Month, std::uint64_t> m_months;
  log::LogRecord m_record;
  Decompressor m_decompressor;
};

}  // namespace

Result<VerifyReport> verify(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  return Verifier(txn).run();
}

}  // namespace pk::store
