// Answers on their way into the cache and out of it: whether one may be kept, and a kept one in the form of
// an upstream call, so that it takes the way of every other.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cache/entry.h"
#include "log/record.h"
#include "upstream/client.h"

namespace pk::gateway {

// Whether an answer with a 2xx status is one to give again: a JSON object that is no error and no work in
// progress, or a stream up to its own end mark. That the bytes came whole does not say it: of a body without
// a length only its text can. Pure.
bool may_be_kept(log::Endpoint endpoint, bool event_stream, std::string_view body);

// How a client wants its answer.
struct Wanted {
  log::Endpoint endpoint = log::Endpoint::other;
  bool stream = false;
  bool usage = false;  // of a stream: stream_options.include_usage
};

// The entry as this client wants it: whole or streamed, with a chunk for the usage or without. Null: the
// entry does not have what is wanted (the usage that was not asked for then, a form that cannot be made).
std::unique_ptr<upstream::Call> stored_call(cache::EntryPtr entry, const Wanted& wanted);

}  // namespace pk::gateway
