#include "provider/bedrock.h"

#include "provider/sigv4.h"
#include "support/dialect.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_model = "anthropic.claude-3-5-sonnet-20241022-v2:0";

TestCall call(std::string_view more = "") {
  TestCall made;
  made.row.slug = "bedrock";
  made.body = R"({"model":")" + std::string(k_model) + R"(","messages":[{"role":"user","content":"hi"}])" +
              std::string(more) + "}";
  made.key.clear();
  made.options = {{"aws_region", "us-east-1"},
                  {"aws_access_key_id", "AKIDEXAMPLE"},
                  {"aws_secret_access_key", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}};
  return made;
}

std::string problem(const TestCall& made) {
  const auto request = made.encode(k_bedrock);
  REQUIRE_FALSE(request);
  CHECK(request.error().code == Errc::invalid);
  return request.error().message;
}

TEST_CASE("A chat goes to Converse, the model's name as one segment, and is signed over what is sent") {
  const TestCall made = call();
  const auto request = made.encode(k_bedrock);
  REQUIRE(request);
  const std::string path = "/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse";
  CHECK(request->url == "https://bedrock-runtime.us-east-1.amazonaws.com" + path);
  CHECK(request->body == R"({"messages":[{"role":"user","content":[{"text":"hi"}]}]})");
  CHECK(header(*request, "X-Amz-Date") == "20150830T123600Z");
  const SigV4Request signed_over = {"POST",
                                    path,
                                    "",
                                    {{"Content-Type", "application/json"}},
                                    "bedrock-runtime.us-east-1.amazonaws.com",
                                    request->body};
  const auto headers =
      sigv4_headers(signed_over, {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""},
                    {"us-east-1", "bedrock", made.now_ms});
  CHECK(header(*request, "Authorization") == headers.back().second);
  CHECK(header(*request, "Authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, "
                         "SignedHeaders=content-type;host;x-amz-date, Signature="));
}

TEST_CASE("A streamed chat goes to ConverseStream; a token goes with the signature") {
  TestCall made = call(R"(,"stream":true)");
  made.options.emplace_back("aws_session_token", "tok");
  const auto request = made.encode(k_bedrock);
  REQUIRE(request);
  CHECK(request->url.ends_with("/converse-stream"));
  CHECK(header(*request, "X-Amz-Security-Token") == "tok");
  CHECK(header(*request, "Authorization").find("x-amz-date;x-amz-security-token,") != std::string::npos);
}

TEST_CASE("A key alone, or on demand, is a bearer") {
  TestCall made = call();
  made.key = "bedrock-api-key-x";
  made.options.emplace_back("aws_auth_type", "apiKey");
  CHECK(header(*made.encode(k_bedrock), "Authorization") == "Bearer bedrock-api-key-x");
  made.options = {{"aws_region", "eu-west-1"}};
  const auto request = made.encode(k_bedrock);
  REQUIRE(request);
  CHECK(header(*request, "Authorization") == "Bearer bedrock-api-key-x");
  CHECK(header(*request, "X-Amz-Date") == "(none)");
  CHECK(request->url.starts_with("https://bedrock-runtime.eu-west-1.amazonaws.com/model/"));
}

TEST_CASE("A custom host replaces Bedrock's, and is the host that is signed") {
  TestCall made = call();
  made.custom_host = "http://127.0.0.1:8080/";
  const auto with_port = made.encode(k_bedrock);
  REQUIRE(with_port);
  CHECK(with_port->url.starts_with("http://127.0.0.1:8080/model/"));
  made.custom_host = "https://vpce.example:443";
  const std::string own_port = header(*made.encode(k_bedrock), "Authorization");
  made.custom_host = "https://vpce.example";
  CHECK(header(*made.encode(k_bedrock), "Authorization") == own_port);
  CHECK(header(*with_port, "Authorization") != own_port);
}

TEST_CASE("China's regions have their own domain") {
  TestCall made = call();
  made.options[0].second = "cn-north-1";
  CHECK(made.encode(k_bedrock)->url.starts_with("https://bedrock-runtime.cn-north-1.amazonaws.com.cn/"));
}

TEST_CASE("Other paths are signed over the client's method, query and body") {
  TestCall made = call();
  made.endpoint = log::Endpoint::other;
  made.method = "GET";
  made.path = "/v1/proxy/guardrail/x";
  made.query = "b=2&a=1";
  made.body = "";
  const auto request = made.encode(k_bedrock);
  REQUIRE(request);
  CHECK(request->url == "https://bedrock-runtime.us-east-1.amazonaws.com/guardrail/x?b=2&a=1");
  CHECK(request->body_is_clients);
  const std::string before = header(*request, "Authorization");
  CHECK(before.find("SignedHeaders=host;x-amz-date,") != std::string::npos);
  made.body = "{}";
  CHECK(header(*made.encode(k_bedrock), "Authorization") != before);
  CHECK(k_bedrock.decoder(test_facts("bedrock", log::Endpoint::other)) == nullptr);
}

TEST_CASE("Embeddings go to InvokeModel") {
  TestCall made = call();
  made.endpoint = log::Endpoint::embeddings;
  made.body = R"({"model":"amazon.titan-embed-text-v2:0","input":"a"})";
  CHECK(made.encode(k_bedrock)->url.ends_with("/model/amazon.titan-embed-text-v2%3A0/invoke"));
}

TEST_CASE("Missing or dangerous options are refused by name") {
  TestCall made = call();
  made.options = {};
  CHECK(problem(made) == "bedrock needs `aws_region`, such as us-east-1");
  made.options = {{"aws_region", "us-east-1"}};
  CHECK(problem(made) == "bedrock needs `aws_access_key_id` and `aws_secret_access_key`, or an API key");
  made.options = {{"aws_region", "us-east-1"}, {"aws_access_key_id", "A"}};
  CHECK(problem(made) == "bedrock needs `aws_secret_access_key` beside `aws_access_key_id`");
  for (const std::string region : {"evil.com/", "us-east-1.evil", "US", "a#", "a@b"}) {
    made = call();
    made.options[0].second = region;
    CHECK(problem(made) == "`aws_region` is no name of a region");
  }
  made = call();
  made.options.emplace_back("aws_auth_type", "assumedRole");
  CHECK(problem(made).starts_with("assumed roles are not offered"));
  made = call();
  made.options.erase(made.options.begin());
  made.custom_host = "http://127.0.0.1:1";
  CHECK(problem(made) == "bedrock needs `aws_region` to sign requests");
  made.endpoint = log::Endpoint::responses;
  CHECK(problem(made) == "bedrock does not offer this endpoint");
}

}  // namespace
}  // namespace pk::provider
