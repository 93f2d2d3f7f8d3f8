#include "replay/credentials.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "config/config_fields.h"
#include "config/json_value.h"
#include "gateway/kept_secret.h"
#include "gateway/outbound.h"
#include "log/secrets.h"
#include "provider/key_variables.h"
#include "provider/splice.h"

namespace pk::replay {

namespace {

using PlanPtr = std::shared_ptr<const gateway::Plan>;
using gateway::Target;

constexpr std::string_view k_prefix = "x-portkey-";
constexpr std::string_view k_config = "x-portkey-config";

class Lender {
 public:
  Lender(http::Request& request, const Lending& lending) : m_request(request), m_lending(lending) {}

  Result<void> run() {
    fill_options();
    PK_ASSIGN(PlanPtr plan, make_plan());
    if (fill_config(*plan)) {
      PK_ASSIGN(plan, make_plan());
    }
    PK_TRY(lend_request_key(*plan));
    if (!m_missing.empty()) return missing();
    return guard(*plan);
  }

 private:
  // "" and noted as missing where none of them is set.
  std::string look_up(const std::vector<std::string>& variables) {
    for (const std::string& name : variables)
      if (auto value = m_lending.environment(name)) {
        m_lent.push_back(name);
        return *std::move(value);
      }
    if (std::ranges::find(m_missing, variables[0]) == m_missing.end()) m_missing.push_back(variables[0]);
    return "";
  }

  // Of a provider that does without, what is not there is not missing.
  std::string key_for(const provider::Provider& provider) {
    const auto missing = m_missing;
    std::string key = look_up(provider::key_variables(provider));
    if (key.empty() && !provider.needs_key) m_missing = missing;
    return key;
  }

  void fill_options() {
    for (auto& [name, value] : m_request.headers) {
      if (!istarts_with(name, k_prefix) || !log::is_masked(value)) continue;
      const std::string option = config::provider_option_name(ascii_lower(name.substr(k_prefix.size())));
      if (option.empty()) continue;
      value = look_up({provider::option_variable(option)});
      m_options_lent = true;
      m_lent_headers.push_back(name);
    }
  }

  Result<PlanPtr> make_plan() const {
    const gateway::CallOptions options = gateway::read_options(m_request.headers);
    gateway::PlanOrRefusal made =
        gateway::make_plan(gateway::plan_ask(options, m_lending.model), m_lending.rules);
    if (auto* plan = std::get_if<PlanPtr>(&made)) return std::move(*plan);
    const gateway::Refusal& refusal = std::get<gateway::Refusal>(made);
    std::string words = refusal.message;
    for (const std::string& error : refusal.errors) words += "; " + error;
    return Error{Errc::upstream, "the request cannot be sent again: " + words};
  }

  // Whether there was something to fill in.
  bool fill_config(const gateway::Plan& plan) {
    const auto header =
        std::ranges::find_if(m_request.headers, [](const auto& one) { return iequals(one.first, k_config); });
    if (header == m_request.headers.end() || !log::is_masked(header->second)) return false;
    for (const Target& target : plan.targets)
      if (log::is_masked(target.node->api_key.reveal()) && target.provider)
        m_keys[target.node->path] = key_for(*target.provider);
    header->second = filled(trim(header->second), "config");
    m_lent_headers.push_back(header->first);
    return true;
  }

  // One object of the config with those below it; every other byte stays.
  std::string filled(std::string_view object, const std::string& path) {
    provider::TextSplice splice(object);
    for (const config::JsonMember& member : config::json_members(object)) {
      const std::string name = config::snake_case(member.key);
      const auto begin = static_cast<std::size_t>(member.value.text.data() - object.data());
      const std::size_t end = begin + member.value.text.size();
      if (name == "targets") {
        fill_targets(member.value.text, begin, path, splice);
      } else if (member.value.is_string() && log::is_masked(member.value.text)) {
        const std::string option = config::provider_option_name(name);
        if (const auto key = m_keys.find(path); name == "api_key" && key != m_keys.end())
          splice.cut(begin, end) += json_string(key->second);
        else if (!option.empty())
          splice.cut(begin, end) += json_string(look_up({provider::option_variable(option)}));
        m_options_lent = m_options_lent || !option.empty();
      }
    }
    return splice.finish();
  }

  void fill_targets(std::string_view array, std::size_t at, const std::string& path,
                    provider::TextSplice& splice) {
    std::size_t index = 0;
    for (const config::JsonValue& element : config::json_elements(array)) {
      const auto begin = at + static_cast<std::size_t>(element.text.data() - array.data());
      const std::string below = fmt::format("{}.targets[{}]", path, index++);
      if (element.is_object()) splice.cut(begin, begin + element.text.size()) += filled(element.text, below);
    }
  }

  static bool takes_request_key(const Target& target) {
    return target.key_of_request && target.provider && !target.provider->built_in && !target.refusal;
  }

  // All that the request's key was for are of one provider: of another it would be somebody else's key.
  Result<void> lend_request_key(const gateway::Plan& plan) {
    const auto first = std::ranges::find_if(plan.targets, takes_request_key);
    if (first == plan.targets.end()) return {};
    for (const Target& target : plan.targets)
      if (takes_request_key(target) && target.provider != first->provider)
        return Error{
            Errc::unauthorized,
            fmt::format("the request's key went to {} and {}, and one of the two cannot be told from the "
                        "other; give one of them a virtual key",
                        first->provider->slug, target.provider->slug)};
    const bool wanted = m_lending.had_key || (first->provider->needs_key && first->custom_host.empty());
    const std::string key = wanted ? key_for(*first->provider) : "";
    if (key.empty()) return {};
    m_request_key_lent = true;
    m_request.headers.emplace_back("authorization", "Bearer " + key);
    m_lent_headers.emplace_back("authorization");
    return {};
  }

  Error missing() const {
    return {Errc::unauthorized,
            fmt::format("the log has no credentials, and they are not in the environment: set {}",
                        fmt::join(m_missing, " and "))};
  }

  bool is_lent_to(const Target& target) const {
    if (m_request_key_lent && takes_request_key(target)) return true;
    return m_keys.contains(target.node->path) || (m_options_lent && target.virtual_key.empty());
  }

  // A log may also have a header forwarded that holds now what was lent for another target.
  bool is_forwarded_to(const Target& target, const gateway::CallOptions& options) const {
    return std::ranges::any_of(m_lent_headers, [&](const std::string& name) {
      return gateway::is_forwarded(name, options, target);
    });
  }

  Result<void> guard(const gateway::Plan& plan) const {
    const gateway::CallOptions options = gateway::read_options(m_request.headers);
    for (const Target& target : plan.targets)
      if ((is_lent_to(target) || is_forwarded_to(target, options)) &&
          gateway::guard_lent_secret(target, !plan.config_id.empty(), m_lending.rules))
        return Error{
            Errc::unauthorized,
            fmt::format("{} from the environment goes to {}'s own address alone, and the log names {}; "
                        "name that host with --allow-upstream if it may have it",
                        fmt::join(m_lent, " and "), target.provider->slug,
                        visible(target.custom_host, false))};
    return {};
  }

  http::Request& m_request;
  const Lending& m_lending;
  std::map<std::string, std::string> m_keys;  // by the path of their target
  bool m_options_lent = false;
  bool m_request_key_lent = false;
  std::vector<std::string> m_lent, m_missing;  // variables
  std::vector<std::string> m_lent_headers;     // what holds their values, by name
};

}  // namespace

Result<void> lend_credentials(http::Request& request, const Lending& lending) {
  return Lender(request, lending).run();
}

}  // namespace pk::replay
