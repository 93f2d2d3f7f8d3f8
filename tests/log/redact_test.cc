#include "log/redact.h"

#include "base/json.h"
#include "support/catch.h"

using pk::log::Headers;
using pk::log::is_secret_header;
using pk::log::mask_config;
using pk::log::Masked;
using pk::log::redact_headers;
using pk::log::redact_json;
using pk::log::redact_query;
using pk::log::redact_urls;
using pk::log::Secrets;

namespace {

const std::string k_key = "sk-proj-0123456789xyz";
const std::string k_masked = "sk********xyz";

std::string redacted(const std::string& name, const std::string& value, std::string_view sensitive = {}) {
  return redact_headers({{name, value}}, sensitive).at(0).second;
}

}  // namespace

TEST_CASE("Credential headers are secret") {
  for (const char* name : {"authorization",
                           "Authorization",
                           "PROXY-AUTHORIZATION",
                           "x-api-key",
                           "api-key",
                           "x-portkey-api-key",
                           "x-goog-api-key",
                           "X_API_KEY",
                           "apikey",
                           "x-auth-token",
                           "x-amz-security-token",
                           "x-client-secret",
                           "cookie",
                           "Set-Cookie",
                           "x-auth-key",
                           "ocp-apim-subscription-key",
                           "x-functions-key",
                           "cf-access-client-secret",
                           "cf-access-jwt-assertion",
                           "x-vault-token",
                           "x-portkey-aws-access-key-id",
                           "x-portkey-aws-secret-access-key",
                           "x-portkey-aws-session-token",
                           "x-portkey-aws-role-arn",
                           "x-portkey-aws-external-id",
                           "x-portkey-azure-ad-token",
                           "x-portkey-azure-entra-client-secret",
                           "x-portkey-azure-extra-params",
                           "x-portkey-azure-entra-tenant-id",
                           "x-portkey-vertex-service-account-json",
                           "X-Portkey-Vertex-Anything-New",
                           "x-auth",
                           "x-user-jwt"}) {
    INFO(name);
    CHECK(is_secret_header(name));
    CHECK(redacted(name, k_key) == k_masked);
  }
}

TEST_CASE("Other headers are kept to the byte") {
  for (const char* name : {"host",
                           "accept",
                           "user-agent",
                           "content-type",
                           "content-length",
                           "x-request-id",
                           "x-portkey-virtual-key",
                           "x-portkey-provider",
                           "x-portkey-trace-id",
                           "x-portkey-metadata",
                           "idempotency-key",
                           "Sec-WebSocket-Key",
                           "x-ratelimit-remaining-tokens",
                           "anthropic-ratelimit-tokens-limit",
                           "anthropic-version",
                           "www-authenticate",
                           "x-portkey-aws-region",
                           "x-portkey-azure-resource-name",
                           "x-portkey-azure-deployment-id",
                           "x-portkey-azure-api-version",
                           "x-portkey-vertex-project-id",
                           "x-portkey-vertex-region",
                           "x-portkey-forward-headers",
                           "",
                           "y",
                           "x-cache-key",
                           "author",
                           "etag"}) {
    INFO(name);
    CHECK_FALSE(is_secret_header(name));
    CHECK(redacted(name, k_key) == k_key);
  }
}

TEST_CASE("A known scheme word stays, an unknown first word may be the secret") {
  CHECK(redacted("Authorization", "Bearer " + k_key) == "Bearer " + k_masked);
  CHECK(redacted("Authorization", "bearer   " + k_key) == "bearer " + k_masked);
  CHECK(redacted("Authorization", "Bearer k1") == "Bearer ********");
  CHECK(redacted("Authorization", "Bearer") == "********");
  CHECK(redacted("Authorization", "Bearer ") == "Bearer ********");
  CHECK(redacted("Authorization", "Basic dXNlcjpwYXNzd29yZDEyMw==") == "Basic dX********w==");
  CHECK(redacted("Authorization", k_key + " tail-of-secret-1") == "sk********t-1");
  CHECK(redacted("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=abcdef") ==
        "AWS4-HMAC-SHA256 Cr********def");
  CHECK(redacted("x-api-key", "Bearer " + k_key) == "Be********xyz");
}

