#include "provider/dialect.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("An option is found by its exact name, the first of twins") {
  const ProviderOptions options = {{"aws_region", "us-east-1"}, {"a", ""}, {"aws_region", "eu"}};
  CHECK(option(options, "aws_region") == "us-east-1");
  CHECK(option(options, "a").empty());
  CHECK(option(options, "aws_regio").empty());
  CHECK(option({}, "aws_region").empty());
}

}  // namespace
}  // namespace pk::provider
