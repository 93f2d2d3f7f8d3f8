#include "replay/local.h"

#include "replay/answer.h"

namespace pk::replay {

namespace {

// What the gateway said instead of sending it.
Error refusal_of(const Outcome& outcome) {
  const std::string words = said({outcome.headers, outcome.body}).text;
  return {Errc::upstream, "the request cannot be sent again: " + (words.empty() ? "no answer" : words)};
}

}  // namespace

Result<void> Local::check(const log::LogRecord& original, const Overrides& overrides) {
  if (auto prepared = prepare(original, overrides, m_ground); !prepared) return std::move(prepared).error();
  return {};
}

Task<Result<Replayed>> Local::send(log::LogRecord original, const Overrides& overrides) {
  Result<Prepared> prepared = prepare(original, overrides, m_ground);
  if (!prepared) co_return std::move(prepared).error();
  std::vector<std::string> notes = std::move(prepared->notes);
  Taker taker;
  Task<Outcome> task = m_plane.run(*std::move(prepared), taker);
  Outcome outcome = co_await std::move(task);
  if (!outcome.record) co_return refusal_of(outcome);
  Replayed replayed{*std::move(outcome.record), std::move(notes)};
  // Of one that is not tracked the record has no content; what was said is compared all the same.
  if (!replayed.record.response)
    replayed.record.response = log::Content{std::move(outcome.headers), std::move(outcome.body)};
  co_return replayed;
}

}  // namespace pk::replay
