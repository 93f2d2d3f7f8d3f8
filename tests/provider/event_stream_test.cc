#include "provider/event_stream.h"

#include "support/catch.h"
#include "support/event_stream.h"

namespace pk::provider {
namespace {

struct Seen {
  std::string messages;  // type/event/exception/code/payload;
  std::string problem;
  bool inside = false;
  bool operator==(const Seen&) const = default;
};

void feed(EventStreamReader& reader, std::string_view bytes, Seen& seen) {
  reader.feed(bytes, [&](const EventMessage& message) {
    for (const std::string_view part : {message.message_type, message.event_type, message.exception_type,
                                        message.error_code, message.error_message, message.payload})
      seen.messages.append(part).append("/");
    seen.messages += ";";
  });
}

Seen read(std::string_view bytes, std::size_t step = std::string_view::npos) {
  EventStreamReader reader;
  Seen seen;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
    feed(reader, bytes.substr(0, step), seen);
  seen.problem = reader.problem();
  seen.inside = reader.is_inside();
  return seen;
}

std::string unhex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return out;
}

TEST_CASE("A published message is read") {
  // From the test data of AWS's own libraries: one header, content-type.
  const std::string message = unhex(
      "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a"
      "27626172277d8d9c08b1");
  CHECK(read(message) == Seen{"/////{'foo':'bar'}/;", "", false});
  CHECK(event_message({{"content-type", "application/json"}}, "{'foo':'bar'}") == message);
}

TEST_CASE("Messages come whole wherever the stream is cut") {
  const std::string stream =
      aws_event("messageStart", R"({"role":"assistant"})") + aws_event("empty", "") +
      aws_exception("throttlingException", R"({"message":"slow down"})") +
      event_message({{":message-type", "error"}, {":error-code", "500"}, {":error-message", "no"}}, "");
  const Seen whole = read(stream);
  CHECK(whole.problem.empty());
  CHECK_FALSE(whole.inside);
  CHECK(whole.messages ==
        "event/messageStart////{\"role\":\"assistant\"}/;event/empty/////;"
        "exception//throttlingException///{\"message\":\"slow down\"}/;error///500/no//;");
  for (std::size_t step = 1; step < stream.size(); ++step) CHECK(read(stream, step) == whole);
}

TEST_CASE("A stream that ends inside a message is known to be cut") {
  const std::string message = aws_event("a", "{}");
  for (std::size_t size = 1; size < message.size(); ++size) {
    const Seen seen = read(message.substr(0, size));
    CHECK((seen.inside && seen.messages.empty() && seen.problem.empty()));
  }
}

TEST_CASE("A flipped bit anywhere is noticed, and nothing follows it") {
  const std::string good = aws_event("a", R"({"x":1})");
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    const Seen seen = read(bad + good);
    CHECK((seen.messages.empty() && !seen.problem.empty()));
  }
}

TEST_CASE("Headers of every type are passed over, to find those that count") {
  using namespace std::string_literals;
  const std::string others = "\x01t\x00"s + "\x01"s + "f\x01"s + "\x01"s + "b\x02"s + "x" + "\x01"s +
                             "s\x03"s + "xx" + "\x01i\x04"s + "xxxx" + "\x01l\x05"s + "xxxxxxxx" + "\x01"s +
                             "d\x06\x00\x01"s + "x" + "\x01m\x08"s + "xxxxxxxx" + "\x01u\x09"s +
                             std::string(16, 'x');
  CHECK(read(raw_event_message(others + string_header(":event-type", "e"), "p")).messages == "/e////p/;");
}

TEST_CASE("Lengths and headers that cannot be are refused") {
  const auto message_of = [](std::uint64_t total, std::uint64_t headers) {
    std::string out = big_end(total, 4) + big_end(headers, 4);
    return out + crc_bytes(out) + "xxxxxxxxxxxxxxxx";
  };
  CHECK(read(message_of(15, 0)).problem == "a message's lengths contradict each other");
  CHECK(read(message_of(20, 5)).problem == "a message's lengths contradict each other");
  CHECK(read(message_of(k_event_message_bytes_max + 1, 0)).problem == "a message is too large");
  CHECK(read(message_of(1 << 20, k_event_headers_bytes_max + 1)).problem == "a message is too large");
  using namespace std::string_literals;
  for (const std::string& headers :
       {"\x05"s + "ab", "\x01"s + "a", "\x01"s + "a\x0a"s, "\x01"s + "a\x07\x00\x09"s + "b",
        "\x01"s + "a\x07\x00"s, "\x01"s + "a\x05"s + "short"})
    CHECK(read(raw_event_message(headers, "{}")).problem == "the headers of a message cannot be read");
  CHECK(read("{\"message\":\"no stream at all\"}").problem == "the checksum of a message's prelude is wrong");
}

}  // namespace
}  // namespace pk::provider
