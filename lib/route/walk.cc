#include "route/walk.h"

namespace pk::route {

namespace {

using config::Node;

constexpr std::string_view k_no_target = "Query router did not resolve to any valid target";

Note note_of(Note::Kind kind, const Node& node, std::size_t target = 0) {
  Note note;
  note.kind = kind;
  note.node = &node;
  note.target = target;
  return note;
}

Note note_of(Note::Kind kind, const Node& node, const Outcome& outcome, std::size_t target = 0) {
  Note note = note_of(kind, node, target);
  note.outcome = outcome;
  return note;
}

}  // namespace

Decision Walk::decide(const Node& root) {
  visit(root);
  return m_decision;
}

const Outcome* Walk::visit(const Node& node) {
  if (node.is_target()) return visit_target(node);
  return node.mode == config::Mode::fallback ? visit_fallback(node) : visit_chosen(node);
}

const Outcome* Walk::visit_target(const Node& target) {
  RetryState retry(target.inherited.retry);
  std::int64_t wait_ms = 0;
  for (;;) {
    if (m_at == m_history.size()) {
      m_decision = {
          wait_ms > 0 ? Decision::Kind::wait : Decision::Kind::send, target.leaf_begin, wait_ms, {}};
      return nullptr;
    }
    const Outcome& outcome = m_history[m_at];
    if (outcome.leaf != target.leaf_begin) return stray(target);
    ++m_at;
    const RetryStep step = retry.after(outcome);
    const bool again = step.what == RetryStep::What::again;
    Note said = note_of(again ? Note::Kind::retried : Note::Kind::ended, target, outcome);
    said.retry = step;
    said.retries = retry.retries();
    note(said);
    if (!again) return &outcome;
    wait_ms = step.wait_ms;
  }
}

const Outcome* Walk::visit_chosen(const Node& strategy) {
  const Choice choice = choose(strategy, m_facts);
  Note said = note_of(Note::Kind::chosen, strategy, choice.target);
  said.choice = choice;
  note(said);
  if (choice.by != Choice::By::nothing) return visit(strategy.targets[choice.target]);
  // Within a fallback this ends the route as a gateway exception would: no target can mend a config.
  if (m_history.empty()) m_decision.refusal = k_no_target;
  return nullptr;
}

const Outcome* Walk::visit_fallback(const Node& strategy) {
  const bool bypassed = is_bypassed(strategy, m_facts);
  if (bypassed) note(note_of(Note::Kind::bypassed, strategy));
  const Outcome* last = nullptr;
  for (std::size_t i = 0; i < strategy.targets.size(); ++i) {
    const Node& target = strategy.targets[i];
    if (!bypassed && is_open(target, m_facts)) {
      note(note_of(Note::Kind::skipped, strategy, i));
      continue;
    }
    note(last ? note_of(Note::Kind::fell_back, strategy, *last, i)
              : note_of(Note::Kind::started, strategy, i));
    last = visit(target);
    if (!last || !goes_on(strategy, *last)) return last;
  }
  note(note_of(Note::Kind::none_left, strategy, *last));
  return last;
}

// Without a list any status outside 200 to 299 leads on, with one only what it names (the reference, 3.2).
bool Walk::goes_on(const Node& strategy, const Outcome& outcome) {
  if (outcome.kind == Outcome::Kind::gateway_exception) {
    note(note_of(Note::Kind::stopped, strategy, outcome));
    return false;
  }
  if (!strategy.on_status_codes) return !is_ok(outcome);
  if (is_listed(outcome, *strategy.on_status_codes)) return true;
  if (!is_ok(outcome)) note(note_of(Note::Kind::not_listed, strategy, outcome));
  return false;
}

const Outcome* Walk::stray(const Node& node) {
  note(note_of(Note::Kind::strayed, node));
  return nullptr;
}

}  // namespace pk::route
