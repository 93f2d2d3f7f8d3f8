#include "provider/wire_request.h"

#include <fmt/format.h>

#include "provider/target.h"

namespace pk::provider {

namespace {

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

std::string base_and_prefix(const ClientCall& call) {
  std::string_view base = call.custom_host.empty() ? call.provider.base_url : call.custom_host;
  while (base.ends_with('/')) base.remove_suffix(1);
  const std::string_view prefix = base.ends_with(call.provider.prefix) ? "" : call.provider.prefix;
  return fmt::format("{}{}", base, prefix);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c))
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Result<std::string> model_segment(std::string_view model, std::string_view slug) {
  if (model.empty()) return Error{Errc::invalid, fmt::format("{} needs `model` in the request body", slug)};
  if (model == "." || model == "..")
    return Error{Errc::invalid, fmt::format("`model` is no name that {} can have", slug)};
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
  target.endpoint = log::Endpoint::other;
  target.path = call.path;
  target.query = call.query;
  target.custom_host = call.custom_host;
  target.model = call.facts.model;
  target.user = call.facts.user;
  PK_ASSIGN(Target resolved, resolve(call.provider, target));
  WireRequest request;
  request.method = call.method;
  request.url = std::move(resolved.url);
  request.body_is_clients = true;
  return request;
}

}  // namespace pk::provider
