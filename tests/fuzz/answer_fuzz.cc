// An answer is the same answer however the network cuts it, good or bad, and keeps to its limits.
#include <string>

#include "fuzz.h"
#include "upstream/answer_reader.h"

namespace {

constexpr std::size_t k_head_bytes_max = 4096;

struct Outcome {
  bool done = false, head_done = false, keeps_alive = false;
  int status = 0;
  pk::log::Headers headers;
  std::string body, error;
  std::size_t taken = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view input, std::string_view cuts, bool whole, bool to_head) {
  pk::upstream::AnswerReader reader(to_head, k_head_bytes_max);
  Outcome outcome;
  const auto feed = [&](std::string_view piece) {
    if (reader.done() || reader.error()) return;
    const std::size_t taken = reader.put(piece, outcome.body);
    PK_ASSERT(taken <= piece.size());
    // What is left over is left only by an end.
    PK_ASSERT(taken == piece.size() || reader.done() || reader.error());
    outcome.taken += taken;
  };
  if (whole)
    feed(input);
  else
    pk::fuzz::in_pieces(input, cuts, feed);
  reader.close();
  PK_ASSERT(reader.done() != reader.error().has_value());
  PK_ASSERT(outcome.body.size() <= input.size());
  outcome.done = reader.done();
  outcome.head_done = reader.head_done();
  if (reader.error()) outcome.error = reader.error()->message;
  if (!outcome.done) outcome.taken = 0;  // of no answer, of no meaning
  outcome.keeps_alive = outcome.done && reader.keeps_alive();
  if (!outcome.head_done) return outcome;
  pk::upstream::Head head = reader.take_head();
  outcome.status = head.status;
  outcome.headers = std::move(head.headers);
  PK_ASSERT(outcome.status >= 200 && outcome.status <= 999);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  for (const bool to_head : {false, true}) {
    const Outcome whole = read(input, "", true, to_head);
    PK_ASSERT(!to_head || whole.body.empty());
    PK_ASSERT(whole == read(input, "", false, to_head));
    PK_ASSERT(whole == read(input, input.substr(0, size % 5), false, to_head));
  }
  return 0;
}
