#include "config/upstream_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "support/catch.h"

namespace pk::config {
namespace {

TrustedHosts trusting(bool loopback, const std::vector<std::string>& allow = {}) {
  auto made = TrustedHosts::make(loopback, allow);
  REQUIRE(made);
  return *made;
}

bool good(std::string_view url, const TrustedHosts& trusted) {
  const auto checked = check_custom_host(url, trusted);
  if (!checked) {
    CHECK(checked.error().code == Errc::invalid);
    CHECK(checked.error().message == "Invalid custom host");
  }
  return bool(checked);
}

struct Address {
  sockaddr_storage storage{};
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address address(const char* text, std::uint16_t port = 80) {
  Address made;
  sockaddr_in in{};
  sockaddr_in6 in6{};
  if (::inet_pton(AF_INET, text, &in.sin_addr) == 1) {
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&made.storage, &in, sizeof in);
  } else {
    REQUIRE(::inet_pton(AF_INET6, text, &in6.sin6_addr) == 1);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    std::memcpy(&made.storage, &in6, sizeof in6);
  }
  return made;
}

bool allowed(const char* text, Trust trust, const TrustedHosts& trusted = {}) {
  const Address at = address(text);
  return address_allowed(at.get(), trust, trusted);
}

TEST_CASE("Public hosts are good custom hosts, in any proper spelling") {
  for (const std::string_view url :
       {"https://api.openai.com/v1", "http://example.com", "HTTPS://API.Example.COM:8443/v1/",
        "https://8.8.8.8/v1", "https://a.b.c.d.e.f.g.h.i.com", "https://xn--bcher-kva.example.org",
        "http://my_host.example.com:1", "http://h", "https://0x7f.example.com",
        "https://127.0.0.1.example.com", "https://h/100%25/x"}) {
    INFO(url);
    CHECK(good(url, trusting(false)));
    CHECK(good(url, trusting(true)));
  }
}

TEST_CASE("All of the reference's bad custom hosts are refused, also when loopback is trusted") {
  for (const std::string_view url : {"http://169.254.169.254/v1", "http://10.0.0.1", "http://167772161",
                                     "http://user@h", "ftp://h", "http://a.internal", "http://[::1]:1"}) {
    INFO(url);
    CHECK_FALSE(good(url, trusting(false)));
    CHECK_FALSE(good(url, trusting(true)));
  }
}

TEST_CASE("URLs that are malformed or hide something are refused, whoever is trusted") {
  const TrustedHosts all = trusting(true, {"h", "0.0.0.0/0", "::/0"});
  for (const std::string_view url : {"",
                                     "h",
                                     "http:",
                                     "http:/h",
                                     "http://",
                                     "http:///v1",
                                     "http://:80",
                                     "//h",
                                     "h:80",
                                     "file:///etc/passwd",
                                     "gopher://h",
                                     "javascript:1",
                                     "http://user:pw@h",
                                     "http://@h",
                                     "http://h@evil",
                                     "http://h/@x",
                                     "http://h\\@evil",
                                     "http://h\\",
                                     "http://h%2eevil",
                                     "http://%68",
                                     "http://h?x=1",
                                     "http://h/v1?x",
                                     "http://h#x",
                                     "http://h\r\nX: y",
                                     "http://h h",
                                     " http://h",
                                     "http://h ",
                                     "http://h\t",
                                     "http://h\x7f",
                                     "http://\xc3\xa9.com",
                                     "http://h/\xc3\xa9",
                                     "http://h.",
                                     "http://h./v1",
                                     "http://.h",
                                     "http://a..b",
                                     "http://-a.com",
                                     "http://a-.com",
                                     "http://a*.com",
                                     "http://h:",
                                     "http://h:0",
                                     "http://h:65536",
                                     "http://h:123456",
                                     "http://h:8a",
                                     "http://h:-1",
                                     "http://h:+80",
                                     "http://h:80:80",
                                     "http://[::1",
                                     "http://::1",
                                     "http://[]",
                                     "http://[h]",
                                     "http://[1.2.3.4]",
                                     "http://[::1]x",
                                     "http://[fe80::1%25eth0]",
                                     "http://[fe80::1%eth0]",
                                     "http://a.b.c.d.e.f.g.h.i.j.k"}) {
    INFO(url);
    CHECK_FALSE(good(url, all));
  }
  CHECK_FALSE(good("http://h/" + std::string(k_custom_host_bytes_max, 'x'), all));
  CHECK_FALSE(good("http://" + std::string(64, 'a') + ".com", all));
  CHECK_FALSE(good(std::string_view("http://h\0.com", 13), all));
}

TEST_CASE("Every other spelling of an IPv4 address is refused, also of trusted and of public ones") {
  const TrustedHosts all = trusting(true, {"0.0.0.0/0"});
  for (const std::string_view host : {"2130706433",
                                      "0x7f000001",
                                      "0x7F.0x0.0x0.0x1",
                                      "017700000001",
                                      "0177.0.0.1",
                                      "127.1",
                                      "127.0.1",
                                      "127.0.0.01",
                                      "127.0.0.1.",
                                      "0x7f.1",
                                      "00127.0.0.1",
                                      "127.0.0.0x1",
                                      "127.000.000.001",
                                      "167772161",
                                      "0xa9fea9fe",
                                      "2852039166",
                                      "169.254.43518",
                                      "0251.0376.0251.0376",
                                      "10.1",
                                      "0xa.1",
                                      "134744072",
                                      "0x08080808",
                                      "8.8.2056",
                                      "256.0.0.1",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "4294967296",
                                      "99999999999999999999",
                                      "1",
                                      "0",
                                      "0x",
                                      "a.1",
                                      "a.0x1",
                                      "127.0.0.1:80:1"}) {
    INFO(host);
    CHECK_FALSE(good("http://" + std::string(host), all));
  }
}

TEST_CASE("Addresses that are not public are refused unless trusted") {
  for (const std::string_view host :
       {"127.0.0.1", "127.255.255.254", "10.255.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
        "169.254.0.1", "100.64.0.1", "100.127.255.255", "100.100.100.200", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "240.0.0.1",
        "168.63.129.16"}) {
    INFO(host);
    const std::string url = "http://" + std::string(host) + ":8080/v1";
    CHECK_FALSE(good(url, trusting(false)));
    CHECK(good(url, trusting(false, {std::string(host)})));
    CHECK(good(url, trusting(false, {std::string(host) + ":8080"})));
    CHECK_FALSE(good(url, trusting(false, {std::string(host) + ":8081"})));
    CHECK(good(url, trusting(false, {std::string(host) + "/24"})));
  }
  for (const std::string_view host :
       {"172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "192.167.255.255", "11.0.0.1",
        "9.255.255.255", "126.255.255.255", "128.0.0.1", "223.255.255.255", "198.17.255.255", "198.20.0.0",
        "168.63.129.15"}) {
    INFO(host);
    CHECK(good("http://" + std::string(host), trusting(false)));
  }
}

TEST_CASE("The unspecified, broadcast and multicast addresses are refused even when trusted") {
  const TrustedHosts all = trusting(true, {"0.0.0.0/0", "::/0"});
  for (const std::string_view host :
       {"0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "239.255.255.255", "[::]", "[ff02::1]",
        "[::ffff:0.0.0.0]", "[::0.0.0.0]", "[64:ff9b::]", "[2002:0:0::1]"}) {
    INFO(host);
    CHECK_FALSE(good("http://" + std::string(host), all));
  }
}

TEST_CASE("Loopback names are trusted exactly when pk listens on loopback") {
  for (const std::string_view url : {"http://localhost:11434", "http://127.0.0.1:9/v1", "http://LocalHost",
                                     "http://api.localhost/v1", "http://127.0.0.2"}) {
    INFO(url);
    CHECK(good(url, trusting(true)));
    CHECK_FALSE(good(url, trusting(false)));
  }
  for (const std::string_view url : {"http://notlocalhost.local", "http://localhost.internal",
                                     "http://localhost.", "http://host.docker.internal"}) {
    INFO(url);
    CHECK_FALSE(good(url, trusting(true)));
  }
}

TEST_CASE("Names that are never public, metadata services and the hosted gateway need --allow-upstream") {
  for (const std::string_view host :
       {"a.internal", "host.docker.internal", "nas.local", "x.lan", "y.corp", "z.test", "w.home",
        "a.localdomain", "a.intranet", "a.private", "metadata", "metadata.google.internal", "metadata.goog",
        "instance-data", "api.portkey.ai", "router.home.arpa", "a.invalid", "a.example", "INTERNAL"}) {
    INFO(host);
    const std::string url = "http://" + std::string(host) + "/v1";
    CHECK_FALSE(good(url, trusting(true)));
    CHECK(good(url, trusting(false, {std::string(host)})));
  }
}

TEST_CASE("IPv6 literals need --allow-upstream, by address or by block") {
  CHECK_FALSE(good("http://[2606:4700::1111]/v1", trusting(true)));
  CHECK_FALSE(good("http://[fd00::1]", trusting(true)));
  CHECK(good("http://[fd00::1]:80", trusting(false, {"fd00::1"})));
  CHECK(good("http://[FD00:0::0001]:80", trusting(false, {"[fd00::1]:80"})));
  CHECK(good("http://[fd00::1]:80", trusting(false, {"[fd00::1]:80"})));
  CHECK(good("http://[fd00::2]", trusting(false, {"fd00::/8"})));
  CHECK(good("http://[::1]:11434", trusting(true, {"::1"})));
}

TEST_CASE("--allow-upstream takes hosts, ports, addresses and blocks, and names what it cannot take") {
  for (const std::string_view bad :
       {"",        " ",           "http://h",   "h:",          "h:0",        "h:x",
        "a b",     "10.0.0.0/33", "10.0.0.0/",  "10.0.0.0/-1", "h/8",        "fd00::/129",
        "0.0.0.0", "::",          "0.0.0.0/32", "127.1",       "0x7f000001", "*",
        "*.corp",  "h.",          "[::1",       "\x1b[31m",    "224.0.0.1"}) {
    INFO(bad);
    const std::vector<std::string> allow = {"good.corp", std::string(bad)};
    const auto made = TrustedHosts::make(false, allow);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Errc::invalid);
    CHECK(made.error().message.starts_with("allow_upstream: '"));
    CHECK(made.error().message.find('\x1b') == std::string::npos);
  }
  const TrustedHosts trusted = trusting(false, {"Ollama", "gpu.corp:8000", "10.0.0.0/8"});
  CHECK(trusted.trust_of("OLLAMA", 1) == Trust::full);
  CHECK(trusted.trust_of("gpu.corp", 8000) == Trust::full);
  CHECK(trusted.trust_of("gpu.corp", 8001) == Trust::none);
  CHECK(trusted.trust_of("x.gpu.corp", 8000) == Trust::none);
  CHECK(trusted.trust_of("10.1.2.3", 1) == Trust::full);
  CHECK(trusted.trust_of("11.1.2.3", 1) == Trust::none);
  CHECK(trusted.trust_of("localhost", 1) == Trust::none);
  CHECK(trusting(true).trust_of("LOCALHOST", 1) == Trust::loopback);
  CHECK(trusting(true).trust_of("[::1]", 1) == Trust::loopback);
}

TEST_CASE("The host and port of a URL") {
  CHECK(*host_of("https://API.openai.com/v1/x?y@z#w") == HostPort{"api.openai.com", 443});
  CHECK(*host_of("http://h") == HostPort{"h", 80});
  CHECK(*host_of("http://h?x") == HostPort{"h", 80});
  CHECK(*host_of("HTTP://h:8080/") == HostPort{"h", 8080});
  CHECK(*host_of("http://[::1]:9/") == HostPort{"::1", 9});
  CHECK_FALSE(host_of("h"));
  CHECK_FALSE(host_of("http://u@h/"));
}

TEST_CASE("A resolved address must be public unless its host is trusted") {
  for (const char* text : {"8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
                           "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    INFO(text);
    CHECK(allowed(text, Trust::none));
  }
  for (const char* text : {"127.0.0.1",
                           "10.0.0.1",
                           "172.16.0.1",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "100.100.100.200",
                           "192.0.0.192",
                           "198.18.0.1",
                           "168.63.129.16",
                           "240.0.0.1",
                           "::1",
                           "fe80::1",
                           "febf::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fec0::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::ffff:169.254.169.254",
                           "::10.0.0.1",
                           "::8.8.8.8",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b::a9fe:a9fe",
                           "64:ff9b:1::1",
                           "2002:a00:1::1",
                           "2002:7f00:1::",
                           "2001::1",
                           "2001:0:4136:e378::1",
                           "2001:db8::1",
                           "3fff::1",
                           "100::1",
                           "5f00::1",
                           "4000::1",
                           "::ffff:0:8.8.8.8"}) {
    INFO(text);
    CHECK_FALSE(allowed(text, Trust::none));
    CHECK(allowed(text, Trust::full));
  }
}

TEST_CASE("Trust in loopback opens loopback alone") {
  for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "8.8.8.8"})
    CHECK(allowed(text, Trust::loopback));
  for (const char* text : {"10.0.0.1", "169.254.169.254", "fe80::1", "64:ff9b::127.0.0.1", "2002:7f00:1::1"})
    CHECK_FALSE(allowed(text, Trust::loopback));
}

