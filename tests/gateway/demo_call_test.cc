#include "gateway/demo_call.h"

#include "support/catch.h"

using pk::Errc;
using pk::Task;
using pk::gateway::DemoCall;
using pk::provider::DemoReply;

namespace {

// Nothing waits in it: it runs to its end at once.
std::vector<std::string> pieces_of(DemoCall& call, int& status) {
  std::vector<std::string> pieces;
  const auto read = [](DemoCall& c, std::vector<std::string>& into, int& code) -> Task<void> {
    auto head = co_await c.head();
    code = head ? (*head)->status : 0;
    while (true) {
      const bool ended = c.ended();
      auto piece = co_await c.read();
      if (!piece) into.push_back("error");
      if (!piece || piece->empty()) break;
      if (ended) into.push_back("more after the end");
      into.emplace_back(*piece);
    }
  };
  read(call, pieces, status).detach();
  return pieces;
}

}  // namespace

TEST_CASE("A whole answer is one piece, a stream one for each event") {
  DemoReply whole;
  whole.status = 201;
  whole.body = "body";
  DemoCall one(whole);
  int status = 0;
  CHECK(pieces_of(one, status) == std::vector<std::string>{"body"});
  CHECK(status == 201);
  CHECK(one.ended());

  DemoReply stream;
  stream.chunks = {"a", "b", "c"};
  DemoCall three(stream);
  CHECK(pieces_of(three, status) == std::vector<std::string>{"a", "b", "c"});

  DemoCall nothing{DemoReply{}};
  CHECK(nothing.ended());
  CHECK(pieces_of(nothing, status).empty());
}

TEST_CASE("A cancelled answer gives no further piece") {
  DemoReply stream;
  stream.chunks = {"a", "b"};
  DemoCall call(stream);
  call.cancel();
  int status = 0;
  CHECK(pieces_of(call, status) == std::vector<std::string>{"error"});
}
