// A custom host that is taken without any trust names a host that is neither an address nor a private name,
// or a public IPv4 address in its one spelling; and trust only ever adds.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "config/upstream_guard.h"
#include "fuzz.h"

namespace {

using namespace pk::config;

void check_taken(std::string_view url) {
  const auto at = host_of(url);
  PK_ASSERT(at);
  PK_ASSERT(at->port != 0);
  PK_ASSERT(at->host.find_first_of("@%\\/[]:? ") == std::string::npos);
  // What the C library makes of the host, in any spelling that it knows, is public.
  in_addr loose{};
  if (::inet_aton(at->host.c_str(), &loose) == 0) return;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr = loose;
  PK_ASSERT(address_allowed(reinterpret_cast<const sockaddr*>(&address), Trust::none, {}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const bool taken = bool(check_custom_host(input, {}));
  if (taken) check_taken(input);
  const std::string entry(input);
  const auto trusted = TrustedHosts::make(true, std::span(&entry, 1));
  if (taken && trusted) PK_ASSERT(check_custom_host(input, *trusted));
  return 0;
}
