// Headers that belong to one connection and are never passed on (RFC 9110 section 7.6.1).
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "http/message.h"

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

// What a message's own Connection header names beside the usual words: these are for that connection too.
class HopNames {
 public:
  explicit HopNames(const http::Headers& headers) {
    for (const auto& [name, value] : headers)
      if (iequals(name, "connection") && !iequals(value, "keep-alive") && !iequals(value, "close"))
        for (const std::string_view part : split_list(value)) m_names.push_back(part);
  }
  bool has(std::string_view name) const {
    return is_hop_header(name) || std::any_of(m_names.begin(), m_names.end(),
                                              [name](std::string_view one) { return iequals(one, name); });
  }

 private:
  std::vector<std::string_view> m_names;  // views into the headers
};

}  // namespace pk::gateway
