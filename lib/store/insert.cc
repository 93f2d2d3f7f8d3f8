#include "store/insert.h"

#include <algorithm>

#include "store/txn.h"
#include "store/wire.h"

namespace pk::store {

Result<void> Inserter::add(const log::LogRecord& record) {
  Work work{m_encoder.encode(record, Post::Kind::closed, !m_dry_run), {}};
  m_packer.pack(work.post);
  m_bytes += work.cost();
  m_works.push_back(std::move(work));
  const bool full = m_works.size() >= k_insert_records_per_txn || m_bytes >= k_insert_bytes_per_txn;
  return full ? finish() : Result<void>{};
}

Result<void> Inserter::finish() {
  if (m_works.empty()) return {};
  m_bytes = 0;
  if (m_dry_run) return count_only();
  std::vector<Work> works = std::exchange(m_works, {});
  PK_ASSIGN(Batch batch, Batch::begin(*m_env, Uuid{}, {}, m_compressor));
  std::uint64_t present = 0;
  for (Work& work : works) {
    PK_ASSIGN(const bool there, batch.has(work.post.id));
    if (!there) PK_TRY(batch.add(work));
    present += there;
  }
  PK_TRY(batch.commit());
  m_present += present;
  m_inserted += works.size() - present;
  return {};
}

// An id that comes twice, in two batches, is counted twice.
Result<void> Inserter::count_only() {
  std::vector<Uuid> ids;
  for (const Work& work : std::exchange(m_works, {})) ids.push_back(work.post.id);
  const std::size_t all = ids.size();
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::uint64_t fresh = ids.size();
  if (m_env) {
    PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(*m_env));
    for (const Uuid& id : ids) {
      PK_ASSIGN(const auto row, txn.get(Table::records, as_view(id)));
      fresh -= row.has_value();
    }
  }
  m_inserted += fresh;
  m_present += all - fresh;
  return {};
}

}  // namespace pk::store
