// Feedback as it comes over HTTP: one object or an array of them, in the reference's form (section 6). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/feedback.h"

namespace pk::admin {

inline constexpr std::size_t k_feedback_batch_max = 10'000;
inline constexpr std::size_t k_feedback_text_bytes_max = 10'000;  // of a comment, and of the metadata
inline constexpr std::size_t k_trace_id_bytes_max = 1'000;

// {"trace_id"*, "value"*, "weight", "metadata", "comment"}; portkey-ai for Node says traceID, and sends an
// array as
// {"0":{…},"1":{…}}. Metadata is an
// object, or a text with one in it; its values are texts, numbers or truths. Ids and times are left open.
// invalid, saying what is wrong with which, for one that is not as it must be.
Result<std::vector<store::Feedback>> read_feedback_body(std::string_view body);

// {"value"*, "weight", "metadata", "comment"}: what is given takes the place of what `feedback` has.
Result<void> apply_feedback_update(store::Feedback& feedback, std::string_view body);

// {"id","trace_id","value","weight","metadata","comment","created_at"}; a comment that is "" is null.
std::string json_of(const store::Feedback& feedback);

}  // namespace pk::admin
