// A record that was read from JSON is written as JSON that reads back as the same; what is none is refused in
// one line.
#include <string>

#include "fuzz.h"
#include "replay/answer.h"
#include "replay/blocked.h"
#include "replay/json_record.h"
#include "replay/request.h"
#include "support/sample_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = pk::replay::read_record(pk::fuzz::text(data, size));
  if (!record) {
    PK_ASSERT(!record.error().message.empty());
    PK_ASSERT(record.error().message.find('\n') == std::string::npos);
    return 0;
  }
  const std::string json = pk::test::json_of(*record);
  const auto again = pk::replay::read_record(json);
  PK_ASSERT(static_cast<bool>(again));
  PK_ASSERT(pk::test::json_of(*again) == json);
  static_cast<void>(pk::replay::check(*record));
  if (record->request) pk::replay::resent(*record);
  if (record->response) pk::replay::said(*record->response);
  return 0;
}
