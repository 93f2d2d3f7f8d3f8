#include "admin/page_routes.h"

#include <utility>

#include "admin/assets.h"

namespace pk::admin {

namespace {

constexpr std::string_view k_shell = "/index.html";
constexpr std::string_view k_text = "text/plain; charset=utf-8";
// Scripts, styles and data from here alone, none in the page itself; a text cannot become a script or markup;
// no other page around it.
constexpr std::string_view k_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

Reply no_page(std::string_view words) {
  return {404, std::string(words) + "\n", k_text};
}

Reply asset_reply(const Call& call, const Asset& asset, std::string_view kept) {
  Reply reply;
  reply.type = asset.type;
  reply.headers = {{"cache-control", std::string(kept)}, {"vary", "accept-encoding"}};
  const auto accepted = http::find_header(call.request.headers, "accept-encoding");
  if (takes_gzip(accepted.value_or(""))) {
    reply.headers.emplace_back("content-encoding", "gzip");
    reply.body = asset.gzip;
  } else if (auto plain = inflated(asset)) {
    reply.body = *std::move(plain);
  }
  return reply;
}

// The page asks the API for what it shows: with a login page where that refuses.
Task<void> shell(Call& call) {
  const Asset* asset = find_asset(assets(), k_shell);
  Reply reply =
      asset ? asset_reply(call, *asset, "no-cache")
            : no_page("this pk was built without its page (-DPK_UI=OFF); the API is there, see pk-api(7)");
  if (asset) {
    reply.status = call.page_status;
    reply.headers.emplace_back("content-security-policy", std::string(k_policy));
    reply.headers.emplace_back("referrer-policy", "no-referrer");
  }
  co_await call.answer(std::move(reply));
}

// Their names change with their content.
Task<void> asset(Call& call) {
  const Asset* found = find_asset(assets(), call.request.path());
  Reply reply = found ? asset_reply(call, *found, "public, max-age=31536000, immutable")
                      : no_page("there is no such file");
  co_await call.answer(std::move(reply));
}

}  // namespace

std::vector<Route> page_routes() {
  const Need page{.scope = config::Scope::read, .linked = true, .page = true};
  const Need open{.scope = {}, .linked = true};
  std::vector<Route> routes = {{"GET", "/login", open, shell}, {"GET", "/assets/{file}", open, asset}};
  for (const std::string_view pattern : {"/", "/logs/{id}", "/replay/{id}", "/analytics", "/configs",
                                         "/configs/{id}", "/prompts", "/prompts/{id}", "/keys", "/plan"})
    routes.push_back({"GET", pattern, page, shell});
  return routes;
}

}  // namespace pk::admin
