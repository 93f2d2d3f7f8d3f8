#include "decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "provider/body.h"
#include "provider/translation.h"
#include "route/recall.h"
#include "route/why.h"
#include "words.h"

namespace pk::cmd {

namespace {

using config::Node;
using log::Attempt;
using log::LogRecord;
using From = RecordConfig::From;

constexpr int k_timed_out = 408;

bool has_member(const config::BodyMembers& members, std::string_view name) {
  return std::ranges::find(members, name, &config::BodyMembers::value_type::first) != members.end();
}

// ---- who said so ----

bool calls_prompt(const LogRecord& record) {
  return !record.prompt_id.empty() && record.path.starts_with("/v1/prompts/");
}

std::string config_words(const LogRecord& record) {
  std::string words = record.config_id;
  if (record.config_version) words += fmt::format(" version {}", *record.config_version);
  if (!record.request) return words;
  const bool named = !request_header(record, "x-portkey-config").empty();
  if (!named && calls_prompt(record))
    return words + ", by the prompt or default: the request names neither config nor provider";
  return words +
         (named ? ", by x-portkey-config" : ", by default: the request names neither config nor provider");
}

std::string version_words(const LogRecord& record) {
  return record.prompt_version ? fmt::format("{} version {}", record.prompt_id, *record.prompt_version)
                               : record.prompt_id;
}

std::string prompt_words(const LogRecord& record) {
  if (!calls_prompt(record)) return {};
  return fmt::format("the request is the prompt {}, rendered to {}", version_words(record),
                     slug(record.endpoint));
}

// Of several prompts in one config the record knows the version of the last one that was asked.
std::string target_prompt_words(const Node& node, const Attempt& attempt, const LogRecord& record) {
  if (node.prompt_id.empty()) return {};
  const bool last = attempt.option == record.attempts.back().option;
  return "sends the prompt " + (last && !record.prompt_id.empty() ? version_words(record) : node.prompt_id) +
         " in place of the request's body, by prompt_id";
}

// The order is that of gateway/plan.h: the target, the request's headers, the model, the default.
std::string provider_by(const Node& node, const LogRecord& record) {
  if (!node.passthrough && !node.virtual_key.empty()) return "the target's virtual_key";
  if (!node.passthrough && !node.provider.empty()) return "the target";
  if (!record.request) return "the request, whose headers were not kept";
  if (!request_header(record, "x-portkey-virtual-key").empty()) return "x-portkey-virtual-key";
  if (!request_header(record, "x-portkey-provider").empty()) return "x-portkey-provider";
  const bool overridden = std::ranges::any_of(node.inherited.edits.override_params, [](const auto& member) {
    return member.first == "model" && member.second.starts_with("\"@");
  });
  if (overridden) return "the model of override_params";
  if (record.requested_model.starts_with('@')) return "the model";
  return calls_prompt(record) || !node.prompt_id.empty() ? "the prompt, or default" : "default";
}

std::string model_by(const Node& node, const LogRecord& record) {
  if (has_member(node.inherited.edits.override_params, "model")) return "override_params";
  const bool by_default =
      record.requested_model.empty() && has_member(node.inherited.edits.default_params, "model");
  return by_default ? "default_params" : "";
}

std::string host_by(const Node& node, const LogRecord& record) {
  if (!request_header(record, "x-portkey-custom-host").empty()) return "x-portkey-custom-host";
  return node.inherited.custom_host.empty() ? "" : "custom_host";
}

std::string asked(const Attempt& attempt) {
  return attempt.model.empty() ? attempt.provider : attempt.provider + " for " + attempt.model;
}

std::string target_words(const Node& node, const Attempt& attempt, const LogRecord& record) {
  std::string words = fmt::format("asks {}; provider by {}", asked(attempt), provider_by(node, record));
  if (const auto by = model_by(node, record); !by.empty()) words += ", model by " + by;
  if (const auto by = host_by(node, record); !by.empty()) words += ", host by " + by;
  return words;
}

// What bounds an answer's first byte, where it was in vain that it was waited for.
std::string timeout_words(const Node& node, const LogRecord& record) {
  const auto timed_out = [&](const Attempt& one) {
    return one.option == node.path && one.http_status == k_timed_out;
  };
  if (std::ranges::none_of(record.attempts, timed_out)) return {};
  const auto asked_ms = parse_int(request_header(record, "x-portkey-request-timeout"));
  const bool by_request = asked_ms && *asked_ms > 0;
  const std::int64_t ms = by_request ? *asked_ms : node.inherited.request_timeout_ms.value_or(0);
  if (ms == 0) return {};
  return fmt::format("has {} until its answer begins, by {}", milliseconds(static_cast<double>(ms)),
                     by_request ? "x-portkey-request-timeout" : "request_timeout");
}

// Where answers are translated: others pass as they are.
std::string strict_words(const Node& node, const Attempt& attempt, const LogRecord& record) {
  const provider::Provider* provider = provider::find(attempt.provider);
  provider::AnswerFacts facts;
  facts.endpoint = record.endpoint;
  if (!provider || !provider::answer_decoder(*provider, facts)) return {};
  const bool by_request = request_header(record, "x-portkey-strict-open-ai-compliance") == "false";
  if (!by_request && node.inherited.strict_open_ai_compliance.value_or(true)) return {};
  return fmt::format("strict OpenAI compliance is off, by {}",
                     by_request ? "x-portkey-strict-open-ai-compliance" : "strict_open_ai_compliance");
}

std::string cache_words(const Node& node, const LogRecord& record) {
  if (!node.inherited.cache || record.cache != log::Cache::disabled) return {};
  return record.tracked ? "its cache was not asked" : "its cache was not asked: the request is not tracked";
}

// ---- the decisions ----

class Teller {
 public:
  Teller(const LogRecord& record, const route::Route& route) : m_record(record), m_route(route) {}

