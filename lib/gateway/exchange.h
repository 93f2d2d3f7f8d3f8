// One downstream request and its response, from receipt to record. One coroutine of named steps: every path
// ends in record(), exactly once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/attempt.h"
#include "gateway/gateway.h"
#include "gateway/prompt_call.h"
#include "gateway/recorder.h"
#include "gateway/relay.h"
#include "gateway/replay.h"
#include "route/route.h"

namespace pk::gateway {

class Exchange {
 public:
  Exchange(const Deps& deps, std::shared_ptr<const Rules> rules, const Uuid& id, http::Request& request,
           http::Responder& responder, const Replay* replay = nullptr);

  // A request that could be read. `bodies` and `plans` are the worker's.
  Task<void> run(provider::BodyReader& bodies, PlanCache& plans);
  // One that could not: answers with its reason. Of who may not call there is no record either.
  Task<void> run_malformed(Refusal reason);

 private:
  // What a step decided: go on, or answer with this.
  using Step = std::optional<Refusal>;

  // Before the upstream.
  Step receive();
  Step authorize();
  Step admit();
  Step read_body(provider::BodyReader& bodies);
  Step decide(provider::BodyReader& bodies, PlanCache& plans);
  Step plan(PlanCache& plans);
  Step open();
  void keep_request();

  // A prompt's own routes: exchange_prompt.cc.
  Step take_prompt();
  void ask_as_prompt(PlanAsk& ask) const;
  Task<void> answer_rendered();

  // The route: exchange_route.cc.
  Step begin_route();
  std::optional<std::string_view> param(std::string_view name);
  Step prepare(std::uint16_t leaf);
  Step prepare_next();
  Task<void> ask();
  Task<void> attempt();
  Task<void> give_up_attempt();
  Task<void> wait();
  void leave();
  route::Summary summary() const;

  // The cache: exchange_cache.cc.
  bool is_cached() const {
    return m_attempt->cache_facts() && m_deps.cache && m_looked_up != m_attempt->leaf() &&
           (!m_replay || m_replay->use_cache);
  }
  Task<void> look_up();
  Task<void> run_lookup();
  void take_found();
  void forget_lookup();
  void settle_lookup(const Delivered& delivered);
  bool may_be_shadowed() const;
  void shadow();

  // The answer: exchange_answer.cc.
  Task<void> deliver();
  Task<void> refuse(Refusal refusal);
  Task<void> deliver_answer(const upstream::Head& head);
  Task<void> relay_error(const upstream::Head& head);
  Task<void> answer_failure(Error error);
  Task<void> answer_timeout();
  Task<void> answer(int status, http::Headers headers, std::string_view body);
  Task<void> end_left(bool head_sent);
  Task<void> record();
  bool is_kept(log::Sink::Seq seq) const;
  void take_back();

  bool is_unified() const { return m_endpoint != log::Endpoint::other; }
  bool left() const { return m_responder.client_left(); }
  std::string_view request_body() const;
  std::string_view asked_path() const {
    return m_prompt ? m_prompt->path() : m_replay ? std::string_view(m_replay->path) : m_request.path();
  }
  std::int64_t steady_ms() const { return m_deps.clock.steady_ns() / 1'000'000; }

  const Deps& m_deps;
  const std::shared_ptr<const Rules> m_rules;
  http::Request& m_request;
  http::Responder& m_responder;
  const Replay* const m_replay;  // null: a client's own request
  http::Headers m_kept_headers;  // where more than one target, or a shadow, may want them: the record masks
                                 // the request's own
  CallOptions m_options;         // views into the request's headers, or the kept ones
  log::Endpoint m_endpoint = log::Endpoint::other;
  const config::ApiKey* m_api_key = nullptr;
  provider::BodyFacts m_facts;
  Recorder m_recorder;
  bool m_counted_only = false;
  bool m_unlogged = false;  // refused for that: the answer needs no record
  std::optional<PromptRoute> m_prompt_route;
  std::shared_ptr<const CalledPrompt> m_prompt;

  std::shared_ptr<const Plan> m_plan;
  route::Facts m_route_facts;
  std::vector<std::optional<provider::Span>> m_params;  // of the plan's params, once one was asked for
  std::vector<route::Outcome> m_history;
  route::Decision m_decision;
  std::unique_ptr<Attempt> m_attempt;
  std::optional<Refusal> m_refusal;  // a target that could not be asked: the answer
  Event m_waited;
  bool m_waiting = false;

  // While it lives others may wait for what comes of it.
  std::unique_ptr<cache::Lookup> m_lookup;
  std::optional<std::uint16_t> m_looked_up;  // the leaf that it is, or was, for
  std::optional<log::Cache> m_found;         // what it came to
  cache::EntryPtr m_stored;                  // a hit: the answer
};

}  // namespace pk::gateway
