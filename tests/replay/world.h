// A machine to replay on: what is saved, what the environment has, and a gateway of the process.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/saved_things.h"
#include "replay/prepare.h"
#include "replay/records.h"
#include "support/catch.h"

namespace pk::test {

struct World {
  World() {
    rules.plan.trusted_hosts = trusting_loopback();
    rules.plan.saved = saved;
  }

  replay::Ground ground() const {
    replay::Ground ground;
    ground.rules = std::make_shared<gateway::Rules>(rules);
    ground.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    ground.find_config =
        [this](std::string_view id,
               std::optional<std::int64_t> version) -> Result<std::optional<store::StoredConfig>> {
      for (const store::StoredConfig& one : kept)
        if ((one.id == id || one.name == id) && (!version || one.version == *version))
          return std::optional(one);
      return std::optional<store::StoredConfig>{};
    };
    return ground;
  }
  Result<replay::Prepared> prepare(const log::LogRecord& record,
                                   const replay::Overrides& overrides = {}) const {
    return replay::prepare(record, overrides, ground());
  }
  std::string error(const log::LogRecord& record, const replay::Overrides& overrides = {}) const {
    const auto prepared = prepare(record, overrides);
    return prepared ? "" : prepared.error().message;
  }

  std::shared_ptr<config::Saved> saved = std::make_shared<config::Saved>();
  gateway::Rules rules;
  std::map<std::string, std::string> environment = {{"OPENAI_API_KEY", "sk-from-the-environment-1"},
                                                    {"ANTHROPIC_API_KEY", "sk-ant-from-the-environment"}};
  std::vector<store::StoredConfig> kept;
};

inline std::string header(const replay::Prepared& prepared, std::string_view name) {
  return std::string(http::find_header(prepared.request.headers, name).value_or(""));
}

// The headers of a request to openai with a key of its own.
inline log::Headers openai_headers(log::Headers more = {}) {
  more.emplace_back("x-portkey-provider", "openai");
  more.emplace_back("Authorization", "Bearer sk********789");
  return more;
}

}  // namespace pk::test