TEST_CASE("Headers that the request names are masked") {
  CHECK(redacted("X-Custom", k_key, "x-other, x-custom") == k_masked);
  CHECK(redacted("X-Custom", k_key, "['x-other', \"X-CUSTOM\"]") == k_masked);
  CHECK(redacted("X-Custom", k_key, ",, ,[],''") == k_key);
  CHECK(redacted("X-Custom", k_key, "x-custom-2,x-custo") == k_key);
  const Headers headers = redact_headers({{"x-a", k_key},
                                          {"X-Portkey-Sensitive-Headers", "x-a"},
                                          {"x-b", k_key},
                                          {"x-portkey-sensitive-headers", "x-b"}});
  CHECK(headers[0].second == k_masked);
  CHECK(headers[1].second == "x-a");
  CHECK(headers[2].second == k_masked);
}

TEST_CASE("Order, names and repeats of headers stay") {
  const Headers headers = redact_headers(
      {{"Set-Cookie", "a=" + k_key}, {"X", "1"}, {"set-cookie", "b"}, {"Empty", ""}, {"Cookie", ""}});
  CHECK(headers == Headers{{"Set-Cookie", "a=********xyz"},
                           {"X", "1"},
                           {"set-cookie", "********"},
                           {"Empty", ""},
                           {"Cookie", ""}});
}

TEST_CASE("Secrets in a config are masked at any depth and its other bytes are kept") {
  const std::string config =
      R"({ "strategy":{"mode":"loadbalance"}, "targets":[{"provider":"openai","api_key":"sk-proj-0123456789xyz","weight":0.70},)"
      R"({"provider":"bedrock","aws_access_key_id":"AKIA0123456789ABCDEF","aws_secret_access_key":"short","aws_region":"eu-west-1",)"
      R"("targets":[[{"api\u005fkey" : "sk-proj-0123456789xyz"}]]},{"virtual_key":"vk-0123456789abcdef","cache":{"max_age":1E3}}] })";
  const std::string safe =
      R"({ "strategy":{"mode":"loadbalance"}, "targets":[{"provider":"openai","api_key":"sk********xyz","weight":0.70},)"
      R"({"provider":"bedrock","aws_access_key_id":"AK********DEF","aws_secret_access_key":"********","aws_region":"eu-west-1",)"
      R"("targets":[[{"api\u005fkey" : "sk********xyz"}]]},{"virtual_key":"vk-0123456789abcdef","cache":{"max_age":1E3}}] })";
  CHECK(redacted("X-Portkey-Config", config) == safe);
  CHECK(redact_json(safe).find("0123456789xyz") == std::string::npos);
}