TEST_CASE("No trust opens the unspecified, broadcast and multicast addresses") {
  const TrustedHosts all = trusting(true, {"0.0.0.0/0", "::/0"});
  for (const char* text :
       {"0.0.0.0", "0.0.0.1", "255.255.255.255", "224.0.0.1", "::", "ff02::1", "::ffff:0.0.0.0",
        "::ffff:224.0.0.1", "64:ff9b::", "64:ff9b::224.0.0.1", "2002::1"}) {
    INFO(text);
    CHECK_FALSE(allowed(text, Trust::full, all));
  }
}

TEST_CASE("A trusted block opens its addresses, whatever name led there") {
  const TrustedHosts trusted = trusting(false, {"10.1.0.0/16", "fd12::/16", "192.168.1.7"});
  CHECK(allowed("10.1.2.3", Trust::none, trusted));
  CHECK(allowed("::ffff:10.1.2.3", Trust::none, trusted));
  CHECK(allowed("fd12:3::4", Trust::none, trusted));
  CHECK(allowed("192.168.1.7", Trust::none, trusted));
  CHECK_FALSE(allowed("10.2.0.1", Trust::none, trusted));
  CHECK_FALSE(allowed("fd13::1", Trust::none, trusted));
  CHECK_FALSE(allowed("192.168.1.8", Trust::none, trusted));
}