  void say(std::string_view option, std::string text) {
    if (!text.empty()) m_decisions.push_back({std::string(option), std::move(text)});
  }
  // Before the first word about a target that was asked: by whom.
  void introduce(std::string_view option) {
    if (std::ranges::find(m_introduced, option) != m_introduced.end()) return;
    const auto attempt = std::ranges::find(m_record.attempts, option, &Attempt::option);
    const Node* node = attempt == m_record.attempts.end() ? nullptr : target(option);
    if (!node) return;
    m_introduced.push_back(attempt->option);
    say(option, target_words(*node, *attempt, m_record));
    say(option, target_prompt_words(*node, *attempt, m_record));
    say(option, strict_words(*node, *attempt, m_record));
    say(option, cache_words(*node, m_record));
    say(option, timeout_words(*node, m_record));
  }
  // "config.targets[0]: retry 1 of 2, 1 s after 500", as route::why() has it.
  void retell(std::string_view sentence) {
    const auto colon = sentence.find(": ");
    const std::string_view option = sentence.substr(0, colon);
    introduce(option);
    say(option, std::string(sentence.substr(colon + 2)));
  }
  std::vector<Decision> take() { return std::move(m_decisions); }

 private:
  const Node* target(std::string_view path) const {
    for (std::size_t i = 0; i < m_route.leaf_count(); ++i)
      if (m_route.leaf(i).path == path) return &m_route.leaf(i);
    return nullptr;
  }

