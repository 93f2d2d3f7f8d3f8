#include "store/prune.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "store/codec.h"
#include "store/edit.h"
#include "store/locks.h"
#include "store/share_rows.h"
#include "store/shares.h"
#include "store/summary.h"
#include "store/weigh.h"
#include "store/wire.h"

namespace pk::store {

namespace {

using Steady = std::chrono::steady_clock;

struct Candidate {
  Uuid id;
  RecordFacts facts;
};

// What a verdict leads to: done, or only weighed.
class Effect {
 public:
  virtual ~Effect() = default;
  virtual Result<std::uint64_t> apply(const Uuid& id, Fate fate) = 0;
  virtual Result<void> finish() = 0;
};

class Doing final : public Effect {
 public:
  explicit Doing(WriteTxn txn) : m_txn(std::move(txn)) {}
  Result<std::uint64_t> apply(const Uuid& id, Fate fate) override {
    return fate == Fate::remove ? remove_record(m_txn, id) : strip_record(m_txn, id);
  }
  Result<void> finish() override { return m_txn.commit(); }

 private:
  WriteTxn m_txn;
};

class Weighing final : public Effect {
 public:
  Weighing(ReadTxn txn, GhostRefs& refs) : m_txn(std::move(txn)), m_refs(&refs) {}
  Result<std::uint64_t> apply(const Uuid& id, Fate fate) override {
    return fate == Fate::remove ? weigh_removal(m_txn, id, *m_refs) : weigh_strip(m_txn, id, *m_refs);
  }
  Result<void> finish() override { return {}; }

 private:
  ReadTxn m_txn;
  GhostRefs* m_refs;
};

bool ages_out(std::int64_t age, const std::optional<std::int64_t>& limit) {
  return limit && age >= *limit;
}

// What the rules that take say; those that keep come after.
Verdict wanted(const PruneRules& rules, const RecordFacts& facts) {
  const std::int64_t age = rules.now_ms - facts.time_ms;
  const PlanTerms plan = rules.tier ? terms(*rules.tier) : PlanTerms{};
  if (ages_out(age, rules.older_than_ms)) return {Fate::remove, "older-than"};
  if (ages_out(age, plan.statistics_ms)) return {Fate::remove, "statistics-expired"};
  if (facts.over_max_bytes) return {Fate::remove, "max-size"};
  if (ages_out(age, plan.retention_ms) && facts.has_content) return {Fate::strip, "content-expired"};
  return {};
}

// The youngest age that any rule takes; none: no age is safe (max_bytes), or no rule takes any.
std::int64_t youngest_age(const PruneRules& rules) {
  constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::max();
  if (rules.max_bytes) return std::numeric_limits<std::int64_t>::min();
  const PlanTerms plan = rules.tier ? terms(*rules.tier) : PlanTerms{};
  return std::min({rules.older_than_ms.value_or(k_never), plan.statistics_ms.value_or(k_never),
                   plan.retention_ms.value_or(k_never)});
}

class Pruner {
 public:
  Pruner(Env& env, const PruneRules& rules, bool dry_run) : m_env(env), m_rules(rules), m_dry_run(dry_run) {}

  Result<PruneReport> run(const std::function<bool()>& go_on) {
    PK_TRY(prepare());
    while (true) {
      PK_ASSIGN(const std::vector<Candidate> candidates, next_candidates());
      if (candidates.empty()) break;
      PK_TRY(treat(candidates));
      if (go_on && !go_on()) {
        m_report.finished = false;
        break;
      }
    }
    m_report.kept = m_records - m_report.removed;
    return std::move(m_report);
  }

 private:
  Result<void> prepare() {
    PK_ASSIGN(const EnvSize size, m_env.size());
    if (m_rules.max_bytes && size.used_bytes > *m_rules.max_bytes)
      m_excess = size.used_bytes - *m_rules.max_bytes;
    PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(m_env));
    PK_ASSIGN(m_records, txn.entries(Table::records));
    if (m_rules.keep_last == 0) return {};
    PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
    PK_ASSIGN(bool more, cursor.last());
    for (std::uint64_t i = 0; more && i < m_rules.keep_last; ++i) {
      m_first_of_last = as_uuid(cursor.key());
      PK_ASSIGN(more, cursor.previous());
    }
    return {};
  }

  // The facts of the next records that some rule may take; those in between that none takes are passed over.
  Result<std::vector<Candidate>> next_candidates() {
    std::vector<Candidate> candidates;
    const std::int64_t youngest = youngest_age(m_rules);
    PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(m_env));
    PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
    PK_ASSIGN(FeedbackJoin feedback, FeedbackJoin::begin(txn));
    PK_ASSIGN(ShareJoin shares, ShareJoin::begin(txn, m_rules.now_ms));
    PK_ASSIGN(bool more, m_after ? cursor.seek(as_view(*m_after)) : cursor.first());
    if (more && m_after && cursor.key() == as_view(*m_after)) {
      PK_ASSIGN(more, cursor.next());
    }
    while (more && candidates.size() < k_prune_records_per_txn) {
      Candidate candidate{as_uuid(cursor.key()), {}};
      candidate.facts.time_ms = candidate.id.time_ms();
      // Ids are in order of time: from here on all are too young.
      if (m_rules.now_ms - candidate.facts.time_ms < youngest) break;
      if (m_rules.max_bytes && !is_over() && m_rules.now_ms - candidate.facts.time_ms < youngest_by_age())
        break;
      PK_TRY(complete(candidate, cursor.value(), feedback));
      if (m_rules.keep_shared && !shares.is_empty()) {
        PK_ASSIGN(candidate.facts.is_shared, shares.has(candidate.id));
      }
      candidates.push_back(candidate);
      PK_ASSIGN(more, cursor.next());
    }
    return candidates;
  }

