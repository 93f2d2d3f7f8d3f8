#include "base/sse.h"

#include <string>
#include <vector>

#include "support/catch.h"

using pk::SseEvent;
using pk::SseSplitter;

namespace {

struct Seen {
  std::string event, data, id, raw;
  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& e) {
  return out << "{event=" << e.event << " data=" << e.data << " id=" << e.id << " raw=" << e.raw << "}";
}

struct Run {
  std::vector<Seen> events;
  std::uint64_t skipped = 0;
  bool operator==(const Run&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Run& run) {
  for (const Seen& e : run.events) out << e << "\n";
  return out << run.skipped << " skipped";
}

Run run(const std::vector<std::string>& pieces, std::size_t bytes_max = pk::k_sse_event_bytes_max) {
  SseSplitter splitter(bytes_max);
  Run out;
  const auto see = [&](const SseEvent& e) {
    out.events.push_back({std::string(e.event), std::string(e.data), std::string(e.id), std::string(e.raw)});
  };
  // Each piece has its own heap block, so that ASan sees a view that outlives it.
  for (const std::string& piece : pieces) splitter.feed(std::string(piece), see);
  splitter.finish(see);
  out.skipped = splitter.skipped();
  return out;
}

std::vector<std::string> data_of(const std::string& stream) {
  std::vector<std::string> out;
  for (const Seen& e : run({stream}).events) out.push_back(e.data);
  return out;
}

using Data = std::vector<std::string>;

const std::string k_stream =
    "\xef\xbb\xbf: ping\n\nevent: message_start\ndata: {\"a\":1}\n\ndata: one\r\ndata:two\r\n\r\nid: "
    "7\rdata: cr\r\r\r\n\n"
    ":\n: OPENROUTER PROCESSING\n\nretry: 10\ndata\ndata:  x\nunknown: y\n\nevent: gone\n\ndata: "
    "\xc3\xa9\n\ndata: [DONE]";

}  // namespace

TEST_CASE("The event stream rules hold") {
  // The three examples of the specification.
  CHECK(data_of("data: YHOO\ndata: +2\ndata: 10\n\n") == Data{"YHOO\n+2\n10"});
  CHECK(data_of("data\n\ndata\ndata\n\ndata:\n\n") == Data{"", "\n", ""});
  CHECK(data_of("data:test\n\ndata: test\n\n") == Data{"test", "test"});
  // Line ends, mixed.
  CHECK(data_of("data: a\r\n\r\ndata: b\n\ndata: c\r\rdata: d\r\n\ndata: e\n\r\n") ==
        Data{"a", "b", "c", "d", "e"});
  // What is no event.
  CHECK(data_of("") == Data{});
  CHECK(data_of("\n\n\r\n\r\r") == Data{});
  CHECK(data_of(": ping\n\n:\n\nevent: x\n\nid: 1\n\nDATA: x\n\n data: x\n\n") == Data{});
  // One space is stripped, one byte order mark, at the start only.
  CHECK(data_of("data:  two spaces\n\n") == Data{" two spaces"});
  CHECK(data_of("\xef\xbb\xbf"
                "data: x\n\ndata: y\n\n") == Data{"x", "y"});
  CHECK(data_of("data: x\n\n\xef\xbb\xbf"
                "data: y\n\n") == Data{"x"});
  CHECK(data_of("data: a:b\n\n") == Data{"a:b"});
}

TEST_CASE("Names, ids and the bytes as they came are given with the data") {
  const Run seen =
      run({"event: a\nid: 1\ndata: x\n\ndata: y\r\n\r\nid\nid: b\0c\nevent: m\nevent: n\ndata: z\n\n"});
  REQUIRE(seen.events.size() ==
          2);  // the literal ends at its NUL: what follows is an id line that never ends
  CHECK(seen.events[0] == Seen{"a", "x", "1", "event: a\nid: 1\ndata: x"});
  CHECK(seen.events[1] == Seen{"", "y", "1", "data: y"});
  const Run reset = run({std::string("id: 1\nid: b\0c\ndata: x\n\nid\nevent: m\nevent: n\ndata: z\n\n", 52)});
  REQUIRE(reset.events.size() == 2);
  CHECK(reset.events[0].id == "1");
  CHECK(reset.events[1].id == "");
  CHECK(reset.events[1].event == "n");
}

TEST_CASE("A stream that ends without its last blank line gives its last event") {
  CHECK(data_of("data: [DONE]") == Data{"[DONE]"});
  CHECK(data_of("data: x\n\ndata: [DONE]\n") == Data{"x", "[DONE]"});
  CHECK(data_of("data: x\n\n: bye") == Data{"x"});
  CHECK(data_of("data: x\n\r") == Data{"x"});
}

TEST_CASE("A stream cut at any byte gives the same events") {
  const Run whole = run({k_stream});
  REQUIRE(whole.events.size() == 6);
  CHECK(whole.events[2] == Seen{"", "cr", "7", "id: 7\rdata: cr"});
  CHECK(whole.events[3].data == "\n x");
  std::vector<std::string> bytes;
  for (std::size_t cut = 0; cut <= k_stream.size(); ++cut) {
    INFO("cut at " << cut);
    REQUIRE(run({k_stream.substr(0, cut), k_stream.substr(cut)}) == whole);
    for (std::size_t second = cut; second <= k_stream.size(); second += 7)
      REQUIRE(run({k_stream.substr(0, cut), k_stream.substr(cut, second - cut), k_stream.substr(second)}) ==
              whole);
    if (cut < k_stream.size()) bytes.push_back(k_stream.substr(cut, 1));
  }
  CHECK(run(bytes) == whole);
}

TEST_CASE("An event is given as soon as its blank line is there") {
  SseSplitter splitter;
  int seen = 0;
  const auto see = [&](const SseEvent&) { ++seen; };
  splitter.feed("data: x\n", see);
  CHECK(seen == 0);
  splitter.feed("\n", see);
  CHECK(seen == 1);
  splitter.feed("data: x\r\n\r", see);
  CHECK(seen == 2);
  splitter.feed("\n", see);
  splitter.finish(see);
  CHECK(seen == 2);
}

TEST_CASE("An event that lies whole in the bytes is not copied") {
  const std::string stream = ": ping\n\nevent: x\ndata: {\"a\":1}\n\n";
  SseSplitter splitter;
  splitter.feed(stream, [&](const SseEvent& e) {
    CHECK(e.data.data() == stream.data() + stream.find('{'));
    CHECK(e.event.data() == stream.data() + stream.find("x\n"));
    CHECK(e.raw.data() == stream.data() + 8);
  });
}

TEST_CASE("An event beyond the bound is skipped and counted, whatever the cut") {
  const std::string stream = "data: 1\n\ndata: " + std::string(100, 'x') +
                             "\ndata: y\r\n\r\ndata: 2\n\n: " + std::string(40, 'c') +
                             "\n\ndata: 3\n\ndata: " + std::string(33, 'z');
  const Run whole = run({stream}, 32);
  REQUIRE(whole.events.size() == 3);
  CHECK(whole.events[1].data == "2");
  CHECK(whole.events[2].data == "3");
  CHECK(whole.skipped == 3);
  std::vector<std::string> bytes;
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    REQUIRE(run({stream.substr(0, cut), stream.substr(cut)}, 32) == whole);
    bytes.push_back(stream.substr(cut, 1));
  }
  CHECK(run(bytes, 32) == whole);
}

TEST_CASE("After finish the splitter takes another stream") {
  SseSplitter splitter;
  std::vector<std::string> ids;
  const auto see = [&](const SseEvent& e) { ids.emplace_back(e.id); };
  splitter.feed("id: 1\ndata: x\n\ndata: cut\r", see);
  splitter.finish(see);
  splitter.feed(
      "\xef\xbb\xbf"
      "data: y\n\n",
      see);
  CHECK(ids == Data{"1", "1", ""});
}
