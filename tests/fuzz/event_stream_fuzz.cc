// A stream gives the same messages however it is cut, and each lies within the bounds. The input goes in as
// it is, and as headers and payload of a frame whose checksums are right.
#include "provider/event_stream.h"

#include <string>

#include "fuzz.h"
#include "support/event_stream.h"

namespace {

using namespace pk::provider;

struct Seen {
  std::string messages;
  std::string problem;
  bool inside = false;
  bool operator==(const Seen&) const = default;
};

template <class Feed>
Seen read(Feed&& feed) {
  EventStreamReader reader;
  Seen seen;
  feed([&](std::string_view piece) {
    reader.feed(piece, [&](const EventMessage& message) {
      PK_ASSERT(message.payload.size() < k_event_message_bytes_max);
      for (const std::string_view part : {message.message_type, message.event_type, message.exception_type,
                                          message.error_code, message.error_message, message.payload})
        seen.messages.append(part).append("/");
    });
  });
  seen.problem = reader.problem();
  seen.inside = reader.is_inside();
  return seen;
}

void check(std::string_view stream, std::string_view cuts) {
  const Seen whole = read([&](auto&& feed) { feed(stream); });
  PK_ASSERT(whole == read([&](auto&& feed) { pk::fuzz::in_pieces(stream, "", feed); }));
  PK_ASSERT(whole == read([&](auto&& feed) { pk::fuzz::in_pieces(stream, cuts, feed); }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const std::string_view cuts = input.substr(0, size % 7);
  check(input, cuts);
  const std::size_t headers = input.empty() ? 0 : std::min<std::size_t>(data[0], size);
  const std::string frame = pk::raw_event_message(input.substr(0, headers), input.substr(headers));
  check(frame + frame, cuts);
  return 0;
}
