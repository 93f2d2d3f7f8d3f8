// Feedback hangs on a trace, before or after its records; LogReader joins it to them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "log/record.h"
#include "store/env.h"

namespace pk::store {

struct Feedback {
  Uuid id;  // given by the caller (UuidSource)
  std::string trace_id;
  std::int64_t value = 0;  // -10 … 10
  double weight = 1;       // 0 … 1
  log::Metadata metadata;
  std::string comment;
  std::int64_t created_at = 0;  // ms since 1970
  bool operator==(const Feedback&) const = default;
};

// All of them or, with an error, none. invalid: a value, weight or trace id out of its range, named.
Result<void> add_feedback(Env& env, std::span<const Feedback> feedback);
// Puts `feedback` in the place of the one with its id; false if there is none.
Result<bool> replace_feedback(Env& env, const Feedback& feedback);

// The one with that id; nothing if there is none.
Result<std::optional<Feedback>> find_feedback(const Env& env, const Uuid& id);

// Newest first, from the newest or from the one before that id, until `visit` returns false. Returns how many
// were visited.
Result<std::size_t> list_feedback(const Env& env, const std::function<bool(const Feedback&)>& visit,
                                  std::optional<Uuid> before = {});
// That of one trace, newest first.
Result<std::vector<Feedback>> trace_feedback(const Env& env, std::string_view trace_id);
Result<log::FeedbackSummary> feedback_summary(const Env& env, std::string_view trace_id);

}  // namespace pk::store
