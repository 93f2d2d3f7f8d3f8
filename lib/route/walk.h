// Plays a route through: from its root with the outcomes in their order, down into each strategy, which sees
// those of its own targets alone, until an outcome is missing (that attempt is the decision) or the root has
// its answer. What it does on the way can be noted, for why.h.
#pragma once

#include <cstdint>
#include <vector>

#include "config/gateway_config.h"
#include "route/choose.h"
#include "route/facts.h"
#include "route/retry.h"
#include "route/route.h"

namespace pk::route {

// One thing that was decided, and by what.
struct Note {
  enum class Kind : std::uint8_t {
    chosen,      // by `choice`: of single, loadbalance, conditional
    started,     // a fallback, with `target`
    skipped,     // `target`: its breaker is open
    bypassed,    // all breakers are open
    fell_back,   // to `target`, on `outcome`
    not_listed,  // `outcome` is not in on_status_codes
    none_left,   // no target after `outcome`
    stopped,     // a fallback, by a gateway exception
    ended,       // a target, with `outcome` and `retry`
    retried,     // a target, after `outcome` and as `retry` says
    strayed,     // the history is not this route's
  };
  Kind kind = Kind::chosen;
  const config::Node* node = nullptr;
  std::size_t target = 0;
  Choice choice;
  Outcome outcome;
  RetryStep retry;
  int retries = 0;  // of `retried` and `ended`: so far
};

// Lives for one decision.
class Walk {
 public:
  Walk(const Facts& facts, History history, std::vector<Note>* notes = nullptr)
      : m_facts(facts), m_history(history), m_notes(notes) {}

  Decision decide(const config::Node& root);

 private:
  // The outcome that the node ends with; null: m_decision says how it goes on.
  const Outcome* visit(const config::Node& node);
  const Outcome* visit_target(const config::Node& target);
  const Outcome* visit_chosen(const config::Node& strategy);
  const Outcome* visit_fallback(const config::Node& strategy);
  bool goes_on(const config::Node& strategy, const Outcome& outcome);
  const Outcome* stray(const config::Node& node);
  void note(Note note) {
    if (m_notes) m_notes->push_back(note);
  }

  const Facts& m_facts;
  const History m_history;
  std::vector<Note>* const m_notes;
  std::size_t m_at = 0;  // the next outcome
  Decision m_decision;
};

}  // namespace pk::route
