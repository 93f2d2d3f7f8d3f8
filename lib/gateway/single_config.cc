#include "gateway/single_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>

#include "base/text.h"

namespace pk::gateway {

namespace json = boost::json;

namespace {

Refusal invalid(std::string message) {
  Refusal refusal;
  refusal.message = std::move(message);
  return refusal;
}

// zod's word for a value's type, as the reference's messages have it.
std::string_view type_word(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "boolean";
    case json::kind::string:
      return "string";
    case json::kind::array:
      return "array";
    case json::kind::object:
      return "object";
    default:
      return "number";
  }
}

// Collects what is wrong while it reads, so that all errors are told at once.
class Reader {
 public:
  explicit Reader(std::vector<std::string>& errors) : m_errors(errors) {}

  void read(std::string_view path, const json::value& value, std::string& into) {
    if (const auto* string = value.if_string())
      into.assign(string->data(), string->size());
    else
      expected(path, "string", value);
  }
  void read(std::string_view path, const json::value& value, std::optional<std::int64_t>& into) {
    if (value.is_int64())
      into = value.get_int64();
    else if (!value.is_number())
      expected(path, "number", value);
    else
      fail(path, "Expected a whole number of milliseconds");
  }
  void read(std::string_view path, const json::value& value, std::vector<std::string>& into) {
    if (!value.is_array()) return expected(path, "array", value);
    for (std::size_t i = 0; i < value.get_array().size(); ++i)
      read(fmt::format("{},{}", path, i), value.get_array()[i], into.emplace_back());
  }
  void fail(std::string_view path, std::string_view message) {
    m_errors.push_back(fmt::format("path: {}, message: {}", path, message));
  }

 private:
  void expected(std::string_view path, std::string_view type, const json::value& value) {
    fail(path, fmt::format("Expected {}, received {}", type, type_word(value)));
  }
  std::vector<std::string>& m_errors;
};

// Keys of the schema that change what happens and that this version does not do.
constexpr std::array<std::string_view, 24> k_not_offered = {"strategy",
                                                            "targets",
                                                            "retry",
                                                            "cache",
                                                            "override_params",
                                                            "default_params",
                                                            "drop_params",
                                                            "passthrough",
                                                            "virtual_key",
                                                            "prompt_id",
                                                            "cb_config",
                                                            "sticky",
                                                            "on_status_codes",
                                                            "before_request_hooks",
                                                            "after_request_hooks",
                                                            "input_guardrails",
                                                            "output_guardrails",
                                                            "input_mutators",
                                                            "output_mutators",
                                                            "default_input_guardrails",
                                                            "default_output_guardrails",
                                                            "fetch_integrated_models",
                                                            "deployments",
                                                            "resource_name"};

}  // namespace

std::optional<Refusal> read_config(std::string_view text, bool provider_header, SingleConfig& config) {
  if (text.starts_with("pc-"))
    return invalid(fmt::format("Invalid config passed. There is no saved config '{}'", visible(text, false)));
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return invalid("Invalid config passed. You need to pass a valid json");
  const json::object& object = value.get_object();
  if (!object.contains("provider") && !object.contains("targets") && !provider_header)
    return invalid(
        "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid "
        "config with provider details in it.");

  Refusal refusal = invalid("Invalid config passed");
  Reader reader(refusal.errors);
  for (const auto& [key_, member] : object) {
    const std::string_view key(key_.data(), key_.size());
    if (key == "provider")
      reader.read(key, member, config.provider);
    else if (key == "api_key")
      reader.read(key, member, config.api_key);
    else if (key == "custom_host")
      reader.read(key, member, config.custom_host);
    else if (key == "request_timeout")
      reader.read(key, member, config.request_timeout_ms);
    else if (key == "forward_headers")
      reader.read(key, member, config.forward_headers);
    else if (std::find(k_not_offered.begin(), k_not_offered.end(), key) != k_not_offered.end())
      reader.fail(key, fmt::format("'{}' is not offered by this version", key));
  }
  const auto names_itself = [](const std::string& name) {
    return iequals(name, "x-portkey-forward-headers");
  };
  if (std::any_of(config.forward_headers.begin(), config.forward_headers.end(), names_itself))
    reader.fail("forward_headers", "forward_headers must not contain the 'x-portkey-forward-headers' header");
  if (!refusal.errors.empty()) return refusal;
  return {};
}

}  // namespace pk::gateway
