#include "provider/refusal.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("A refusal is the client's fault, in our words") {
  CHECK(invalid("no") == Error{Errc::invalid, "no"});
}

TEST_CASE("A client's word is shown short and harmless") {
  CHECK(shown("function") == "function");
  CHECK(shown("\x1b[31m").find('\x1b') == std::string::npos);
  CHECK(shown(std::string(100, 'x')) == std::string(k_shown_bytes_max, 'x'));
  CHECK(shown(std::string(k_shown_bytes_max - 1, 'x') + "\u00e9") == std::string(k_shown_bytes_max - 1, 'x'));
}

}  // namespace
}  // namespace pk::provider