TEST_CASE("All that stands under a secret name is masked") {
  CHECK(
      redact_json(R"({"vertex_service_account_json":{"type":"x","key":["y",1,true,null]},"a":"b"})") ==
      R"({"vertex_service_account_json":{"type":"********","key":["********","********",true,null]},"a":"b"})");
  CHECK(redact_json(R"([{"apiKey":12345678901234567890},{"x":1}])") ==
        R"([{"apiKey":"12********890"},{"x":1}])");
  CHECK(redact_json(R"({"headers":{"Authorization":"Bearer sk-proj-0123456789xyz"},"max_tokens":5})") ==
        R"({"headers":{"Authorization":"Bearer sk********xyz"},"max_tokens":5})");
  CHECK(redact_json(R"({"api_key":{},"b":"x","c":{"d":"y"}})") == R"({"api_key":{},"b":"x","c":{"d":"y"}})");
  CHECK(redact_json(R"({"a":{"api_key":[]},"b":"x"})") == R"({"a":{"api_key":[]},"b":"x"})");
  CHECK(
      redact_json(
          R"({"prompt_cache_key":"abcdefghijklmnopq","custom_host":"https://u:p@h/v1?api-key=0123456789abcdefg"})") ==
      R"({"prompt_cache_key":"abcdefghijklmnopq","custom_host":"https://********@h/v1?api-key=01********efg"})");
}

TEST_CASE("Secrets of a config are masked in camelCase too, and what is no secret is kept") {
  for (const char* name :
       {"vertexServiceAccountJson", "awsSecretAccessKey", "awsAccessKeyId", "awsSessionToken",
        "AwsAccessKeyId", "azureEntraClientSecret", "azureAdToken", "oraclePrivateKey",
        "clientId_awsAccessKey", "signingKey", "aws-AccessKeyId", "azure_adToken", "deployJwt"}) {
    INFO(name);
    const std::string json = "{\"" + std::string(name) + "\":\"" + k_key + "\"}";
    CHECK(redacted("x-portkey-config", json).find("0123456789") == std::string::npos);
  }
  for (const char* name : {"awsRegion", "virtualKey", "azureResourceName", "vertexProjectId", "cacheKey",
                           "AZURE_API_VERSION", "promptCacheKey"}) {
    INFO(name);
    const std::string json = "{\"" + std::string(name) + "\":\"" + k_key + "\"}";
    CHECK(redacted("x-portkey-config", json) == json);
  }
}

TEST_CASE("A config that is no JSON shows nothing, an id stays") {
  CHECK(redacted("x-portkey-config", "pc-my-config-0123456789") == "pc-my-config-0123456789");
  CHECK(redacted("x-portkey-config", "{'api_key':'" + k_key + "'}") == "********");
  CHECK(redacted("x-portkey-config", "{\"api_key\":\"" + k_key) == "********");
  CHECK(redacted("x-portkey-config", "pc-{\"api_key\":\"" + k_key + "\"}") == "********");
  CHECK(redacted("x-portkey-config", std::string(600, '[') + "\"" + k_key + "\"" + std::string(600, ']')) ==
        "********");
}

TEST_CASE("Secrets in a query are masked") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"key=" + k_key, "key=" + k_masked},
      {"alt=sse&key=" + k_key + "&x=1", "alt=sse&key=" + k_masked + "&x=1"},
      {"api_key=short&API-KEY=short", "api_key=********&API-KEY=********"},
      {"access_token=" + k_key + "#frag", "access_token=" + k_masked + "#frag"},
      {"%6bey=" + k_key, "%6bey=" + k_masked},
      {"sv=2022&sig=" + k_key + "&se=x", "sv=2022&sig=" + k_masked + "&se=x"},
      {"X-Amz-Signature=" + k_key + "&X-Amz-Date=2026", "X-Amz-Signature=" + k_masked + "&X-Amz-Date=2026"},
      {"key=ab?token=cdef&q=1", "key=********&q=1"},
      {"key=", "key="},
      {"key", "key"},
      {"&&==&key", "&&==&key"},
      {"monkey=banana-banana-banana&max_tokens=5", "monkey=banana-banana-banana&max_tokens=5"},
  };
  for (const auto& [query, safe] : cases) CHECK(redact_query(query) == safe);
}

TEST_CASE("Secrets of URLs in a text are masked") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"no url, is key=value kept?", "no url, is key=value kept?"},
      {"Post \"https://h/v1?key=" + k_key + "\": EOF", "Post \"https://h/v1?key=" + k_masked + "\": EOF"},
      {"https://user:pass@h/p?a=b https://h2?token=t", "https://********@h/p?a=b https://h2?token=********"},
      {"https://h/a@b?x=@", "https://h/a@b?x=@"},
      {"://@", "://********@"},
      {"://", "://"},
      {"see https://h/?sig=" + k_key + ">; rel=next", "see https://h/?sig=" + k_masked + ">; rel=next"},
  };
  for (const auto& [text, safe] : cases) CHECK(redact_urls(text) == safe);
  CHECK(redacted("Location", "https://h/cb?code=1&access_token=" + k_key) ==
        "https://h/cb?code=1&access_token=" + k_masked);
  CHECK(redacted("x-portkey-custom-host", "https://u:secret@h/v1") == "https://********@h/v1");
}

