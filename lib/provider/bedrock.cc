#include "provider/bedrock.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "provider/bedrock_answer.h"
#include "provider/bedrock_request.h"
#include "provider/refusal.h"
#include "provider/sigv4.h"
#include "provider/wire_request.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_service = "bedrock";

// It becomes part of a host's name.
bool is_region(std::string_view region) {
  return !region.empty() && std::ranges::all_of(region, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<std::string_view> region_of(const ClientCall& call) {
  const std::string_view region = option(call.options, "aws_region");
  if (!region.empty() && !is_region(region)) return invalid("`aws_region` is no name of a region");
  return region;
}

Result<std::string> base_url(const ClientCall& call) {
  if (!call.custom_host.empty()) return base_and_prefix(call);
  PK_ASSIGN(const std::string_view region, region_of(call));
  if (region.empty()) return invalid("bedrock needs `aws_region`, such as us-east-1");
  const std::string_view country = region.starts_with("cn-") ? ".cn" : "";
  return fmt::format("https://bedrock-runtime.{}.amazonaws.com{}", region, country);
}

// ---- what is sent

Result<WireRequest> model_request(const ClientCall& call, std::string_view verb, std::string body) {
  PK_ASSIGN(const std::string base, base_url(call));
  PK_ASSIGN(const std::string model, model_segment(call.facts.model, call.provider.slug));
  return json_request(fmt::format("{}/model/{}/{}", base, model, verb), std::move(body));
}

Result<WireRequest> encode_chat(const ClientCall& call) {
  PK_ASSIGN(const ChatRequest chat, read_chat(call.body));
  PK_ASSIGN(std::string body, bedrock_chat_body(chat, call.facts.model));
  return model_request(call, call.facts.stream ? "converse-stream" : "converse", std::move(body));
}

Result<WireRequest> encode_embeddings(const ClientCall& call) {
  PK_ASSIGN(const EmbedRequest embed, read_embeddings(call.body));
  PK_ASSIGN(std::string body, bedrock_embed_body(embed, call.facts.model));
  return model_request(call, "invoke", std::move(body));
}

Result<WireRequest> encode_other(const ClientCall& call) {
  PK_ASSIGN(const std::string base, base_url(call));
  ClientCall at_base = call;
  at_base.custom_host = base;
  return passed_on(at_base);
}

// ---- who sends it

// The parts of a URL that a signature is over; views into it.
struct UrlParts {
  std::string_view host;  // as it stands in the Host header: with the port where it is not the scheme's own
  std::string_view path;
  std::string_view query;
};

UrlParts parts_of(std::string_view url) {
  const bool tls = istarts_with(url, "https://");
  if (const auto scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
  const auto host_end = std::min(url.find_first_of("/?"), url.size());
  UrlParts parts;
  parts.host = url.substr(0, host_end);
  const std::string_view own_port = tls ? ":443" : ":80";
  if (parts.host.ends_with(own_port)) parts.host.remove_suffix(own_port.size());
  url.remove_prefix(host_end);
  const auto path_end = std::min(url.find('?'), url.size());
  parts.path = url.substr(0, path_end);
  parts.query = url.substr(std::min(path_end + 1, url.size()));
  return parts;
}

Result<void> sign(const ClientCall& call, const AwsCredentials& credentials, WireRequest& request) {
  PK_ASSIGN(const std::string_view region, region_of(call));
  if (region.empty()) return invalid("bedrock needs `aws_region` to sign requests");
  const UrlParts url = parts_of(request.url);
  const std::string_view body = request.body_is_clients ? call.body : std::string_view(request.body);
  const SigV4Request to_sign = {request.method, url.path, url.query, request.headers, url.host, body};
  for (auto& header : sigv4_headers(to_sign, credentials, {region, k_service, call.now_ms}))
    request.headers.push_back(std::move(header));
  return {};
}

Result<void> authorize(const ClientCall& call, WireRequest& request) {
  const std::string_view type = option(call.options, "aws_auth_type");
  if (iequals(type, "assumedRole"))
    return invalid(
        "assumed roles are not offered: give aws_access_key_id, aws_secret_access_key and "
        "aws_session_token of the role");
  const AwsCredentials credentials = {option(call.options, "aws_access_key_id"),
                                      option(call.options, "aws_secret_access_key"),
                                      option(call.options, "aws_session_token")};
  const bool signs = !credentials.access_key_id.empty() && !iequals(type, "apiKey");
  if (signs && credentials.secret_access_key.empty())
    return invalid("bedrock needs `aws_secret_access_key` beside `aws_access_key_id`");
  if (signs) return sign(call, credentials, request);
  if (call.key.empty())
    return invalid("bedrock needs `aws_access_key_id` and `aws_secret_access_key`, or an API key");
  request.headers.emplace_back("Authorization", fmt::format("Bearer {}", call.key));
  return {};
}

Result<WireRequest> encode(const ClientCall& call) {
  PK_ASSIGN(WireRequest request, encoded_by({encode_chat, encode_embeddings, encode_other}, call));
  PK_TRY(authorize(call, request));
  return request;
}

}  // namespace

const Dialect k_bedrock = {&encode, &bedrock_decoder};

}  // namespace pk::provider
