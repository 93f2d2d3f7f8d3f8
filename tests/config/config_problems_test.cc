#include "config/config_problems.h"

#include "config/gateway_config.h"
#include "support/catch.h"

namespace pk::config {
namespace {

TEST_CASE("A place is written with commas, indexes as numbers") {
  const Spot root;
  const Spot targets(root, "targets");
  const Spot first(targets, 0);
  const Spot retry(first, "retry");
  CHECK(root.text().empty());
  CHECK(Spot(retry, "attempts").text() == "targets,0,retry,attempts");
}

TEST_CASE("A routing text is the message only while nothing else is wrong") {
  Problems problems;
  CHECK(problems.message() == "Invalid config passed");
  problems.add_routing(Spot(), "first");
  problems.add_routing(Spot(), "second");
  CHECK(problems.message() == "first");
  CHECK(problems.errors() == std::vector<std::string>{"path: , message: first", "path: , message: second"});
  problems.add(Spot(), "Required");
  CHECK(problems.message() == "Invalid config passed");
}

TEST_CASE("There is an end to what is told") {
  Problems problems;
  for (std::size_t i = 0; i < 2 * k_config_errors_max; ++i) problems.add(Spot(), "Required");
  CHECK(problems.count() == k_config_errors_max);
}

TEST_CASE("Regular expressions have an end, told once") {
  Problems problems;
  for (std::size_t i = 0; i < k_config_patterns_max; ++i) CHECK(problems.allow_pattern(Spot()));
  CHECK(problems.count() == 0);
  CHECK_FALSE(problems.allow_pattern(Spot()));
  CHECK_FALSE(problems.allow_pattern(Spot()));
  CHECK(problems.errors() ==
        std::vector<std::string>{"path: , message: a config may have 32 regular expressions at most"});
}

}  // namespace
}  // namespace pk::config
