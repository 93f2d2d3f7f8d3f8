// Whatever a stream or another body holds, it is shown as JSON on one line, and an event stream is joined the
// same whether or not comments stand between its events.
#include <string>

#include "base/json.h"
#include "base/sse.h"
#include "fuzz.h"
#include "log/joined.h"
#include "log/json.h"

namespace {

// The same events, written anew with a comment before each.
std::string with_comments(std::string_view stream) {
  std::string out;
  pk::SseSplitter splitter;
  const auto write = [&](const pk::SseEvent& event) {
    out.append(": ping\n\n").append(event.raw).append("\n\n");
  };
  splitter.feed(stream, write);
  splitter.finish(write);
  return out;
}

void check(const pk::log::Content& content, pk::log::BodyForm form) {
  std::string shown;
  pk::log::append_json(shown, content, form);
  PK_ASSERT(pk::is_json(shown));
  PK_ASSERT(shown.find_first_of("\r\n") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const auto message = pk::log::joined_message(input);
  if (message) PK_ASSERT(pk::is_json(*message));
  PK_ASSERT(pk::log::joined_message(with_comments(input)) == message);
  const pk::log::Content stream{{{"content-type", "text/event-stream"}, {std::string(input), "x"}},
                                std::string(input)};
  check(stream, pk::log::BodyForm::joined);
  check(stream, pk::log::BodyForm::raw);
  return 0;
}
