// A request is the same request however it is cut, and keeps to its limits.
#include <string>

#include "fuzz.h"
#include "http/request_parser.h"

namespace {

struct Outcome {
  bool done = false;
  std::string method, target, body;
  pk::http::Headers headers;
  std::size_t taken = 0;
  bool operator==(const Outcome&) const = default;
};

pk::http::Limits limits() {
  pk::http::Limits limits;
  limits.header_bytes_max = 4096;
  limits.body_bytes_max = 2000;
  return limits;
}

Outcome read(std::string_view input, std::string_view cuts, bool whole) {
  pk::http::RequestParser parser(limits());
  Outcome outcome;
  std::string pending;
  auto feed = [&](std::string_view piece) {
    pending += piece;
    while (!pending.empty() && !parser.done() && !parser.problem()) {
      const std::size_t taken = parser.put(pending);
      PK_ASSERT(taken <= pending.size());
      if (taken == 0) break;
      outcome.taken += taken;
      pending.erase(0, taken);
    }
  };
  if (whole)
    feed(input);
  else
    pk::fuzz::in_pieces(input, cuts, feed);
  // What is refused may be refused sooner or later, but never taken.
  outcome.done = parser.done() && !parser.problem();
  if (!outcome.done) {
    outcome.taken = 0;
    return outcome;
  }
  const pk::http::Request& request = parser.request();
  PK_ASSERT(request.body.size() <= limits().body_bytes_max);
  outcome.method = request.method;
  outcome.target = request.target;
  outcome.body = request.body;
  outcome.headers = request.headers;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const Outcome whole = read(input, "", true);
  PK_ASSERT(whole == read(input, "", false));
  PK_ASSERT(whole == read(input, input.substr(0, size % 5), false));
  return 0;
}
