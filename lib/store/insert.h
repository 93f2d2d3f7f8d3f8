// Writes whole records that were made elsewhere: an import. Waits for the disk, drops nothing, and lets a
// server's own writer in between any two batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "store/batch.h"
#include "store/env.h"

namespace pk::store {

inline constexpr std::size_t k_insert_records_per_txn = 256;
inline constexpr std::size_t k_insert_bytes_per_txn = 4'000'000;

// One thread. `env` outlives it.
class Inserter {
 public:
  // `env` is read_write or, in a dry run, which only counts what would be written, read_only, or null where
  // there is no ledger yet.
  explicit Inserter(Env* env, bool dry_run = false) : m_env(env), m_dry_run(dry_run) {}

  // Takes the record, to be written with the next batch. A record whose id is in the ledger is passed over.
  // An Error: this batch was not written.
  Result<void> add(const log::LogRecord& record);
  // Writes what is left.
  Result<void> finish();

  // Of what is on disk.
  std::uint64_t inserted() const { return m_inserted; }
  std::uint64_t present() const { return m_present; }  // passed over

 private:
  Result<void> count_only();

  Env* m_env;
  const bool m_dry_run;
  PostEncoder m_encoder;
  Compressor m_compressor;
  PostPacker m_packer{m_compressor};
  std::vector<Work> m_works;
  std::size_t m_bytes = 0;
  std::uint64_t m_inserted = 0;
  std::uint64_t m_present = 0;
};

}  // namespace pk::store
