#include "config/upstream_guard.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace pk::config {

namespace {

constexpr std::string_view k_refusal = "Invalid custom host";
constexpr std::size_t k_name_bytes_max = 253;
constexpr std::size_t k_label_bytes_max = 63;

// An address in 16 bytes, IPv4 as ::ffff:a.b.c.d: one form for every spelling.
using Bytes = std::array<std::uint8_t, 16>;
constexpr Bytes k_mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct Range {
  Bytes bytes;
  int bits;
};

constexpr Range v4(int a, int b, int c, int d, int bits) {
  Bytes bytes = k_mapped;
  const int parts[] = {a, b, c, d};
  for (std::size_t i = 0; i < 4; ++i) bytes[12 + i] = static_cast<std::uint8_t>(parts[i]);
  return {bytes, 96 + bits};
}

constexpr Range v6(std::initializer_list<int> groups, int bits) {
  Bytes bytes{};
  std::size_t at = 0;
  for (const int group : groups) {
    bytes[at++] = static_cast<std::uint8_t>(group >> 8);
    bytes[at++] = static_cast<std::uint8_t>(group & 0xff);
  }
  return {bytes, bits};
}

bool within(const Bytes& address, const Range& range) {
  const auto whole = static_cast<std::size_t>(range.bits / 8);
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), range.bytes.begin()))
    return false;
  const int rest = range.bits % 8;
  return rest == 0 || (address[whole] ^ range.bytes[whole]) >> (8 - rest) == 0;
}

template <std::size_t N>
bool within_any(const Bytes& address, const Range (&ranges)[N]) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return within(address, range); });
}

// Nobody is reached there, or everybody: refused however much a host is trusted. 0.0.0.0 and :: reach the
// machine itself.
constexpr Range k_never[] = {v4(0, 0, 0, 0, 8), v4(224, 0, 0, 0, 4), v4(255, 255, 255, 255, 32), v6({}, 128),
                             v6({0xff00}, 8)};

constexpr Range k_loopback[] = {v4(127, 0, 0, 0, 8), v6({0, 0, 0, 0, 0, 0, 0, 1}, 128)};

// https://www.iana.org/assignments/iana-ipv4-special-registry: what is not globally reachable.
constexpr Range k_v4_not_public[] = {
    v4(0, 0, 0, 0, 8),        v4(10, 0, 0, 0, 8),     v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),      v4(169, 254, 0, 0, 16), v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),     v4(192, 0, 2, 0, 24),   v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),   v4(198, 18, 0, 0, 15),  v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),   v4(224, 0, 0, 0, 4),    v4(240, 0, 0, 0, 4),
    v4(168, 63, 129, 16, 32),  // Azure's metadata service, on an address that looks public
};

// https://www.iana.org/assignments/iana-ipv6-special-registry: all that is public lies in 2000::/3, and not
// all of that is.
constexpr Range k_v6_public[] = {v6({0x2000}, 3)};
constexpr Range k_v6_not_public[] = {
    v6({0x2001}, 23),         // protocol assignments, Teredo
    v6({0x2001, 0xdb8}, 32),  // documentation
    v6({0x3fff}, 20),
};

constexpr Range k_mapped_v4[] = {{k_mapped, 96}};
constexpr Range k_compatible[] = {v6({}, 96)};
constexpr Range k_nat64[] = {v6({0x64, 0xff9b}, 96)};
constexpr Range k_6to4[] = {v6({0x2002}, 16)};

Bytes mapped(const std::uint8_t* four) {
  Bytes bytes = k_mapped;
  std::copy_n(four, 4, bytes.begin() + 12);
  return bytes;
}

std::optional<Bytes> bytes_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, address, sizeof in);
    std::uint8_t four[4];
    std::memcpy(four, &in.sin_addr, 4);
    return mapped(four);
  }
  if (address->sa_family != AF_INET6) return {};
  sockaddr_in6 in6;
  std::memcpy(&in6, address, sizeof in6);
  Bytes bytes;
  std::memcpy(bytes.data(), &in6.sin6_addr, bytes.size());
  return bytes;
}

std::uint16_t port_of(const sockaddr* address) {
  // At the same place in sockaddr_in and sockaddr_in6.
  sockaddr_in in;
  std::memcpy(&in, address, sizeof in);
  return ntohs(in.sin_port);
}

// The IPv4 address that such an IPv6 address stands for: a translator or a tunnel leads there.
std::optional<Bytes> embedded_v4(const Bytes& address) {
  if (within_any(address, k_nat64)) return mapped(address.data() + 12);
  if (within_any(address, k_6to4)) return mapped(address.data() + 2);
  // ::1 is none of them.
  if (within_any(address, k_compatible) && !within_any(address, k_loopback))
    return mapped(address.data() + 12);
  return {};
}

