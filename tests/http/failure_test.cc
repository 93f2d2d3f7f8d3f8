#include "http/failure.h"

#include <vector>

#include "base/json.h"
#include "support/catch.h"

using pk::http::failure_json;

TEST_CASE("A failure has Portkey's members and OpenAI's error object") {
  CHECK(
      failure_json("no \"such\" log", "not_found") ==
      R"({"status":"failure","message":"no \"such\" log","error":{"message":"no \"such\" log","type":"not_found","param":null,"code":null}})");
}

TEST_CASE("Several errors are listed between") {
  const std::vector<std::string> errors = {"one", "t\"wo"};
  CHECK(failure_json("m", "t", errors).find(R"("message":"m","errors":["one","t\"wo"],"error":{)") !=
        std::string::npos);
  CHECK(pk::is_json(failure_json(std::string("\x01\xff", 2), "t", errors)));
}