TEST_CASE("Other kinds of addresses are refused") {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  CHECK_FALSE(address_allowed(reinterpret_cast<const sockaddr*>(&local), Trust::full, {}));
}

TEST_CASE("pk's own listener is recognised") {
  const auto reaches = [](const char* to, std::uint16_t to_port, const char* at, std::uint16_t at_port) {
    const Address a = address(to, to_port);
    const Address b = address(at, at_port);
    return reaches_listener(a.get(), b.get());
  };
  CHECK(reaches("127.0.0.1", 8787, "127.0.0.1", 8787));
  CHECK(reaches("::ffff:127.0.0.1", 8787, "127.0.0.1", 8787));
  CHECK(reaches("::1", 8787, "::1", 8787));
  CHECK(reaches("127.0.0.5", 8787, "0.0.0.0", 8787));
  CHECK(reaches("::1", 8787, "::", 8787));
  CHECK(reaches("127.0.0.1", 8787, "::", 8787));
  CHECK_FALSE(reaches("127.0.0.1", 8788, "127.0.0.1", 8787));
  CHECK_FALSE(reaches("127.0.0.2", 8787, "127.0.0.1", 8787));
  CHECK_FALSE(reaches("8.8.8.8", 8787, "0.0.0.0", 8787));
}

}  // namespace
}  // namespace pk::config
