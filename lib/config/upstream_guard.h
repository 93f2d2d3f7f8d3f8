// Which upstream hosts may be called. Two gates: the URL as the client wrote it, and the address that its
// name resolved to, asked where the socket is opened, so that DNS cannot lead around the first. Pure. Rules:
// Portkey's isValidCustomHost, with pk's own trusted set; ranges from the IANA special-purpose registries.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace pk::config {

inline constexpr std::size_t k_custom_host_bytes_max = 2048;
inline constexpr std::size_t k_host_labels_max = 10;

// How far a host is trusted; decided from its name, used on its address.
enum class Trust : std::uint8_t {
  none,      // public addresses only
  loopback,  // and 127.0.0.0/8, ::1
  full,      // named by --allow-upstream: every address but the unspecified, broadcast and multicast ones
};

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

// The hosts that may be other than public. A plain value, made once from the settings.
class TrustedHosts {
 public:
  TrustedHosts() = default;  // trusts nobody

  // `loopback`: pk listens on loopback only, so localhost, *.localhost and 127.0.0.0/8 are trusted. `allow`
  // has the --allow-upstream entries: HOST, HOST:PORT, an address, or a block (10.0.0.0/8) whose addresses
  // are trusted whatever name leads there. invalid names the entry that is none of these.
  static Result<TrustedHosts> make(bool loopback, std::span<const std::string> allow);

  // `host` as in a URL, any case, IPv6 with or without brackets; `port` 1 to 65535.
  Trust trust_of(std::string_view host, std::uint16_t port) const;
  // Whether a CIDR entry holds this address.
  bool holds(const sockaddr* address) const;
  bool holds(const std::array<std::uint8_t, 16>& address) const;  // IPv4 as ::ffff:a.b.c.d

 private:
  struct Block {
    std::array<std::uint8_t, 16> bytes;  // IPv4 as ::ffff:a.b.c.d
    int bits;                            // of the 128
  };

  bool add(std::string_view entry);

  bool m_loopback = false;
  std::vector<HostPort> m_hosts;  // port 0: any
  std::vector<Block> m_blocks;
};

// Gate one: a custom host, "http(s)://host[:port][/path]". Errors: invalid "Invalid custom host", the
// reference's text. Refused: other schemes, credentials, '@', '%' in the host, '?', '#', '\', control and
// non-ASCII bytes, a trailing dot, more than ten labels, bad ports; and unless trusted: addresses that are
// not public, any other spelling of an IPv4 address (decimal, hex, octal, short), IPv6 literals, metadata
// hosts, and names that are never public (.local, .internal, .corp …).
Result<void> check_custom_host(std::string_view url, const TrustedHosts& trusted);

// The host and port of a URL, lower case, without brackets; the scheme's port if none is given. invalid if
// it is no http(s) URL.
Result<HostPort> host_of(std::string_view url);

// Gate two: whether a socket to this resolved address may be opened. `trust` is trust_of() the URL's host and
// port. IPv4 inside IPv6 (mapped, compatible, NAT64, 6to4, Teredo) is judged by the IPv4 address too. Other
// families: no.
bool address_allowed(const sockaddr* address, Trust trust, const TrustedHosts& trusted);

// Whether a connection to `address` would reach a listener bound to `listener`: pk never calls itself. A
// wildcard listener is reached on every loopback address.
bool reaches_listener(const sockaddr* address, const sockaddr* listener);

}  // namespace pk::config
