// A logged request that is sent again: what its exchange is told beside the request. Comes from within the
// process alone (lib/replay): nothing that a client sends can say any of it, so that no record passes for a
// replay that is none.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "base/ids.h"
#include "log/record.h"

namespace pk::gateway {

struct Replay {
  Uuid of;                            // the record that is sent again
  std::optional<std::uint64_t> seed;  // of that one's choices; none: they are drawn anew
  // A call of a prompt by its own route is sent as what it was rendered to then.
  log::Endpoint endpoint = log::Endpoint::other;
  std::string path;  // of that endpoint
  std::string prompt_id;
  std::optional<std::int64_t> prompt_version;
  bool use_cache = false;  // else the cache is neither read nor written
  std::string api_key;     // id of the one whose holder asks for it, "" for none
  bool tracked = true;     // false: who asks for it has nothing tracked
};

// What a request's choices are drawn from where no original tells: the random end of its record's id.
inline std::uint64_t seed_of(const Uuid& id) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, id.bytes.data() + 8, sizeof seed);
  return seed;
}

}  // namespace pk::gateway