  Result<void> complete(Candidate& candidate, std::string_view row, FeedbackJoin& feedback) {
    candidate.facts.has_content = flags_of(row) & (row_flag::has_request | row_flag::has_response);
    candidate.facts.among_last = m_first_of_last && candidate.id >= *m_first_of_last;
    if (!m_rules.keep_feedback || feedback.is_empty() || !decode_row(candidate.id, row, m_record)) return {};
    PK_ASSIGN(const log::FeedbackSummary summary, feedback.of(m_record.trace_id));
    candidate.facts.has_feedback = summary.count > 0;
    return {};
  }

  bool is_over() const { return m_report.bytes_freed < m_excess; }

  std::int64_t youngest_by_age() const {
    PruneRules rules = m_rules;
    rules.max_bytes.reset();
    return youngest_age(rules);
  }

  Result<std::unique_ptr<Effect>> begin_effect() {
    if (m_dry_run) {
      PK_ASSIGN(ReadTxn txn, ReadTxn::begin(m_env));
      return std::unique_ptr<Effect>(std::make_unique<Weighing>(std::move(txn), m_refs));
    }
    PK_ASSIGN(WriteTxn txn, WriteTxn::begin(m_env));
    return std::unique_ptr<Effect>(std::make_unique<Doing>(std::move(txn)));
  }

  // Until all are treated or the transaction's time is over; m_after is the last one treated. The report
  // counts only what was committed.
  Result<void> treat(const std::vector<Candidate>& candidates) {
    PruneReport report = m_report;
    std::unique_ptr<Effect> effect;
    Steady::time_point until{};
    Uuid last;
    for (const Candidate& candidate : candidates) {
      RecordFacts facts = candidate.facts;
      facts.over_max_bytes = report.bytes_freed < m_excess;
      const Verdict what = verdict(m_rules, facts);
      if (what.fate != Fate::keep && !effect) {
        PK_ASSIGN(effect, begin_effect());
        until = Steady::now() + k_prune_txn_max;
      }
      if (what.fate != Fate::keep) {
        PK_ASSIGN(const std::uint64_t freed, effect->apply(candidate.id, what.fate));
        report.bytes_freed += freed;
        ++(what.fate == Fate::remove ? report.removed : report.stripped);
      }
      if (!what.reason.empty()) ++report.reasons[std::string(what.reason)];
      last = candidate.id;
      if (effect && !m_dry_run && Steady::now() >= until) break;
    }
    if (effect) PK_TRY(effect->finish());
    m_report = std::move(report);
    m_after = last;
    return {};
  }

  Env& m_env;
  const PruneRules& m_rules;
  const bool m_dry_run;
  PruneReport m_report;
  std::uint64_t m_records = 0;
  std::uint64_t m_excess = 0;  // bytes to be freed for max_bytes
  std::optional<Uuid> m_first_of_last;
  std::optional<Uuid> m_after;
  GhostRefs m_refs;
  log::LogRecord m_record;
};

}  // namespace

Verdict verdict(const PruneRules& rules, const RecordFacts& facts) {
  const Verdict what = wanted(rules, facts);
  if (what.fate == Fate::keep) return what;
  if (facts.time_ms > rules.now_ms) return {Fate::keep, "future"};
  if (facts.among_last) return {Fate::keep, "keep-last"};
  if (rules.keep_feedback && facts.has_feedback) return {Fate::keep, "keep-feedback"};
  if (rules.keep_shared && facts.is_shared) return {Fate::keep, "keep-shared"};
  return what;
}

Result<PruneReport> prune(Env& env, const PruneRules& rules, bool dry_run,
                          const std::function<bool()>& go_on) {
  FileLock lock;
  if (!dry_run) {
    PK_ASSIGN(lock, take_prune_lock(env.dir()));
  }
  if (!dry_run) PK_TRY(purge_expired_shares(env, rules.now_ms));
  return Pruner(env, rules, dry_run).run(go_on);
}

Result<std::uint64_t> remove(Env& env, std::span<const Uuid> ids) {
  std::uint64_t removed = 0;
  while (!ids.empty()) {
    const auto some = ids.first(std::min(ids.size(), k_prune_records_per_txn));
    PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
    std::uint64_t here = 0;
    for (const Uuid& id : some) {
      PK_ASSIGN(const std::uint64_t freed, remove_record(txn, id));
      here += freed > 0;
    }
    PK_TRY(txn.commit());
    removed += here;
    ids = ids.subspan(some.size());
  }
  return removed;
}

}  // namespace pk::store
