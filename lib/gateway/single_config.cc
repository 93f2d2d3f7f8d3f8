#include "gateway/single_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>

#include "base/text.h"
#include "provider/table.h"

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
  bool good() const { return m_errors.empty(); }
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

void read_member(Reader& reader, std::string_view key, const json::value& member, SingleConfig& config) {
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

void check_provider(Reader& reader, std::string_view slug) {
  if (provider::find(slug)) return;
  if (provider::is_known_elsewhere(slug) || slug.starts_with('@'))
    return reader.fail("provider", fmt::format("'{}' is not offered by this version", slug));
  std::string slugs;
  for (const provider::Provider& one : provider::all())
    slugs.append(slugs.empty() ? "" : ", ").append(one.slug);
  reader.fail("provider", fmt::format("Invalid 'provider' value. Must be one of: {}", slugs));
}

// Whether the config says enough to be one (the reference's rule, with the hosted product's additions).
bool is_enough(const json::object& object, const SingleConfig& config) {
  const provider::Provider* provider = provider::find(config.provider);
  return (provider && (!provider->needs_key || object.contains("api_key"))) ||
         object.contains("custom_host") || object.contains("request_timeout") ||
         object.contains("forward_headers");
}

void check_values(Reader& reader, const json::object& object, const config::TrustedHosts& trusted,
                  const SingleConfig& config) {
  // Where it is no text, that was said already.
  if (const auto* provider = object.if_contains("provider"); provider && provider->is_string())
    check_provider(reader, config.provider);
  if (!config.custom_host.empty() && !config::check_custom_host(config.custom_host, trusted))
    reader.fail("custom_host", "Invalid custom host");
  const auto names_itself = [](const std::string& name) {
    return iequals(name, "x-portkey-forward-headers");
  };
  if (std::any_of(config.forward_headers.begin(), config.forward_headers.end(), names_itself))
    reader.fail("forward_headers", "forward_headers must not contain the 'x-portkey-forward-headers' header");
  if (reader.good() && !is_enough(object, config))
    reader.fail("",
                "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and "
                "'targets', or 'cache', or 'retry', or 'request_timeout'");
}

}  // namespace

std::optional<Refusal> read_config(std::string_view text, bool provider_header,
                                   const config::TrustedHosts& trusted, SingleConfig& config) {
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
  for (const auto& [key, member] : object) read_member(reader, {key.data(), key.size()}, member, config);
  check_values(reader, object, trusted, config);
  if (!refusal.errors.empty()) return refusal;
  if (object.contains("options"))
    return invalid(
        "This version of config is not supported in this route. Please migrate to the latest version");
  return {};
}

}  // namespace pk::gateway
