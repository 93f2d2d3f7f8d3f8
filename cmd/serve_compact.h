// Compacts the ledger of a server when another process asks for it: it has the ledger open, so nobody else
// may.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "store/env.h"

namespace pk::cmd {

// Lives on the main thread; the work is done on a thread of its own.
class CompactDesk {
 public:
  // `env` is null, or read_only, where the server has no ledger to write. `say` is given a line for a person,
  // on any thread.
  CompactDesk(std::filesystem::path data, std::shared_ptr<store::Env> env,
              std::function<void(const std::string&)> say);
  ~CompactDesk();  // stop()
  CompactDesk(const CompactDesk&) = delete;
  CompactDesk& operator=(const CompactDesk&) = delete;

  // To be called once a second: takes up a question.
  void poll();
  // Gives up what is under way, and tells who asked.
  void stop();

 private:
  void work(const std::string& token);

  const std::filesystem::path m_data;
  const std::shared_ptr<store::Env> m_env;
  const std::function<void(const std::string&)> m_say;
  std::atomic<bool> m_busy = false;
  std::atomic<bool> m_stopping = false;
  std::thread m_thread;
};

}  // namespace pk::cmd