TEST_CASE("What was masked is found again in what an upstream says") {
  Secrets secrets;
  redact_headers({{"Authorization", "Bearer " + k_key},
                  {"x-portkey-config", R"({"targets":[{"api_key":"cfg\/key-0123456789"}]})"},
                  {"proxy-authorization", "Basic dXNlcjpwYXNzd29yZDEyMw=="},
                  {"cookie", "theme=dark; session=0123456789abcdef0123"},
                  {"x-portkey-vertex-service-account-json",
                   R"({"type":"service_account","private_key":"-----BEGIN\nABCDEF\n-----END"})"},
                  {"x-hidden", "hidden-value-1"}},
                 "x-hidden", &secrets);
  redact_query("alt=sse&key=query-key-012345", &secrets);
  CHECK(secrets.scrub("Incorrect API key provided: " + k_key + ".") ==
        "Incorrect API key provided: " + k_masked + ".");
  for (const char* secret :
       {"cfg/key-0123456789", "cfg\\/key-0123456789", "password123",
        "dXNlcjpwYXNzd29yZDEyMw==", "0123456789abcdef0123", "-----BEGIN\\nABCDEF\\n-----END",
        "-----BEGIN\nABCDEF\n-----END", "hidden-value-1", "query-key-012345"}) {
    INFO(secret);
    CHECK(secrets.scrub(std::string("<") + secret + ">").find(secret) == std::string::npos);
  }
  CHECK(secrets.scrub("theme=dark service_account Bearer") == "theme=dark service_account Bearer");
}

TEST_CASE("A config cut at any byte never shows its key") {
  const std::string config = R"({"targets":[{"provider":"openai","api_key":"sk-proj-0123456789xyz"}]})";
  for (std::size_t cut = 0; cut <= config.size(); ++cut) {
    const std::string safe = redacted("x-portkey-config", config.substr(0, cut));
    CHECK(safe.find("proj") == std::string::npos);
    CHECK((cut < config.size() || pk::is_json(safe)));
  }
}

TEST_CASE("A config that was masked before is masked the same, and its secrets are looked for again") {
  const std::string secret = "sk-0123456789abcdefghij";
  const std::string config = R"({"provider":"openai","api_key":")" + secret + R"("})";
  const Masked known = mask_config(config);
  Secrets read, remembered;
  const Headers headers = {{"x-portkey-config", config}, {"X-Portkey-Config", config + " "}};
  CHECK(redact_headers(headers, "", &remembered, &known) == redact_headers(headers, "", &read));
  CHECK(known.masked.find(secret) == std::string::npos);
  CHECK(remembered.scrub("echo: " + secret) == read.scrub("echo: " + secret));
  CHECK(remembered.scrub("echo: " + secret).find(secret) == std::string::npos);

  // Where the request calls the header sensitive it is masked whole, known or not.
  CHECK(redact_headers({{"x-portkey-config", config}}, "x-portkey-config", nullptr, &known) ==
        redact_headers({{"x-portkey-config", config}}, "x-portkey-config"));
  // A saved config's id is no secret, and no other config's text is taken for this one.
  CHECK(mask_config("pc-main-1a2b").masked == "pc-main-1a2b");
  CHECK(redact_headers({{"x-portkey-config", "pc-main-1a2b"}}, "", nullptr, &known)[0].second ==
        "pc-main-1a2b");
}
