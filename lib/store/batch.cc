#include "store/batch.h"

#include <utility>

#include "base/assert.h"
#include "store/codec.h"
#include "store/column_marks.h"
#include "store/edit.h"
#include "store/nodes.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::size_t k_post_overhead = 384;  // Post itself and its allocations

const NewNodes k_no_nodes;

const NewNodes& nodes_of(const Post& post) {
  return post.nodes ? *post.nodes : k_no_nodes;
}

}  // namespace

Post PostEncoder::encode(const log::LogRecord& record, Post::Kind kind, bool with_content, bool packed) {
  Post post;
  post.kind = kind;
  post.tracked = record.tracked;
  post.id = record.id;
  post.month = month_of(record.created_at);
  m_bytes.clear();
  append_row(m_bytes, record);
  post.row_size = m_bytes.size();
  post.own_trace = flags_of(m_bytes) & row_flag::own_trace;
  if (!post.own_trace) post.trace_hash = trace_hash(record.trace_id);
  if (with_content && record.request) {
    NewNodes nodes;
    m_contents.append(m_bytes, record.id, *record.request, &nodes);
    post.request_size = m_bytes.size() - post.row_size;
    if (!nodes.chains.empty()) post.nodes = std::make_unique<NewNodes>(std::move(nodes));
  }
  if (with_content && record.response) {
    // An answer is new text: looking for what it shares with others would cost and find nothing.
    m_contents.append(m_bytes, record.id, *record.response, nullptr);
    post.response_size = m_bytes.size() - post.row_size - post.request_size;
  }
  post.bytes = m_bytes;
  if (m_bytes.capacity() > k_kept_bytes) m_bytes = {};
  post.packed = post.bytes.size() == post.row_size;
  if (packed) m_packer.pack(post);
  post.cost = k_post_overhead + post.bytes.size() + nodes_of(post).bytes.size();
  return post;
}

void PostPacker::pack(Post& post) {
  if (std::exchange(post.packed, true)) return;
  m_bytes.assign(post.bytes, 0, post.row_size);
  if (post.request_size > 0) append_packed(m_bytes, post.id, post.request(), m_compressor);
  const std::size_t request_size = m_bytes.size() - post.row_size;
  if (post.response_size > 0) append_packed(m_bytes, post.id, post.response(), m_compressor);
  post.request_size = request_size;
  post.response_size = m_bytes.size() - post.row_size - request_size;
  post.bytes.assign(m_bytes);
  if (m_bytes.capacity() > k_kept_bytes) m_bytes = {};
}

Batch::Batch(WriteTxn txn, const Uuid& run, Tier plan, Compressor& compressor)
    : m_txn(std::make_unique<WriteTxn>(std::move(txn))),
      m_months(std::make_unique<MonthTally>(*m_txn)),
      m_run(run),
      m_plan(plan),
      m_compressor(&compressor) {}

Result<Batch> Batch::begin(Env& env, const Uuid& run, std::optional<Tier> plan, Compressor& compressor) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  // A plan that cannot be read drops nothing.
  const Tier tier = plan ? *plan : plan_in(txn).value_or(k_default_tier);
  return Batch(std::move(txn), run, tier, compressor);
}

Result<void> Batch::add(Work& work) {
  PK_ASSERT(work.post.packed && (!work.opened || work.opened->packed));
  return work.post.kind == Post::Kind::opened ? add_opened(work.post) : add_closed(work);
}

Result<bool> Batch::is_open(const Uuid& id) const {
  PK_ASSIGN(const auto entry, m_txn->get(Table::open, as_view(id)));
  return entry.has_value();
}

Result<bool> Batch::has(const Uuid& id) const {
  PK_ASSIGN(const auto row, m_txn->get(Table::records, as_view(id)));
  return row.has_value();
}

Result<void> Batch::commit() {
  PK_TRY(m_months->write());
  return m_txn->commit();
}

Result<void> Batch::add_opened(const Post& post) {
  if (post.request_size > 0)
    PK_TRY(put_content(*m_txn, Table::requests, post.id, post.request(), nodes_of(post), *m_compressor));
  std::string entry(as_view(m_run));
  entry.append(post.bytes, 0, post.row_size);
  set_flags(post.id, entry.data() + m_run.bytes.size(), post.row_size,
            post.request_size > 0 ? row_flag::has_request : 0);
  return m_txn->put(Table::open, as_view(post.id), entry);
}

Result<void> Batch::add_closed(Work& work) {
  Post& post = work.post;
  PK_ASSIGN(const auto old, m_txn->get(Table::records, as_view(post.id)));
  const bool fresh = !old;
  PK_ASSIGN(MonthCount * count, m_months->of(post.month));
  const PlanTerms& plan = terms(m_plan);
  const bool skip = fresh && !plan.content_past_allowance && plan.allowance && count->logs >= *plan.allowance;
  if (!work.opened) PK_TRY(m_txn->remove(Table::open, as_view(post.id)));
  PK_ASSIGN(const bool has_request, put_request(work, skip));
  PK_ASSIGN(const bool has_response, put_response(post, skip));
  PK_TRY(put_row(post, has_request, has_response, fresh));
  if (fresh) ++count->logs;
  if (skip && post.tracked) {
    ++count->content_skipped;
    ++m_content_skipped;
  }
  ++m_records;
  return {};
}

// The closing's request if it has one, else the opening's: resting with it, or on disk already.
Result<bool> Batch::put_request(const Work& work, bool skip) {
  const Post& given = work.post.request_size > 0 || !work.opened ? work.post : *work.opened;
  if (skip) {
    if (!work.opened) PK_TRY(drop_content(*m_txn, Table::requests, given.id));
    return false;
  }
  if (given.request_size > 0) {
    PK_TRY(put_content(*m_txn, Table::requests, given.id, given.request(), nodes_of(given), *m_compressor));
    return true;
  }
  if (work.opened || !given.tracked) return false;
  PK_ASSIGN(const auto there, m_txn->get(Table::requests, as_view(given.id)));
  return there.has_value();
}

Result<bool> Batch::put_response(const Post& post, bool skip) {
  if (skip || post.response_size == 0) return false;
  PK_TRY(put_content(*m_txn, Table::responses, post.id, post.response(), k_no_nodes, *m_compressor));
  return true;
}

Result<void> Batch::put_row(Post& post, bool has_request, bool has_response, bool fresh) {
  std::uint8_t flags = 0;
  if (has_request) flags |= row_flag::has_request;
  if (has_response) flags |= row_flag::has_response;
  if (post.tracked && !has_request) flags |= row_flag::content_gone;
  set_flags(post.id, post.bytes.data(), post.row_size, flags);
  if (!post.own_trace) PK_TRY(m_txn->put(Table::traces, trace_key(post.id, post.trace_hash), {}));
  const std::string_view row = std::string_view(post.bytes).substr(0, post.row_size);
  if (!fresh && !has_response) PK_TRY(drop_content(*m_txn, Table::responses, post.id));
  PK_TRY(mark_changed(*m_txn, post.id));
  return m_txn->put(Table::records, as_view(post.id), row);
}

}  // namespace pk::store
