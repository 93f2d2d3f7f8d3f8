// What a replay is to do otherwise than its original did. A plain value, and the two ways to write it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/gateway_config.h"

namespace pk::replay {

inline constexpr std::size_t k_overrides_max = 100;  // members that are set

struct Overrides {
  std::string model = {};
  std::string provider = {};  // slug, or "@name" of a virtual key: asked instead of what the config says
  std::string config = {};    // "pc-…", a name, one of them with "@version", or a config's JSON
  std::optional<bool> stream = {};
  config::BodyMembers set = {};          // top-level members, in place of the body's own or beside them
  std::optional<std::string> body = {};  // in place of the whole; the others change this one
  bool use_cache = false;

  bool operator==(const Overrides&) const = default;
};

// "temperature=0.2", "user=\"ann\"": a member's name and its JSON. invalid where it is not that.
Result<void> add_set(Overrides& overrides, std::string_view text);

// {"model","provider","config","stream","set":{…},"body":{…},"use_cache"}, all optional; `config` may be an
// object too. "" is the same as {}. invalid naming what is wrong; unknown members are.
Result<Overrides> read_overrides(std::string_view json);
// The same text of a value.
std::string overrides_json(const Overrides& overrides);

}  // namespace pk::replay
