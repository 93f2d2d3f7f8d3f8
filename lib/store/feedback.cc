#include "store/feedback.h"

#include <algorithm>
#include <cmath>

#include "store/codec.h"
#include "store/edit.h"
#include "store/summary.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::uint8_t k_feedback_version = 1;
constexpr std::int64_t k_value_max = 10;
constexpr std::size_t k_page_rows = 256;

std::string value_of(const Feedback& feedback) {
  std::string metadata;
  append_metadata(metadata, feedback.metadata);
  std::string value(k_sum_bytes, '\0');
  value.push_back(static_cast<char>(k_feedback_version));
  append_text(value, feedback.trace_id);
  append_zigzag(value, feedback.value);
  append_fixed(value, feedback.weight);
  append_zigzag(value, feedback.created_at);
  append_text(value, metadata);
  append_text(value, feedback.comment);
  seal(as_view(feedback.id), value.data(), value.size());
  return value;
}

std::string index_key(const Feedback& feedback) {
  return trace_hash_key(feedback.trace_id).append(as_view(feedback.id));
}

Result<void> check(const Feedback& feedback) {
  if (feedback.trace_id.empty()) return Error{Errc::invalid, "feedback needs a trace id"};
  if (feedback.value < -k_value_max || feedback.value > k_value_max)
    return Error{Errc::invalid, "feedback value is out of range: -10 to 10"};
  if (!std::isfinite(feedback.weight) || feedback.weight < 0 || feedback.weight > 1)
    return Error{Errc::invalid, "feedback weight is out of range: 0 to 1"};
  return {};
}

Result<void> put(WriteTxn& txn, const Feedback& feedback) {
  PK_TRY(txn.put(Table::feedback, as_view(feedback.id), value_of(feedback)));
  std::string weighed;
  append_fixed(weighed, static_cast<std::int8_t>(feedback.value));
  append_fixed(weighed, feedback.weight);
  return txn.put(Table::feedback_traces, index_key(feedback), weighed);
}

}  // namespace

Result<Feedback> read_feedback(const Uuid& id, std::string_view value) {
  const auto wrong = [&] { return Error{Errc::corrupt, "feedback " + id.text() + " is damaged"}; };
  if (!is_sealed(as_view(id), value)) return wrong();
  WireReader in(value.substr(k_sum_bytes));
  if (in.fixed<std::uint8_t>() != k_feedback_version) return wrong();
  Feedback feedback;
  feedback.id = id;
  feedback.trace_id = in.text();
  feedback.value = in.zigzag();
  feedback.weight = in.fixed<double>();
  feedback.created_at = in.zigzag();
  const std::string_view metadata = in.text();
  feedback.comment = in.text();
  if (!in.ok() || !read_metadata(metadata, feedback.metadata)) return wrong();
  return feedback;
}

Result<void> add_feedback(Env& env, std::span<const Feedback> feedback) {
  for (const Feedback& one : feedback) PK_TRY(check(one));
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  for (const Feedback& one : feedback) PK_TRY(put(txn, one));
  return txn.commit();
}

Result<bool> replace_feedback(Env& env, const Feedback& feedback) {
  PK_TRY(check(feedback));
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const auto value, txn.get(Table::feedback, as_view(feedback.id)));
  if (!value) return false;
  if (const Result<Feedback> old = read_feedback(feedback.id, *value))
    PK_TRY(txn.remove(Table::feedback_traces, index_key(*old)));
  PK_TRY(put(txn, feedback));
  PK_TRY(txn.commit());
  return true;
}

Result<std::optional<Feedback>> find_feedback(const Env& env, const Uuid& id) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(const auto value, txn.get(Table::feedback, as_view(id)));
  if (!value) return std::optional<Feedback>{};
  PK_ASSIGN(Feedback feedback, read_feedback(id, *value));
  return std::optional<Feedback>(std::move(feedback));
}

Result<std::vector<Feedback>> trace_feedback(const Env& env, std::string_view trace_id) {
  std::vector<Feedback> all;
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  const std::string hash = trace_hash_key(trace_id);
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::feedback_traces));
  PK_ASSIGN(bool more, cursor.seek(hash));
  while (more && cursor.key().starts_with(hash)) {
    const Uuid id = as_uuid(cursor.key().substr(hash.size()));
    PK_ASSIGN(const auto value, txn.get(Table::feedback, as_view(id)));
    if (value) {
      PK_ASSIGN(Feedback feedback, read_feedback(id, *value));
      if (feedback.trace_id == trace_id) all.push_back(std::move(feedback));
    }
    PK_ASSIGN(more, cursor.next());
  }
  std::ranges::reverse(all);
  return all;
}

Result<std::size_t> list_feedback(const Env& env, const std::function<bool(const Feedback&)>& visit,
                                  std::optional<Uuid> before) {
  PK_ASSIGN(ReadTxn txn, ReadTxn::begin(env));
  std::size_t visited = 0;
  std::vector<Feedback> page;
  do {
    page.clear();
    {
      PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::feedback));
      PK_ASSIGN(bool more, before ? cursor.seek_before(as_view(*before)) : cursor.last());
      while (more && page.size() < k_page_rows) {
        PK_ASSIGN(page.emplace_back(), read_feedback(as_uuid(cursor.key()), cursor.value()));
        PK_ASSIGN(more, cursor.previous());
      }
    }
    txn.rest();
    for (const Feedback& one : page) {
      ++visited;
      if (!visit(one)) return visited;
    }
    if (page.size() == k_page_rows) PK_TRY(txn.renew());
    if (!page.empty()) before = page.back().id;
  } while (page.size() == k_page_rows);
  return visited;
}

Result<FeedbackJoin> FeedbackJoin::begin(const Txn& txn) {
  PK_ASSIGN(const std::uint64_t entries, txn.entries(Table::feedback_traces));
  if (entries == 0) return FeedbackJoin(std::nullopt);
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::feedback_traces));
  return FeedbackJoin(std::move(cursor));
}

Result<log::FeedbackSummary> FeedbackJoin::of(std::string_view trace_id) {
  log::FeedbackSummary summary;
  if (!m_cursor || trace_id.empty()) return summary;
  const std::string hash = trace_hash_key(trace_id);
  double sum = 0;
  double weights = 0;
  PK_ASSIGN(bool more, m_cursor->seek(hash));
  while (more && m_cursor->key().starts_with(hash)) {
    WireReader in(m_cursor->value());
    const auto value = in.fixed<std::int8_t>();
    const auto weight = in.fixed<double>();
    if (!in.ok())
      return Error{Errc::corrupt, "the feedback of trace " + std::string(trace_id) + " is damaged"};
    ++summary.count;
    sum += value * weight;
    weights += weight;
    PK_ASSIGN(more, m_cursor->next());
  }
  if (weights > 0) summary.weighted_average = sum / weights;
  return summary;
}

Result<log::FeedbackSummary> feedback_summary(const Env& env, std::string_view trace_id) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(FeedbackJoin join, FeedbackJoin::begin(txn));
  return join.of(trace_id);
}

}  // namespace pk::store
