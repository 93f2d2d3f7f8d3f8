// One downstream request and its response, from receipt to record. One coroutine of named steps: every path
// ends in record(), exactly once.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/gateway.h"
#include "gateway/recorder.h"

namespace pk::gateway {

class Exchange {
 public:
  Exchange(const Deps& deps, std::shared_ptr<const Rules> rules, const Uuid& id, http::Request& request,
           http::Responder& responder);

  // A request that could be read.
  Task<void> run(provider::BodyReader& bodies);
  // One that could not: answers with its reason.
  Task<void> refuse(Refusal refusal);

 private:
  // What a step decided: go on, or answer with this.
  using Step = std::optional<Refusal>;

  Step receive();
  Step read_body(provider::BodyReader& bodies);
  Step decide(provider::BodyReader& bodies);
  Step open();
  std::unique_ptr<upstream::Call> attempt();
  Task<void> deliver(upstream::Call& call);
  Task<void> relay(upstream::Call& call, const upstream::Head& head);
  Task<void> relay_failed(Error error);
  Task<void> relay_error(upstream::Call& call, const upstream::Head& head);
  Task<void> send();
  Task<void> answer_failure(Error error);
  Task<void> answer(int status, http::Headers headers, std::string_view body);
  Task<void> record();

  http::Headers response_headers(const http::Headers& upstream) const;
  void send_head(int status, http::Headers headers, std::optional<std::uint64_t> length, bool event_stream);
  bool is_unified() const { return m_endpoint != log::Endpoint::other; }
  std::string_view request_body() const;

  const Deps& m_deps;
  const std::shared_ptr<const Rules> m_rules;
  http::Request& m_request;
  http::Responder& m_responder;
  Recorder m_recorder;
  CallOptions m_options;  // views into m_request
  log::Endpoint m_endpoint = log::Endpoint::other;
  provider::BodyFacts m_facts;
  CallPlan m_plan;
  Outbound m_outbound;
  bool m_counted_only = false;
  bool m_left = false;  // the client went while the exchange ran
};

}  // namespace pk::gateway
