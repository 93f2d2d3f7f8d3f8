// Rows of exports, as records.
#pragma once

#include <string_view>

#include "imports/form.h"
#include "support/catch.h"

namespace pk::test {

inline log::LogRecord record_of(std::string_view json) {
  const auto row = imports::Row::of_json(json);
  REQUIRE(row);
  const auto record = imports::to_record(*row);
  CAPTURE(json, record ? "" : record.error().message);
  REQUIRE(record);
  return *record;
}

}  // namespace pk::test
