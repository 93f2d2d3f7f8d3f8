// Following the ledger: each record that is written from a moment on, once, whichever process writes it.
//
// Records are not written in the order of their ids: an id is made when a request begins, its record is
// written when the response has ended, and several threads and processes write. So a greatest id would lose
// records. Instead each poll looks at all ids of a short stretch of time again and passes over those it has
// seen; and it keeps in mind which requests were open, since those may be written long after their id was
// made.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "base/clock.h"
#include "query/run.h"

namespace pk::query {

// How long before a poll an id may have been made whose record was neither there nor open at the poll before.
inline constexpr std::int64_t k_follow_overlap_ms = 10'000;
// How often to poll: a person does not see the difference to at once.
inline constexpr std::int64_t k_follow_poll_ms = 50;

// One thread. `reader` and `clock` outlive it.
class Follow {
 public:
  // From now on: what is in the ledger already is not given.
  static Result<Follow> start(const store::LogReader& reader, Filter filter, const Clock& clock);

  // Calls `visit` with each matching record written since the last poll, oldest id first. Cheap when there is
  // none.
  Result<void> poll(const Visit& visit);

  // `id` was shown by other means: do not give it.
  void pass_over(const Uuid& id);

 private:
  Follow(const store::LogReader& reader, Filter filter, const Clock& clock)
      : m_reader(reader), m_filter(std::move(filter)), m_clock(clock) {}
  Result<void> look(std::vector<Uuid>& fresh);
  Result<void> look_at_open(std::vector<Uuid>& fresh);
  Result<void> look_at_window(std::vector<Uuid>& fresh);

  const store::LogReader& m_reader;
  Filter m_filter;
  const Clock& m_clock;
  std::uint64_t m_version = 0;
  std::int64_t m_polled_ms = 0;
  std::set<Uuid> m_seen;  // of the window
  std::set<Uuid> m_open;  // requests that were on their way at the last poll
};

}  // namespace pk::query
