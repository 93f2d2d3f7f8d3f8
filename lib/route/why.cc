#include "route/why.h"

#include <fmt/format.h>

#include "route/walk.h"

namespace pk::route {

namespace {

std::string seconds(std::int64_t ms) {
  return fmt::format("{} s", static_cast<double>(ms) / 1000);
}

std::string words(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::status:
      return std::to_string(outcome.status);
    case Outcome::Kind::network_error:
      return "a network error";
    case Outcome::Kind::timeout:
      return "a timeout";
    case Outcome::Kind::gateway_exception:
      break;
  }
  return "an error of the gateway itself";
}

std::string chosen(const Note& note) {
  const Choice& choice = note.choice;
  const std::string bypassed =
      choice.bypassed ? ", circuit breakers ignored as no target is left closed" : std::string();
  switch (choice.by) {
    case Choice::By::weight:
      return fmt::format("targets[{}] by weight {} of {}{}", note.target, choice.weight, choice.weight_sum,
                         bypassed);
    case Choice::By::sticky:
      return fmt::format("targets[{}] as before, by its hash_fields", note.target);
    case Choice::By::condition:
      return fmt::format("targets[{}] by conditions[{}]", note.target, choice.condition);
    case Choice::By::otherwise:
      return fmt::format("targets[{}] by default, no condition holds", note.target);
    case Choice::By::nothing:
      return "no condition holds and there is no default";
    case Choice::By::only:
      break;
  }
  return fmt::format("targets[{}], the first", note.target);
}

std::string ended(const Note& note) {
  const int attempts = note.node->inherited.retry ? note.node->inherited.retry->attempts : 0;
  switch (note.retry.what) {
    case RetryStep::What::exhausted:
      return fmt::format("ended with {} after {} of {} retries", words(note.outcome), note.retries, attempts);
    case RetryStep::What::gave_up:
      return fmt::format("ended with {}: its retry-after asks for more than is left of {}",
                         words(note.outcome), seconds(k_retry_wait_ms_max));
    default:
      break;
  }
  const bool not_retried = attempts > 0 && !is_ok(note.outcome);
  return fmt::format("ended with {}{}", words(note.outcome), not_retried ? ", which is not retried" : "");
}

std::string retried(const Note& note) {
  return fmt::format("retry {} of {}, {} after {}{}", note.retries, note.node->inherited.retry->attempts,
                     seconds(note.retry.wait_ms), words(note.outcome),
                     note.retry.asked_for ? ", as its retry-after asks" : "");
}

std::string sentence(const Note& note) {
  switch (note.kind) {
    case Note::Kind::chosen:
      return chosen(note);
    case Note::Kind::started:
      return fmt::format("targets[{}] first", note.target);
    case Note::Kind::skipped:
      return fmt::format("targets[{}] skipped, its circuit breaker is open", note.target);
    case Note::Kind::bypassed:
      return "circuit breakers ignored as no target is left closed";
    case Note::Kind::fell_back:
      return fmt::format("fell back to targets[{}] on {}", note.target, words(note.outcome));
    case Note::Kind::not_listed:
      return fmt::format("no fallback on {}, which is not in on_status_codes", words(note.outcome));
    case Note::Kind::none_left:
      return fmt::format("no target is left after {}", words(note.outcome));
    case Note::Kind::stopped:
      return "no fallback on an error of the gateway itself";
    case Note::Kind::ended:
      return ended(note);
    case Note::Kind::retried:
      return retried(note);
    case Note::Kind::strayed:
      break;
  }
  return "what happened is not what this config leads to: it may have changed since";
}

}  // namespace

std::vector<std::string> why(const Route& route, const Facts& facts, History history) {
  std::vector<Note> notes;
  Walk(facts, history, &notes).decide(route.root());
  std::vector<std::string> sentences;
  sentences.reserve(notes.size());
  for (const Note& note : notes) sentences.push_back(fmt::format("{}: {}", note.node->path, sentence(note)));
  return sentences;
}

}  // namespace pk::route
