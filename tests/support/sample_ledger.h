// A ledger in a folder of its own, with records as a test wants them.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "log/record.h"
#include "store/env.h"
#include "store/writer.h"
#include "support/sample_record.h"
#include "support/temp_folder.h"

namespace pk::test {

class SampleLedger {
 public:
  const std::filesystem::path& folder() const { return m_folder.path(); }

  std::shared_ptr<store::Env> open(store::Mode mode = store::Mode::read_only) const {
    auto env = store::Env::open(folder(), mode);
    if (!env) throw std::runtime_error(env.error().message);
    return *std::move(env);
  }

  // Writes them as a server does, and closes the ledger: other processes may open it.
  void write(const std::vector<log::LogRecord>& records) const {
    auto writer = store::LogWriter::start(open(store::Mode::read_write));
    if (!writer) throw std::runtime_error(writer.error().message);
    for (const log::LogRecord& record : records)
      while ((*writer)->close(record) == 0) {  // its queue is full for a moment
      }
    (*writer)->stop();
  }

 private:
  TempFolder m_folder;
};

}  // namespace pk::test
