// One call through a gateway of its own, and what came of it.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "gateway/exchange.h"
#include "gateway/fakes.h"
#include "support/catch.h"

namespace pk::test {

// The record of the one exchange, closed once and opened at most once.
inline const log::LogRecord& only(const RecordingSink& sink) {
  REQUIRE(sink.opened.size() <= 1);
  REQUIRE(sink.closed.size() == 1);
  if (!sink.opened.empty()) CHECK(sink.opened[0].id == sink.closed[0].id);
  return sink.closed[0];
}

// One call through a gateway of its own.
struct Called {
  explicit Called(http::Request request, const std::function<void(TestGateway&)>& prepare = {}) {
    TestGateway gateway(sink);
    if (prepare) prepare(gateway);
    responder = gateway.answer(std::move(request));
  }
  const log::LogRecord& record() const { return only(sink); }

  RecordingSink sink;
  FakeResponder responder;
};

inline HeaderList json_of_length(std::size_t bytes) {
  return {{"Content-Type", "application/json"}, {"Content-Length", std::to_string(bytes)}};
}

inline Answer sse_head() {
  return Answer::script().head(200,
                               {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}});
}

}  // namespace pk::test
