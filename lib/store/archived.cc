#include "store/archived.h"

#include "store/saved_rows.h"
#include "store/saved_table.h"

namespace pk::store {

Result<void> ArchivedJoin::block(log::LogRecord& record) {
  if (record.virtual_key.empty() || record.replay_blocked_by != log::ReplayBlock::none) return {};
  if (!m_archived) PK_TRY(load());
  if (m_archived->contains(record.virtual_key))
    record.replay_blocked_by = log::ReplayBlock::provider_archived;
  return {};
}

Result<void> ArchivedJoin::load() {
  auto& archived = m_archived.emplace();
  return each_entry(m_txn, Table::virtual_keys, [&](std::string_view id, std::string_view row) {
    if (const auto key = read_virtual_key(id, row); key && key->archived) archived.emplace(id);
    return true;
  });
}

}  // namespace pk::store
