#include "base/simdjson_library.h"

#include <simdjson.h>

#include "base/shared_library.h"

namespace pk {

namespace {

// simdjson::validate_utf8(const char*, std::size_t) as the dynamic linker knows it. The header is here so
// that another signature does not compile.
constexpr const char* k_validate_utf8 = "_ZN8simdjson13validate_utf8EPKcm";
static_assert(sizeof(static_cast<Utf8Check>(&simdjson::validate_utf8)) > 0);

constinit SharedLibrary s_simdjson(PK_SIMDJSON_SONAME, "libsimdjson14");

}  // namespace

Utf8Check simdjson_utf8_check() {
  static const auto check =
      s_simdjson.load() ? reinterpret_cast<Utf8Check>(s_simdjson.find(k_validate_utf8)) : nullptr;
  return check;
}

}  // namespace pk
