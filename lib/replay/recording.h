// Logged exchanges to answer from, found again by what was asked: method, path, and the body as JSON says it,
// whatever its spaces and the order of its members. A call of a prompt is logged as what it was rendered to,
// and is found by that, under the prompt's id. Any thread, once it is loaded.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "cache/fingerprint.h"
#include "query/filter.h"
#include "store/reader.h"

namespace pk::replay {

inline constexpr std::size_t k_recorded_max = 50'000;  // logs; of more the newest are taken

// Where calls of this prompt are looked for.
std::string prompt_path(std::string_view id);

class Recording {
 public:
  struct Loaded {
    std::unique_ptr<Recording> recording;
    std::size_t passed_over = 0;  // logs that were meant and have no whole answer
    bool too_many = false;        // there were more than k_recorded_max
  };
  // Of the logs that the filter means, those that have an answer: request and response kept whole, a status,
  // no client that left. Reads each of them.
  static Result<Loaded> load(const store::LogReader& reader, const query::Filter& filter);

  std::size_t size() const { return m_size; }

  // The log that answers this request: of several the oldest first, and when all had their turn it again.
  std::optional<Uuid> next(std::string_view method, std::string_view path, std::string_view body) const;

  struct Nearest {
    Uuid id;
    std::vector<std::string>
        differing;  // names of cache/fingerprint.h: "body.temperature", "body.messages[3]"
  };
  // The log of the same method and path with the fewest differences, the newest of these. Nothing: there is
  // no log of that path.
  std::optional<Nearest> nearest(std::string_view method, std::string_view path, std::string_view body) const;

 private:
  struct Group {
    cache::Fingerprint fingerprint;
    std::string place;      // method and path
    std::vector<Uuid> ids;  // oldest first
    mutable std::atomic<std::size_t> turn{0};
  };
  void add(const log::LogRecord& record);

  std::map<cache::Key, std::unique_ptr<Group>> m_groups;
  std::size_t m_size = 0;
};

}  // namespace pk::replay
