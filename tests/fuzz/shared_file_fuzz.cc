// What `pk logs show FILE` and `pk replay FILE` read: any bytes are refused in one line or are a JSON object;
// a record out of them can be written as a page again, sealed, and reads back as the same.
#include <string>

#include "base/json.h"
#include "config/json_value.h"
#include "fuzz.h"
#include "replay/json_record.h"
#include "share/file.h"
#include "share/page.h"
#include "support/sample_record.h"

namespace {

void check_error(const pk::Error& error) {
  PK_ASSERT(!error.message.empty());
  PK_ASSERT(error.message.find('\n') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto shared = pk::share::parse_shared(pk::fuzz::text(data, size));
  if (!shared) {
    check_error(shared.error());
    return 0;
  }
  PK_ASSERT(pk::is_json(shared->json));
  PK_ASSERT(pk::config::json_value(shared->json).is_object());
  const auto record = pk::replay::read_record(shared->json);
  if (!record) {
    check_error(record.error());
    return 0;
  }
  std::string page = pk::share::sealed(pk::share::page_html(*record, {}));
  const auto again = pk::share::parse_shared(page);
  PK_ASSERT(static_cast<bool>(again));
  PK_ASSERT(!again->changed);
  const auto reread = pk::replay::read_record(again->json);
  PK_ASSERT(static_cast<bool>(reread));
  PK_ASSERT(pk::test::json_of(*reread) == pk::test::json_of(*record));
  page.insert(page.size() / 2, "x");
  const auto edited = pk::share::parse_shared(page);
  PK_ASSERT(!edited || edited->changed);
  return 0;
}
