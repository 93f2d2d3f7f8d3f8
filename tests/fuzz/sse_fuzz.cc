// An event stream gives the same events however it is cut, and none of them is larger than the bound.
#include <string>
#include <vector>

#include "base/sse.h"
#include "fuzz.h"

namespace {

constexpr std::size_t k_bound = 1000;

struct Event {
  std::string event, data, id;
  bool operator==(const Event&) const = default;
};

struct Stream {
  std::vector<Event> events;
  std::uint64_t skipped = 0;
  bool operator==(const Stream&) const = default;
};

template <class Feed>
Stream read(Feed&& feed) {
  Stream stream;
  pk::SseSplitter splitter(k_bound);
  auto keep = [&](const pk::SseEvent& event) {
    PK_ASSERT(event.data.size() <= k_bound);
    stream.events.push_back({std::string(event.event), std::string(event.data), std::string(event.id)});
  };
  feed([&](std::string_view piece) { splitter.feed(piece, keep); });
  splitter.finish(keep);
  stream.skipped = splitter.skipped();
  return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const std::string_view cuts = input.substr(0, size % 7);
  const Stream bytewise = read([&](auto&& feed) { pk::fuzz::in_pieces(input, "", feed); });
  const Stream pieces = read([&](auto&& feed) { pk::fuzz::in_pieces(input, cuts, feed); });
  PK_ASSERT(bytewise == pieces);
  const Stream whole = read([&](auto&& feed) { feed(input); });
  PK_ASSERT(bytewise == whole);
  return 0;
}
