// AWS Signature Version 4, in headers. Pure.
// Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/record.h"

namespace pk::provider {

struct AwsCredentials {
  std::string_view access_key_id;
  std::string_view secret_access_key;
  std::string_view session_token;  // "" for none
};

// What is signed: the request as it goes out.
struct SigV4Request {
  std::string_view method;
  std::string_view path;   // as in the request line, percent-encoded or not; "" is "/"
  std::string_view query;  // without '?'; its encoding is kept, bytes that no URL has are encoded
  log::Headers headers;    // all are signed; Host, or none of them if `host` is to be added
  std::string_view host;   // with its port where that is not the scheme's own
  std::string_view body;
};

struct SigV4Scope {
  std::string_view region;   // "us-east-1"
  std::string_view service;  // "bedrock"; anything but s3, whose paths are encoded once less
  std::int64_t now_ms = 0;   // Unix time
};

// The headers to add: X-Amz-Date, X-Amz-Security-Token where there is a token, Authorization.
// The path is encoded once more than it stands on the wire, as every service but S3 wants it ("%3A" is signed
// as "%253A"), with dot segments and double slashes taken out.
log::Headers sigv4_headers(const SigV4Request& request, const AwsCredentials& credentials,
                           const SigV4Scope& scope);

// The steps, for tests.
std::string sigv4_canonical_path(std::string_view path);
std::string sigv4_canonical_query(std::string_view query);
// "20150830T123600Z"
std::string sigv4_time(std::int64_t unix_ms);

}  // namespace pk::provider
