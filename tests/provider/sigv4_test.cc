#include "provider/sigv4.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

// AWS's published suite: https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite
constexpr std::int64_t k_time = 1'440'938'160'000;  // 2015-08-30T12:36:00Z
constexpr AwsCredentials k_credentials = {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};

std::string authorization(const SigV4Request& request, const AwsCredentials& credentials = k_credentials,
                          std::string_view service = "service") {
  const auto headers = sigv4_headers(request, credentials, {"us-east-1", service, k_time});
  REQUIRE(headers.back().first == "Authorization");
  return headers.back().second;
}

std::string expected(std::string_view names, std::string_view signature,
                     std::string_view service = "service") {
  return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/" + std::string(service) +
         "/aws4_request, SignedHeaders=" + std::string(names) + ", Signature=" + std::string(signature);
}

SigV4Request get(std::string_view path, std::string_view query = "", log::Headers headers = {}) {
  return {"GET", path, query, std::move(headers), "example.amazonaws.com", ""};
}

TEST_CASE("Paths and queries sign as in AWS's suite") {
  struct Case {
    std::string_view path, query, signature;
  };
  const Case cases[] = {
      {"/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"/", "Param2=value2&Param1=value1",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"/", "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
       "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
      {"/", "\xE1\x88\xB4=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"/example space/", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"/\xE1\x88\xB4", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"//example//", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
      {"/example1/example2/../..", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
  };
  for (const Case& each : cases) {
    INFO(each.path << "?" << each.query);
    CHECK(authorization(get(each.path, each.query)) == expected("host;x-amz-date", each.signature));
  }
}

TEST_CASE("Headers sign as in AWS's suite: trimmed, sorted, twins joined") {
  CHECK(authorization(get("/", "", {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}})) ==
        expected("host;my-header1;my-header2;x-amz-date",
                 "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"));
  CHECK(authorization(
            get("/", "", {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}})) ==
        expected("host;my-header1;x-amz-date",
                 "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"));
}

TEST_CASE("A body signs as in AWS's suite") {
  const log::Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  CHECK(authorization({"POST", "/", "", form, "example.amazonaws.com", "Param1=value1"}) ==
        expected("content-type;host;x-amz-date",
                 "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"));
  const log::Headers with_sum = {
      {"Content-Type", "application/x-www-form-urlencoded"},
      {"Content-Length", "13"},
      {"x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}};
  CHECK(authorization({"POST", "/", "", with_sum, "example.amazonaws.com", "Param1=value1"}) ==
        expected("content-length;content-type;host;x-amz-content-sha256;x-amz-date",
                 "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"));
}

TEST_CASE("A session token is sent and signed") {
  AwsCredentials credentials = k_credentials;
  credentials.session_token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
  const auto headers = sigv4_headers(get("/"), credentials, {"us-east-1", "service", k_time});
  REQUIRE(headers.size() == 3);
  CHECK(headers[0] == std::pair<std::string, std::string>("X-Amz-Date", "20150830T123600Z"));
  CHECK(headers[1].first == "X-Amz-Security-Token");
  CHECK(headers[2].second == expected("host;x-amz-date;x-amz-security-token",
                                      "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"));
}

TEST_CASE("The documentation's ListUsers example signs as printed there") {
  const log::Headers headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  CHECK(authorization({"GET", "/", "Action=ListUsers&Version=2010-05-08", headers, "iam.amazonaws.com", ""},
                      k_credentials, "iam") ==
        expected("content-type;host;x-amz-date",
                 "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", "iam"));
}

TEST_CASE("A path is encoded once more than it is sent") {
  CHECK(sigv4_canonical_path("/model/anthropic.claude-v1%3A0/converse") ==
        "/model/anthropic.claude-v1%253A0/converse");
  CHECK(sigv4_canonical_path("/model/arn%3Aaws%3Abedrock%2Fx/converse-stream") ==
        "/model/arn%253Aaws%253Abedrock%252Fx/converse-stream");
  CHECK(sigv4_canonical_path("/a:b") == "/a%3Ab");
  CHECK(sigv4_canonical_path("/a/./b/..") == "/a/");
  CHECK(sigv4_canonical_path("/../..") == "/");
}

TEST_CASE("A query is sorted by name and value, and encoded in one way") {
  CHECK(sigv4_canonical_query("").empty());
  CHECK(sigv4_canonical_query("b=2&a=%7e&b=1&c") == "a=~&b=1&b=2&c=");
  CHECK(sigv4_canonical_query("a=%2f&a=/&a=%zz&a=%4") == "a=%254&a=%25zz&a=%2F&a=%2F");
}

TEST_CASE("Times are written in AWS's form") {
  CHECK(sigv4_time(k_time) == "20150830T123600Z");
  CHECK(sigv4_time(k_time + 999) == "20150830T123600Z");
  CHECK(sigv4_time(0) == "19700101T000000Z");
}

}  // namespace
}  // namespace pk::provider
