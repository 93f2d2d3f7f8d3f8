#include "provider/dialect.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("An option is found by its name, and is empty if it is not there") {
  const ProviderOptions options = {{"aws_region", "us-east-1"}, {"aws_auth_type", ""}};
  CHECK(option(options, "aws_region") == "us-east-1");
  CHECK(option(options, "aws_auth_type").empty());
  CHECK(option(options, "region").empty());
}

}  // namespace
}  // namespace pk::provider
