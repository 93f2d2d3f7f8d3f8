// W3C trace context: the traceparent and baggage headers that tracing libraries send by themselves
// (https://www.w3.org/TR/trace-context/, https://www.w3.org/TR/baggage/). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "log/record.h"

namespace pk::gateway {

struct TraceParent {
  std::string_view trace_id;   // 32 hex digits
  std::string_view parent_id;  // 16 hex digits: the span of the caller
};

// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01". Nothing if it is malformed or all zero.
std::optional<TraceParent> read_traceparent(std::string_view value);

// "user=ana,region=eu;property": appended to `metadata` where its key is not there yet; values
// percent-decoded, properties dropped, broken members passed over.
void append_baggage(std::string_view value, log::Metadata& metadata);

}  // namespace pk::gateway
