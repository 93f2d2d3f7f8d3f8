#include "store/writer.h"

#include <map>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/codec.h"
#include "store/locks.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::size_t k_per_txn = 1000;

struct OpenEntry {
  Uuid id;
  Uuid run;
  std::string row;
};

std::optional<OpenEntry> read_entry(std::string_view key, std::string_view value) {
  if (key.size() != sizeof(Uuid) || value.size() < sizeof(Uuid)) return {};
  return OpenEntry{as_uuid(key), as_uuid(value), std::string(value.substr(sizeof(Uuid)))};
}

// Entries of runs that ended, k_per_txn at most. Damaged ones are passed over: verify names them.
Result<std::vector<OpenEntry>> find_dead(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::open));
  std::map<Uuid, bool> alive;
  std::vector<OpenEntry> dead;
  PK_ASSIGN(bool more, cursor.first());
  while (more && dead.size() < k_per_txn) {
    if (auto entry = read_entry(cursor.key(), cursor.value());
        entry && is_sealed(as_view(entry->id), entry->row)) {
      const auto [run, fresh] = alive.try_emplace(entry->run, true);
      if (fresh) {
        PK_ASSIGN(run->second, run_is_alive(env.dir(), entry->run));
      }
      if (!run->second) dead.push_back(*std::move(entry));
    }
    PK_ASSIGN(more, cursor.next());
  }
  return dead;
}

// Nothing if the row cannot be read.
std::optional<Work> interrupted(const OpenEntry& entry, PostEncoder& encoder) {
  log::LogRecord record;
  if (!decode_row(entry.id, entry.row, record)) return {};
  record.state = log::State::interrupted;
  record.ok = false;
  if (record.replay_blocked_by == log::ReplayBlock::none)
    record.replay_blocked_by = log::ReplayBlock::no_content;
  return Work{encoder.encode(record, Post::Kind::closed, false), std::nullopt};
}

}  // namespace

Result<std::size_t> promote_interrupted(Env& env) {
  PostEncoder encoder;
  Compressor compressor;
  std::size_t promoted = 0;
  while (true) {
    PK_ASSIGN(const std::vector<OpenEntry> dead, find_dead(env));
    if (dead.empty()) return promoted;
    const std::size_t before = promoted;
    PK_ASSIGN(Batch batch, Batch::begin(env, Uuid{}, std::nullopt, compressor));
    for (const OpenEntry& entry : dead) {
      // Another process may have been here first.
      PK_ASSIGN(const bool still_there, batch.is_open(entry.id));
      std::optional<Work> work = still_there ? interrupted(entry, encoder) : std::nullopt;
      if (!work) continue;
      PK_TRY(batch.add(*work));
      ++promoted;
    }
    PK_TRY(batch.commit());
    if (promoted == before) return promoted;
  }
}

}  // namespace pk::store