  const LogRecord& m_record;
  const route::Route& m_route;
  std::vector<std::string> m_introduced;
  std::vector<Decision> m_decisions;
};

// What the client got for it; `unasked` is the target whose turn it was, "" if there was none.
Decision ending(const LogRecord& record, std::string_view unasked) {
  const std::string error = record.error.empty() ? "" : ": " + record.error;
  const std::string option = !unasked.empty()          ? std::string(unasked)
                             : record.attempts.empty() ? record.last_used_option
                                                       : record.attempts.back().option;
  if (record.state == log::State::interrupted) return {option, "the server ended before this request did"};
  if (record.state == log::State::aborted)
    return {option,
            record.http_status ? "the client left within the answer" : "the client left before an answer"};
  if (record.cache == log::Cache::hit || record.cache == log::Cache::semantic_hit)
    return {record.last_used_option,
            "its cache had an answer" +
                (record.cache_neighbour ? ", that of " + record.cache_neighbour->text() : "")};
  const std::string got =
      record.http_status ? fmt::format("the client got {}", *record.http_status) : "it ended";
  if (!unasked.empty()) return {option, "could not be asked, " + got + error};
  if (record.attempts.empty()) return {option, "nobody was asked, " + got + error};
  const bool good = record.http_status && *record.http_status >= 200 && *record.http_status < 400;
  if (good && !record.ok)
    return {option, "the answer failed once the client had its head, so nothing else was tried" + error};
  const bool same = record.ok && record.http_status == record.attempts.back().http_status;
  return {option, same ? "the client got this answer" : got + error};
}

std::string outcome_words(const Attempt& attempt) {
  return attempt.http_status ? fmt::format("{}", *attempt.http_status) : "no answer";
}

// What can be said without the config.
std::vector<Decision> from_attempts(const LogRecord& record) {
  std::vector<Decision> decisions;
  const Attempt* before = nullptr;
  for (const Attempt& attempt : record.attempts) {
    const std::string after = before ? ", after " + outcome_words(*before) : "";
    const std::string wait = attempt.wait_ms > 0 ? " and " + milliseconds(attempt.wait_ms) : "";
    const bool again = before && before->option == attempt.option;
    decisions.push_back(
        {attempt.option, fmt::format("asks {}{}{}{}", asked(attempt), again ? " again" : "", after, wait)});
    before = &attempt;
  }
  return decisions;
}

bool looks_at_body(const config::Query& query) {
  return query.key.starts_with("params.") || std::ranges::any_of(query.children, looks_at_body);
}

bool looks_at_body(const Node& node) {
  const auto by_body = [](const config::Condition& condition) { return looks_at_body(condition.query); };
  return std::ranges::any_of(node.conditions, by_body) ||
         std::ranges::any_of(node.targets, [](const Node& below) { return looks_at_body(below); });
}

// Whether the config gives what happened, step by step.
bool leads_to(const route::Route& route, const route::Recalled& recalled, const LogRecord& record) {
  const route::History history(recalled.history);
  for (std::size_t i = 0; i < history.size(); ++i) {
    const route::Decision decision = route.next(recalled.facts, history.first(i));
    if (decision.kind == route::Decision::Kind::finish || decision.leaf != history[i].leaf) return false;
  }
  const std::size_t cut_short = record.state == log::State::aborted ? 1 : 0;
  return history.size() + cut_short >= record.attempts.size();
}

// Why the decisions cannot be worked out again; "" if they can.
std::string why_missing(const LogRecord& record, const RecordConfig& config) {
  if (config.from == From::lost) return config.why_lost;
  if (!record.request && looks_at_body(config.root))
    return fmt::format("its config has conditions on the body, which was not kept: {}",
                       why_no_content(record));
  return {};
}

route::ParamLookup params_of(const LogRecord& record) {
  if (!record.request || record.endpoint == log::Endpoint::other) return {};
  return [&body = record.request->body](std::string_view name) -> std::optional<std::string_view> {
    const auto span = provider::find_top_level(body, name);
    return span ? std::optional(span->of(std::string_view(body))) : std::nullopt;
  };
}

// Works the decisions out. Returns why it could not; `unasked` becomes the target whose turn it was and
// that was not asked.
std::string retell(const LogRecord& record, const RecordConfig& config, const route::Route& route,
                   Teller& teller, std::string_view& unasked) {
  if (std::string why = why_missing(record, config); !why.empty()) return why;
  const route::Recalled recalled = route::recall(route, record, params_of(record));
  if (!leads_to(route, recalled, record)) return "what happened is not what its config leads to";
  for (const std::string& sentence : route::why(route, recalled.facts, recalled.history))
    teller.retell(sentence);
  for (const Attempt& attempt : record.attempts) teller.introduce(attempt.option);
  const route::Decision next = route.next(recalled.facts, recalled.history);
  const bool goes_on = next.kind != route::Decision::Kind::finish;
  if (goes_on && recalled.history.size() == record.attempts.size() && config.from != From::none)
    unasked = route.leaf(next.leaf).path;
  return {};
}

}  // namespace

Explanation explain(const LogRecord& record, const RecordConfig& config) {
  const route::Route route(config.root);
  Teller teller(record, route);
  teller.say("config", prompt_words(record));
  if (!record.config_id.empty()) teller.say("config", config_words(record));
  if (config.from == From::request) teller.say("config", "the request's own, by x-portkey-config");

  std::string_view unasked;
  std::string missing = retell(record, config, route, teller, unasked);
  if (!missing.empty())
    for (Decision& decision : from_attempts(record)) teller.say(decision.option, std::move(decision.text));
  Decision end = ending(record, unasked);
  teller.say(end.option, std::move(end.text));
  return {teller.take(), std::move(missing)};
}

}  // namespace pk::cmd
