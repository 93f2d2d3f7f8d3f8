#include "gateway/hop_headers.h"

#include "support/catch.h"

using pk::gateway::HopNames;
using pk::gateway::is_hop_header;

TEST_CASE("Headers of one connection are known in any case, others are not") {
  for (const char* name :
       {"Connection", "connection", "Keep-Alive", "TE", "te", "Trailer", "Trailers", "Transfer-Encoding",
        "TRANSFER-ENCODING", "Upgrade", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization"}) {
    INFO(name);
    CHECK(is_hop_header(name));
  }
  for (const char* name : {"", "t", "tee", "Content-Length", "Content-Type", "Authorization", "Accept",
                           "Host", "X-Connection", "Connections", "Transfer_Encoding"}) {
    INFO(name);
    CHECK_FALSE(is_hop_header(name));
  }
}

TEST_CASE("What Connection names belongs to the connection too") {
  const pk::http::Headers headers = {{"Connection", "close, X-One , x-TWO"}, {"connection", "x-three"}};
  const HopNames hop(headers);
  for (const char* name : {"x-one", "X-Two", "X-THREE", "close", "Connection", "TE"}) CHECK(hop.has(name));
  for (const char* name : {"x-four", "x-on", "Content-Type"}) CHECK_FALSE(hop.has(name));
  const pk::http::Headers usual = {{"Connection", "keep-alive"}};
  CHECK_FALSE(HopNames(usual).has("x-one"));
  CHECK(HopNames(usual).has("keep-alive"));
}
