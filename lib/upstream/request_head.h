// What a request looks like on the wire, and where it may go, whoever carries it. Pure. Private to the room.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "upstream/client.h"

namespace pk::upstream {

// An http URL in its parts: views into it.
struct PlainUrl {
  std::string_view authority;  // "api.example:8080", "[::1]:80"
  std::string_view target;     // from the path on, "" for none; without a fragment
};
// Nothing if it is no http URL, or holds bytes that no URL has.
std::optional<PlainUrl> split_plain_url(std::string_view url);

// Whether a body is sent, be it an empty one.
bool sends_body(const Request& request);

bool names_header(const Request& request, std::string_view name);

// Whether a header says how the body is framed: the carrier's to say, and left out of the request's own.
bool frames_body(std::string_view name);

// The headers that the client adds by itself where the request has none of the name: f(name, value).
void each_added_header(const Request& request, const Options& options,
                       const std::function<void(std::string_view, std::string_view)>& f);

// The head of an HTTP/1.1 request, up to and with its empty line. `url` is request.url's.
void append_request_head(std::string& out, const Request& request, const PlainUrl& url,
                         const Options& options);

// The second gate of config/upstream_guard.h: whether a socket to this address may be opened for the request.
bool may_connect(const sockaddr* address, const Request& request, const Options& options);
// What a request gets whose address may not be called.
Error address_refused();

}  // namespace pk::upstream
