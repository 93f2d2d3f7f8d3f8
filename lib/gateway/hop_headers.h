// Headers that belong to one connection and are never passed on (RFC 9110 section 7.6.1).
#pragma once

#include <string_view>

#include "base/text.h"

namespace pk::gateway {

inline bool is_hop_header(std::string_view name) {
  switch (name.size()) {
    case 2:
      return iequals(name, "te");
    case 7:
      return iequals(name, "upgrade") || iequals(name, "trailer");
    case 8:
      return iequals(name, "trailers");
    case 10:
      return iequals(name, "connection") || iequals(name, "keep-alive");
    case 16:
      return iequals(name, "proxy-connection");
    case 17:
      return iequals(name, "transfer-encoding");
    case 18:
      return iequals(name, "proxy-authenticate");
    case 19:
      return iequals(name, "proxy-authorization");
    default:
      return false;
  }
}

}  // namespace pk::gateway
