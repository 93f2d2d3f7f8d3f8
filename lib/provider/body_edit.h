// How a request body is changed before it goes out: by splicing its text, so that every byte that is not
// meant stays as it was: spaces, order, numbers of any size and spelling. Pure.
//
// `json` has passed BodyReader::read; of other text nothing is promised but that no byte outside it is read.
// What BodyReader found in it (model, user, stream …) may be another thing after an edit: read the result
// again.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/gateway_config.h"

namespace pk::provider {

// How much longer than before edits may make a body.
inline constexpr std::size_t k_edit_bytes_max = 16'000'000;

// The body after default_params, override_params and drop_params, in this order (reference 2.1):
// - a default is appended where the body has no such top-level member (null is one);
// - an override takes the place of the whole value, of twins the first one's while the others go; or is
//   appended;
// - what drop_params lead to is deleted, see drop_path.h; defaults and overrides too.
// Of a name that stands twice in the edits the last value counts.
//
// The result passes BodyReader::read. Errors are fit for a client: `invalid` for a default or override that
// would nest deeper than a body may (k_body_depth_max) or is no JSON, `limit` for an overlong model or user,
// for k_edit_bytes_max and for k_drop_steps_max. Two walks over the body at most, however many edits.
Result<std::string> edited_body(std::string_view json, const config::BodyEdits& edits);

// The body with another model: the top-level `model`, twins too, replaced as by an override. One walk.
std::string with_model(std::string_view json, std::string_view model);

}  // namespace pk::provider
