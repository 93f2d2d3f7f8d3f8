// LogRecord: one exchange as stored and shown. A plain value: copies, compares, has no behaviour beyond
// itself. The fields are those of log/fields.def; the numbers given to enum values here go to disk and are
// never changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace pk::log {

enum class Endpoint : std::uint8_t {
  other = 0,
  chat_completions = 1,
  completions = 2,
  embeddings = 3,
  messages = 4,
  responses = 5
};
enum class State : std::uint8_t {
  complete = 0,
  interrupted = 1,  // opened and never closed: the process ended first
  aborted = 2,      // the client left before the last byte
};
enum class Cache : std::uint8_t { disabled = 0, miss = 1, refreshed = 2, hit = 3, semantic_hit = 4 };
enum class Retry : std::uint8_t { not_triggered = 0, success = 1, failed = 2 };
enum class Active : std::uint8_t { disabled = 0, active = 1 };
// Why a record cannot be replayed; `none`: it can.
enum class ReplayBlock : std::uint8_t {
  none = 0,
  endpoint = 1,
  provider_archived = 2,
  prompt_in_target = 3,
  not_tracked = 4,
  no_content = 5,  // pruned, interrupted or cut
};

// The words of the contract: "chat-completions", "semantic-hit", "provider-archived" … and back (nothing if
// unknown).
std::string_view slug(Endpoint value);
std::string_view slug(State value);
std::string_view slug(Cache value);
std::string_view slug(Retry value);
std::string_view slug(Active value);
std::string_view slug(ReplayBlock value);
std::optional<Endpoint> endpoint_of(std::string_view slug);
std::optional<State> state_of(std::string_view slug);

using Headers = std::vector<std::pair<std::string, std::string>>;  // in wire order, names as received
using Metadata = std::vector<std::pair<std::string, std::string>>;

// One side of an exchange. A stream's body is its events as they came.
struct Content {
  Headers headers;  // secrets already masked
  std::string body;
  bool operator==(const Content&) const = default;
};

// One try at one target. `wait_ms` is the pause before it; `latency_ms` its own time.
struct Attempt {
  std::string option;  // "config", "config.targets[1]"
  std::string provider;
  std::string model;                        // "" if unknown
  std::optional<std::int64_t> http_status;  // none if no answer came, 408 if none began in time
  std::string error;                        // "" if none
  double latency_ms = 0;
  double wait_ms = 0;
  bool operator==(const Attempt&) const = default;
};

// The feedback on a record's trace: Σ value·weight ÷ Σ weight. Joined when read, not part of the record on
// disk.
struct FeedbackSummary {
  std::int64_t count = 0;
  std::optional<double> weighted_average;
  bool operator==(const FeedbackSummary&) const = default;
};

// Kinds of fields.def, as the C++ type that holds each. A nullable text is null when empty.
namespace kind {
using uuid = Uuid;
using nullable_uuid = std::optional<Uuid>;
using time = std::int64_t;  // ms since 1970, UTC
using text = std::string;
using nullable_text = std::string;
using integer = std::int64_t;
using nullable_integer = std::optional<std::int64_t>;
using real = double;
using nullable_real = std::optional<double>;
using boolean = bool;
using endpoint = Endpoint;
using state = State;
using cache = Cache;
using retry = Retry;
using active = Active;
using replay_block = ReplayBlock;
using metadata = Metadata;
using attempts = std::vector<Attempt>;
using content = std::optional<Content>;  // none: not tracked, or gone
using derived_status = struct DerivedStatus {
  bool operator==(const DerivedStatus&) const = default;
};  // from cache, retry, fallback, loadbalance
using derived_replayable = struct DerivedReplayable {
  bool operator==(const DerivedReplayable&) const = default;
};  // replay_blocked_by is none
using derived_feedback = FeedbackSummary;
}  // namespace kind

struct LogRecord {
#define PK_FIELD(number, name, kind_) kind::kind_ name{};
#define PK_FIELD_INTERNAL(number, name, kind_) kind::kind_ name{};
#include "log/fields.def"

  bool operator==(const LogRecord&) const = default;
};

// The status array: "cache-hit", "retry-not-triggered", "fallback-disabled", "loadbalance-active".
std::vector<std::string> status_slugs(const LogRecord& record);

}  // namespace pk::log
