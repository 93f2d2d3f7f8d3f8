#include "query/stream_text.h"

#include "base/json.h"
#include "base/rng.h"
#include "base/text.h"
#include "log/joined.h"
#include "query/search.h"
#include "support/catch.h"

namespace pk::query {

namespace {

std::string chunk(std::string_view delta, unsigned index = 0) {
  return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":" +
         std::to_string(index) + ",\"delta\":{\"content\":" + std::string(delta) + "}}]}\n\n";
}

std::string stream(const std::vector<std::string>& deltas) {
  std::string events;
  for (const std::string& delta : deltas) events += chunk(json_string(delta));
  return events;
}

}  // namespace

TEST_CASE("What a stream's pieces make together might be joined; what they never make is not") {
  const std::string events = stream({"Hel", "lo", " th", "ere, my", " friend"});
  for (const char* text : {"hello", "lo there", "Hello there, my friend", "e, my f"}) {
    CAPTURE(text);
    CHECK(might_join(Literal(text), events));
  }
  for (const char* text : {"xylophone", "hellox", "friend hello", "my  friend"}) {
    CAPTURE(text);
    CHECK_FALSE(might_join(Literal(text), events));
  }
}

TEST_CASE("What the message may have of its own might be joined") {
  const std::string events = stream({"a"});
  for (const char* text :
       {"message", "mess", "completion", "\"role\"", "a\\b", "null", "}]", ", 1", "", "e"}) {
    CAPTURE(text);
    CHECK(might_join(Literal(text), events));
  }
}

TEST_CASE("Nothing that is in a message is missed, whatever it was cut into") {
  Rng rng(11);
  for (int round = 0; round < 4000; ++round) {
    std::string events;
    for (std::uint64_t n = 1 + rng.next() % 6; n > 0; --n) {
      std::string delta;
      for (std::uint64_t m = rng.next() % 4; m > 0; --m) delta += "abcAB \n\"\\\t/"[rng.next() % 11];
      std::string token = json_string(delta);
      if (rng.next() % 8 == 0) token = "\"\\u0061" + token.substr(1);
      events += chunk(token, static_cast<unsigned>(rng.next() % 2));
    }
    std::string text;
    for (std::uint64_t n = 1 + rng.next() % 4; n > 0; --n) text += "abcn "[rng.next() % 5];
    const auto message = log::joined_message(events);
    REQUIRE(message);
    if (!body_has(*message, text) || body_has(events, text)) continue;
    CAPTURE(events, *message, text);
    CHECK(might_join(Literal(text), events));
  }
}

}  // namespace pk::query
