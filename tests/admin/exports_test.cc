#include "admin/exports.h"

#include "base/json.h"
#include "support/catch.h"

using namespace pk::admin;

TEST_CASE("An export is found by its id, and the oldest goes for a new one") {
  Exports exports;
  const Export first = exports.add({.created_at = 1'772'357'400'000, .description = "a \"b\"", .total = 3});
  CHECK(first.id.starts_with("ex-"));
  CHECK(exports.find(first.id)->description == "a \"b\"");
  CHECK_FALSE(exports.find("ex-other"));
  CHECK(
      to_json(first) ==
      R"({"id":")" + first.id +
          R"(","object":"export","created_at":"2026-03-01T09:30:00.000Z","description":"a \"b\"","filter":"","total":3})");
  for (std::size_t i = 0; i < k_exports_max; ++i) exports.add({});
  CHECK_FALSE(exports.find(first.id));
  CHECK(exports.list().size() == k_exports_max);
}