bool is_never(const Bytes& address) {
  const auto inner = embedded_v4(address);
  return within_any(address, k_never) || (inner && within_any(*inner, k_never));
}

bool is_public(const Bytes& address) {
  if (within_any(address, k_mapped_v4)) return !within_any(address, k_v4_not_public);
  if (const auto inner = embedded_v4(address))
    return !within_any(address, k_compatible) && !within_any(*inner, k_v4_not_public);
  return within_any(address, k_v6_public) && !within_any(address, k_v6_not_public);
}

bool bytes_allowed(const Bytes& address, Trust trust, bool in_block) {
  if (is_never(address)) return false;
  if (trust == Trust::full || in_block) return true;
  if (trust == Trust::loopback && within_any(address, k_loopback)) return true;
  return is_public(address);
}

// The strict spellings alone: four decimal numbers without leading zeros, or IPv6.
std::optional<Bytes> parse_address(std::string_view text) {
  const std::string name(text);
  std::uint8_t four[4];
  if (::inet_pton(AF_INET, name.c_str(), four) == 1) return mapped(four);
  Bytes bytes;
  if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return bytes;
  return {};
}

// One spelling for each IPv6 address; other text in lower case.
std::string canonical(std::string_view host) {
  const std::string name = ascii_lower(host);
  in6_addr address;
  char text[INET6_ADDRSTRLEN];
  if (::inet_pton(AF_INET6, name.c_str(), &address) != 1) return name;
  return ::inet_ntop(AF_INET6, &address, text, sizeof text) == nullptr ? name : std::string(text);
}

std::string_view last_label(std::string_view host) {
  return host.substr(host.rfind('.') + 1);
}

// Whether resolvers would take the name for some spelling of an IPv4 address (the URL standard's "ends in a
// number").
bool ends_in_number(std::string_view host) {
  const std::string_view label = last_label(host);
  if (label.starts_with("0x")) return true;
  return !label.empty() && std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_label(std::string_view label) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= k_label_bytes_max && std::ranges::all_of(label, good) &&
         label.front() != '-' && label.back() != '-';
}

// A lower-case host name: no empty label, so no dot at its end either.
bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > k_name_bytes_max) return false;
  for (std::size_t labels = 1;; ++labels) {
    const std::size_t dot = std::min(host.find('.'), host.size());
    if (!is_label(host.substr(0, dot)) || labels > k_host_labels_max) return false;
    if (dot == host.size()) return true;
    host.remove_prefix(dot + 1);
  }
}

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

// Names that are never public, by RFC 2606, 6762, 8375 and habit, and those of metadata services.
bool is_private_name(std::string_view host) {
  constexpr std::array<std::string_view, 16> k_top_levels = {
      "corp",        "example",   "home",  "internal", "intranet", "invalid", "lan",       "local",
      "localdomain", "localhost", "onion", "priv",     "private",  "test",    "workgroup", "arpa"};
  constexpr std::array<std::string_view, 3> k_metadata = {"metadata", "instance-data", "metadata.goog"};
  return std::ranges::find(k_top_levels, last_label(host)) != k_top_levels.end() ||
         std::ranges::find(k_metadata, host) != k_metadata.end();
}

// Portkey's own rule: a gateway that calls the hosted one would go in circles.
bool is_hosted_gateway(std::string_view host) {
  return host.find("api.portkey") != std::string_view::npos;
}

bool has_foreign_byte(std::string_view url) {
  return std::ranges::any_of(url, [](char c) {
    return c <= 0x20 || c == 0x7f || std::string_view("@\\?#").find(c) != std::string_view::npos;
  });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = text.size() <= 5 ? parse_uint(text) : std::nullopt;
  return port && *port >= 1 && *port <= 65535 ? std::optional(static_cast<std::uint16_t>(*port))
                                              : std::nullopt;
}

// "host", "host:80", "[::1]:80" in parts; an absent port is `otherwise`.
std::optional<HostPort> split_host(std::string_view authority, std::uint16_t otherwise) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const std::size_t colon = authority.find(':', bracket);
  std::string_view host = authority.substr(0, colon);
  if (bracket > 0) {
    if (!host.ends_with(']')) return {};
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos || !parse_address(host)) return {};
  }
  HostPort found{canonical(host), otherwise};
  if (found.host.empty()) return {};
  if (colon == std::string_view::npos) return found;
  const auto port = parse_port(authority.substr(colon + 1));
  if (!port) return {};
  found.port = *port;
  return found;
}

