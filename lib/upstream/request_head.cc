#include "upstream/request_head.h"

#include <algorithm>

#include "base/char_set.h"
#include "base/head_text.h"
#include "base/text.h"

namespace pk::upstream {

std::optional<PlainUrl> split_plain_url(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  constexpr CharSet after_authority("/?");
  if (!istarts_with(url, scheme)) return {};
  if (has_low_control(url) || url.find(' ') != url.npos || url.find('\x7f') != url.npos) return {};
  url = url.substr(scheme.size(), url.find('#') - scheme.size());
  PlainUrl parts;
  parts.authority = url.substr(0, after_authority.find_in(url));
  parts.target = url.substr(parts.authority.size());
  if (parts.authority.empty() || parts.authority.find('@') != std::string_view::npos) return {};
  return parts;
}

bool sends_body(const Request& request) {
  const std::string& method = request.method;
  return method != "HEAD" &&
         (!request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH");
}

bool names_header(const Request& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const auto& header) { return iequals(header.first, name); });
}

bool frames_body(std::string_view name) {
  return iequals(name, "content-length") || iequals(name, "transfer-encoding");
}

void each_added_header(const Request& request, const Options& options,
                       const std::function<void(std::string_view, std::string_view)>& f) {
  bool user_agent = false, accept = false, coding = false;
  for (const auto& [name, value] : request.headers) {
    user_agent = user_agent || iequals(name, "user-agent");
    accept = accept || iequals(name, "accept");
    // A part of a coded text is of no use to anybody.
    coding = coding || iequals(name, "accept-encoding") || iequals(name, "range");
  }
  if (!user_agent) f("User-Agent", options.user_agent);
  if (!accept) f("Accept", "*/*");
  if (!coding) f("Accept-Encoding", "gzip");
}

void append_request_head(std::string& out, const Request& request, const PlainUrl& url,
                         const Options& options) {
  out.append(request.method).append(" ");
  if (!url.target.starts_with('/')) out += '/';
  out.append(url.target).append(" HTTP/1.1\r\n");
  const auto add = [&out](std::string_view name, std::string_view value) { append_field(out, name, value); };
  if (!names_header(request, "host")) add("Host", url.authority);
  for (const auto& [name, value] : request.headers)
    if (!frames_body(name)) add(name, value);
  each_added_header(request, options, add);
  if (sends_body(request)) {
    out.append("Content-Length: ");
    append_number(out, request.body.size());
    out.append("\r\n");
  }
  out.append("\r\n");
}

bool may_connect(const sockaddr* address, const Request& request, const Options& options) {
  const auto* listener = reinterpret_cast<const sockaddr*>(&options.own_listener);
  if (listener->sa_family != AF_UNSPEC && config::reaches_listener(address, listener)) return false;
  return config::address_allowed(address, request.trust, options.trusted_hosts);
}

Error address_refused() {
  return {Errc::unauthorized,
          "the upstream address is not allowed; name its host with --allow-upstream if it is yours"};
}

}  // namespace pk::upstream
