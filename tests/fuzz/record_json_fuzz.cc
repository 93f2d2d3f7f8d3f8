// A record that was read from JSON is written as JSON that reads back as the same; what is none is refused in
// one line.
#include <string>

#include "fuzz.h"
#include "log/json.h"
#include "replay/answer.h"
#include "replay/blocked.h"
#include "replay/json_record.h"
#include "replay/request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = pk::replay::read_record(pk::fuzz::text(data, size));
  if (!record) {
    PK_ASSERT(!record.error().message.empty());
    PK_ASSERT(record.error().message.find('\n') == std::string::npos);
    return 0;
  }
  std::string json, again_json;
  pk::log::append_json(json, *record, pk::log::FieldSet::all());
  const auto again = pk::replay::read_record(json);
  PK_ASSERT(static_cast<bool>(again));
  pk::log::append_json(again_json, *again, pk::log::FieldSet::all());
  PK_ASSERT(json == again_json);
  static_cast<void>(pk::replay::check(*record));
  if (record->request) pk::replay::resent(*record);
  if (record->response) pk::replay::said(*record->response);
  return 0;
}
