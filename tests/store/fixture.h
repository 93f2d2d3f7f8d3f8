// What the store's tests share: a folder that goes away, records with every field set, and short ways to
// write and read.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "log/record.h"
#include "store/env.h"
#include "store/reader.h"
#include "store/txn.h"
#include "store/writer.h"
#include "support/catch.h"
#include "support/sample_record.h"

namespace pk::store::test {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "pk-store-XXXXXX").string();
    m_path = mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return m_path; }
  std::filesystem::path ledger() const { return m_path / k_ledger_file; }

 private:
  std::filesystem::path m_path;
};

// The value of a Result that must be one.
template <class T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}
inline void must(Result<void> result) {
  if (!result) FAIL(result.error().message);
}

inline std::shared_ptr<Env> open_env(const TempDir& dir, Mode mode = Mode::read_write) {
  return must(Env::open(dir.path(), mode));
}

inline constexpr std::int64_t k_now_ms = 1'770'000'000'000;  // 2026-02-02
inline constexpr std::int64_t k_day_ms = 86'400'000;

using pk::test::id_at;

// A sample record (support/sample_record.h) of which no two have the same bodies, and that lacks some
// figures.
inline log::LogRecord record_at(std::int64_t time_ms, std::uint64_t n = 0) {
  log::LogRecord record = pk::test::sample_record(time_ms, n);
  record.prompt_tokens.reset();
  record.completion_tokens.reset();
  record.total_tokens = 12;
  record.cost_usd.reset();
  record.latency_ms = 12.5;
  record.request->body = R"({"model":"gpt-4o-mini","n":)" + std::to_string(n) + "}";
  record.response->body = R"({"answer":)" + std::to_string(n) + "}";
  return record;
}

// Every field of fields.def set to something that is not its default.
log::LogRecord full_record();

// Writes records through a writer, opened and closed, and stops it.
inline void write_all(const std::shared_ptr<Env>& env, const std::vector<log::LogRecord>& records,
                      WriterOptions options = {}) {
  auto writer = must(LogWriter::start(env, options));
  for (const log::LogRecord& record : records) {
    REQUIRE(writer->open(record) > 0);
    REQUIRE(writer->close(record) > 0);
  }
  writer->stop();
  REQUIRE(writer->stats().records_written == records.size());
}

inline std::vector<log::LogRecord> read_all(const std::shared_ptr<Env>& env,
                                            Order order = Order::oldest_first) {
  std::vector<log::LogRecord> records;
  must(LogReader(env).scan(Range{{}, {}, order}, SIZE_MAX, [&](const log::LogRecord& record) {
    records.push_back(record);
    return true;
  }));
  return records;
}

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// An agent's request with `turns` turns, each of about `turn_bytes`: what it sends grows with each.
std::string conversation(std::size_t turns, std::size_t turn_bytes = 1500);

// The first key of a table that is not empty.
std::string first_key(const Txn& txn, Table table);
// How many entries a table has.
std::uint64_t entries_of(const std::shared_ptr<Env>& env, Table table);
// Bytes of all keys and values of a table.
std::uint64_t bytes_of(const std::shared_ptr<Env>& env, Table table);

}  // namespace pk::store::test
