// What is saved, as it is in the ledger now, for a server that follows it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "config/saved.h"
#include "config/settings.h"
#include "store/saved_load.h"

namespace pk::cmd {

// Polls that are left out after failure upon failure; as they are made once a second, about a minute.
inline constexpr unsigned k_polls_skipped_max = 63;

// Lives on the main thread; trouble() is for any.
class SavedSource {
 public:
  // Where it is read from, store/saved_load.h. Both empty: there is no ledger.
  struct Ledger {
    std::function<Result<std::uint64_t>()> changes;
    std::function<Result<store::LoadedSaved>(const store::ParseConfig& parse)> load;
  };
  // `say` is given each line for a person, once for as long as it holds. `keys_unknown`: the ledger has API
  // keys and cannot be read; then, as where the first load fails, an API key is asked for and none is known.
  SavedSource(Ledger ledger, bool keys_unknown, std::function<void(std::string_view)> say);

  // Reads anew, and tells of everything that had to be left out and of a default config that is not there.
  // Where the ledger cannot be read it stays what it was.
  void load(const config::Settings& settings, bool loopback);
  // To be called once a second: reads what was changed, and tells of what is new. True if latest() is
  // another. After a failure it waits a while before it tries again, longer each time.
  bool follow(const config::Settings& settings, bool loopback);
  // Never null.
  const std::shared_ptr<const config::Saved>& latest() const { return m_latest; }

  // Why it cannot be read now; "" if it can.
  std::string trouble() const;

 private:
  bool read(const config::Settings& settings, bool loopback);
  Result<store::LoadedSaved> load_from_ledger(const config::Settings& settings, bool loopback) const;
  void took(store::LoadedSaved loaded);
  void failed(const Error& error);
  void tell(const config::Settings& settings);

  const Ledger m_ledger;
  const std::function<void(std::string_view)> m_say;
  std::shared_ptr<const config::Saved> m_latest;
  std::uint64_t m_changes = 0;
  std::vector<std::string> m_problems;  // of what was read last
  std::vector<std::string> m_told;
  unsigned m_failures = 0;  // in a row
  unsigned m_skip = 0;      // polls to leave out
  Guarded<std::string> m_trouble;
};

}  // namespace pk::cmd
