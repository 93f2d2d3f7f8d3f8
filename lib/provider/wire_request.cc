#include "provider/wire_request.h"

#include <fmt/format.h>

#include "provider/refusal.h"
#include "provider/target.h"
#include "provider/url_text.h"

namespace pk::provider {

std::string base_and_prefix(const ClientCall& call) {
  const std::string_view base =
      without_end_slashes(call.custom_host.empty() ? call.provider.base_url : call.custom_host);
  const std::string_view prefix = base.ends_with(call.provider.prefix) ? "" : call.provider.prefix;
  return fmt::format("{}{}", base, prefix);
}

Result<std::string> model_segment(std::string_view model, std::string_view slug) {
  if (model.empty()) return invalid(fmt::format("{} needs `model` in the request body", slug));
  if (model == "." || model == "..") return invalid(fmt::format("`model` is no name that {} can have", slug));
  return percent_encoded(model);
}

WireRequest json_request(std::string url, std::string body) {
  WireRequest request;
  request.url = std::move(url);
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  return request;
}

Result<WireRequest> passed_on(const ClientCall& call) {
  Call target;
  target.endpoint = call.endpoint;
  target.path = call.path;
  target.query = call.query;
  target.custom_host = call.custom_host;
  target.model = call.facts.model;
  target.user = call.facts.user;
  target.huggingface_base_url = option(call.options, "huggingface_base_url");
  PK_ASSIGN(Target resolved, resolve(call.provider, target));
  WireRequest request;
  request.method = call.method;
  request.url = std::move(resolved.url);
  request.body_is_clients = true;
  return request;
}

Result<WireRequest> encoded_by(const Encoders& encoders, const ClientCall& call) {
  switch (call.endpoint) {
    case log::Endpoint::chat_completions:
      return encoders.chat(call);
    case log::Endpoint::embeddings:
      return encoders.embeddings(call);
    case log::Endpoint::other:
      return encoders.other(call);
    default:
      return invalid(fmt::format("{} does not offer this endpoint", call.provider.slug));
  }
}

}  // namespace pk::provider