std::string_view without_brackets(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

bool host_allowed(const HostPort& at, const TrustedHosts& trusted) {
  const Trust trust = trusted.trust_of(at.host, at.port);
  const bool is_v6 = at.host.find(':') != std::string::npos;
  if (is_v6 || ends_in_number(at.host)) {
    const auto address = parse_address(at.host);
    // Of IPv6 only what the user named: Portkey's gateway takes no IPv6 literal at all.
    return address && bytes_allowed(*address, trust, false) && (!is_v6 || trust == Trust::full);
  }
  if (!is_host_name(at.host)) return false;
  return trust != Trust::none || (!is_private_name(at.host) && !is_hosted_gateway(at.host));
}

Error bad_entry(std::string_view entry) {
  return {Errc::invalid,
          fmt::format("allow_upstream: '{}' is no host, host:port, address or block like 10.0.0.0/8",
                      visible(entry, false))};
}

}  // namespace

Result<TrustedHosts> TrustedHosts::make(bool loopback, std::span<const std::string> allow) {
  TrustedHosts made;
  made.m_loopback = loopback;
  for (const std::string& entry : allow)
    if (!made.add(entry)) return bad_entry(entry);
  return made;
}

bool TrustedHosts::add(std::string_view entry) {
  const std::size_t slash = entry.find('/');
  const std::string_view left = entry.substr(0, slash);
  if (const auto address = parse_address(without_brackets(left))) {
    const bool is_v4 = within_any(*address, k_mapped_v4) && left.find(':') == std::string_view::npos;
    const std::uint64_t bits_max = is_v4 ? 32 : 128;
    const auto bits = slash == std::string_view::npos ? bits_max : parse_uint(entry.substr(slash + 1));
    if (!bits || *bits > bits_max) return false;
    // 0.0.0.0 or :: as a host is a mistake; as the start of a block it is a way to write one.
    if (*bits == bits_max && is_never(*address)) return false;
    m_blocks.push_back({*address, static_cast<int>(*bits + (is_v4 ? 96 : 0))});
    return true;
  }
  const auto host = slash == std::string_view::npos ? split_host(entry, 0) : std::nullopt;
  const bool is_address = host && parse_address(host->host);
  if (!host || (!is_address && (ends_in_number(host->host) || !is_host_name(host->host)))) return false;
  m_hosts.push_back(*host);
  return true;
}

bool TrustedHosts::holds(const std::array<std::uint8_t, 16>& address) const {
  return std::ranges::any_of(m_blocks, [&](const Block& block) {
    return within(address, Range{block.bytes, block.bits});
  });
}

bool TrustedHosts::holds(const sockaddr* address) const {
  const auto bytes = bytes_of(address);
  return bytes && holds(*bytes);
}

Trust TrustedHosts::trust_of(std::string_view host, std::uint16_t port) const {
  const std::string name = canonical(without_brackets(host));
  const auto named = [&](const HostPort& entry) {
    return entry.host == name && (entry.port == 0 || entry.port == port);
  };
  if (std::ranges::any_of(m_hosts, named)) return Trust::full;
  const auto address = parse_address(name);
  if (address && holds(*address)) return Trust::full;
  const bool loopback = address ? within_any(*address, k_loopback) : is_localhost(name);
  return m_loopback && loopback ? Trust::loopback : Trust::none;
}

Result<HostPort> host_of(std::string_view url) {
  const bool tls = istarts_with(url, "https://");
  const Error refusal{Errc::invalid, std::string(k_refusal)};
  if (!tls && !istarts_with(url, "http://")) return refusal;
  url.remove_prefix(tls ? 8 : 7);
  const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (has_foreign_byte(authority) || authority.find('%') != std::string_view::npos) return refusal;
  auto found = split_host(authority, tls ? 443 : 80);
  if (!found) return refusal;
  return *std::move(found);
}

Result<void> check_custom_host(std::string_view url, const TrustedHosts& trusted) {
  const Error refusal{Errc::invalid, std::string(k_refusal)};
  if (url.size() > k_custom_host_bytes_max || has_foreign_byte(url)) return refusal;
  const auto at = host_of(url);
  if (!at || !host_allowed(*at, trusted)) return refusal;
  return {};
}

bool address_allowed(const sockaddr* address, Trust trust, const TrustedHosts& trusted) {
  const auto bytes = bytes_of(address);
  return bytes && bytes_allowed(*bytes, trust, trusted.holds(*bytes));
}

bool reaches_listener(const sockaddr* address, const sockaddr* listener) {
  const auto to = bytes_of(address);
  const auto at = bytes_of(listener);
  if (!to || !at || port_of(address) != port_of(listener)) return false;
  const Bytes v4_any = mapped(std::array<std::uint8_t, 4>{}.data());
  const bool wildcard = *at == Bytes{} || *at == v4_any;
  return *to == *at || (wildcard && (within_any(*to, k_loopback) || *to == v4_any || *to == Bytes{}));
}

}  // namespace pk::config
