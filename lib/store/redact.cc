#include "store/redact.h"

#include <algorithm>
#include <vector>

#include "store/codec.h"
#include "store/edit.h"
#include "store/feedback.h"
#include "store/locks.h"
#include "store/reader.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store {

namespace {

using log::LogRecord;

// A record as it was and as it is to be.
struct Change {
  LogRecord from;
  LogRecord to;
  std::size_t bytes() const {
    std::size_t bytes = 0;
    for (const auto* side : {&to.request, &to.response})
      if (*side) bytes += (*side)->body.size();
    return bytes;
  }
};

log::FindText find_literal(const std::string& text) {
  return [text](std::string_view in, std::size_t from) -> std::optional<std::pair<std::size_t, std::size_t>> {
    const std::size_t at = in.find(text, from);
    if (at == std::string_view::npos) return {};
    return std::pair{at, at + text.size()};
  };
}

void blank(std::string& text, std::uint64_t& count) {
  if (text.empty() || text == log::k_erased) return;
  text = log::k_erased;
  ++count;
}

class Redaction {
 public:
  Redaction(const std::shared_ptr<Env>& env, const RedactRules& rules, bool dry_run, const RedactWatch& watch)
      : m_env(*env), m_reader(env), m_rules(rules), m_dry_run(dry_run), m_watch(watch) {}

  Result<RedactReport> run() {
    PK_ASSIGN(const auto open, m_reader.open_ids());
    m_report.open = open.size();
    PK_TRY(redact_records());
    PK_TRY(write());
    if (!m_ended) PK_TRY(redact_feedback());
    return std::move(m_report);
  }

 private:
  Result<void> redact_records() {
    std::optional<Error> error;
    PK_TRY(m_reader.scan_ids({.from = {}, .before = {}, .order = Order::oldest_first}, [&](const Uuid& id) {
      if (auto done = look_at(id); !done) error = std::move(done).error();
      m_ended = !error && m_watch.go_on && !m_watch.go_on(m_report);
      return !error && !m_ended;
    }));
    if (error) return *std::move(error);
    return {};
  }

  Result<void> look_at(const Uuid& id) {
    ++m_report.looked_at;
    auto record = m_reader.get(id);
    if (!record && record.error().code == Errc::corrupt) {
      ++m_report.damaged;
      return {};
    }
    if (!record) return std::move(record).error();
    if (!*record || (!m_rules.user.empty() && (*record)->user != m_rules.user)) return {};
    Change change{**record, **record};
    const bool changed = m_rules.find ? erase(change.to) : forget(change.to);
    if (!changed) return {};
    ++m_report.logs;
    if (m_watch.redacted) m_watch.redacted(id);
    note_trace(change);
    if (m_dry_run) return {};
    m_bytes += change.bytes();
    m_changes.push_back(std::move(change));
    const bool full = m_changes.size() >= k_redact_records_per_txn || m_bytes >= k_redact_bytes_per_txn;
    return full ? write() : Result<void>{};
  }

  bool erase(LogRecord& record) {
    const log::ErasedCount count = log::erase(record, *m_rules.find);
    m_report.places.fields += count.fields;
    m_report.places.metadata += count.metadata;
    m_report.places.headers += count.headers;
    m_report.places.bodies += count.bodies;
    return count.all() > 0;
  }

  // What a user said and was told, and who it was.
  bool forget(LogRecord& record) {
    std::uint64_t contents = 0;
    for (auto* side : {&record.request, &record.response}) {
      if (!*side) continue;
      side->reset();
      ++contents;
    }
    std::uint64_t fields = 0;
    blank(record.error, fields);
    for (log::Attempt& attempt : record.attempts) blank(attempt.error, fields);
    const log::ErasedCount count = log::erase(record, find_literal(m_rules.user));
    m_report.contents += contents;
    m_report.places.fields += fields + count.fields;
    m_report.places.metadata += count.metadata;
    return contents + fields + count.all() > 0;
  }

  // The feedback on a user's traces is that user's too.
  void note_trace(const Change& change) {
    if (!m_rules.user.empty()) m_traces.push_back(trace_hash_key(change.from.trace_id));
  }

  Result<void> write() {
    if (m_changes.empty()) return {};
    m_bytes = 0;
    const std::vector<Change> changes = std::exchange(m_changes, {});
    PK_ASSIGN(WriteTxn txn, WriteTxn::begin(m_env));
    for (const Change& change : changes)
      PK_TRY(rewrite_record(txn, change.from, change.to, m_contents, m_compressor));
    return txn.commit();
  }

  Result<void> redact_feedback() {
    std::ranges::sort(m_traces);
    std::vector<Feedback> changed;
    PK_ASSIGN(m_report.damaged, redact_each_feedback(changed));
    m_report.feedback = changed.size();
    if (m_dry_run) return {};
    for (const Feedback& one : changed) PK_TRY(replace_feedback(m_env, one));
    return {};
  }

  // Those that change; how many cannot be read, with the records that could not.
  Result<std::uint64_t> redact_each_feedback(std::vector<Feedback>& changed) {
    std::uint64_t damaged = m_report.damaged;
    auto listed = list_feedback(m_env, [&](const Feedback& given) {
      if (!m_rules.user.empty() && !std::ranges::binary_search(m_traces, trace_hash_key(given.trace_id)))
        return true;
      Feedback one = given;
      if (erase(one) > 0) changed.push_back(std::move(one));
      return true;
    });
    if (!listed && listed.error().code != Errc::corrupt) return std::move(listed).error();
    damaged += !listed;
    return damaged;
  }

  std::uint64_t erase(Feedback& feedback) const {
    std::uint64_t count = 0;
    if (!m_rules.find) blank(feedback.comment, count);
    const log::FindText find = m_rules.find ? *m_rules.find : find_literal(m_rules.user);
    return count + log::erase_text(feedback.comment, find) + log::erase_text(feedback.trace_id, find) +
           log::erase_metadata(feedback.metadata, find);
  }

  Env& m_env;
  const LogReader m_reader;
  const RedactRules& m_rules;
  const bool m_dry_run;
  const RedactWatch& m_watch;
  RedactReport m_report;
  bool m_ended = false;
  std::vector<Change> m_changes;
  std::size_t m_bytes = 0;
  std::vector<std::string> m_traces;  // hashes, of the user's changed records
  Compressor m_compressor;
  ContentEncoder m_contents{m_compressor};
};

}  // namespace

Result<RedactReport> redact(const std::shared_ptr<Env>& env, const RedactRules& rules, bool dry_run,
                            const RedactWatch& watch) {
  FileLock lock;
  if (!dry_run) {
    PK_ASSIGN(lock, take_prune_lock(env->dir()));
  }
  return Redaction(env, rules, dry_run, watch).run();
}

}  // namespace pk::store
