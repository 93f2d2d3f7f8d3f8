// Amazon Bedrock: chat completions as Converse and ConverseStream, embeddings of Titan and Cohere models as
// InvokeModel. Form: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
#pragma once

#include "provider/dialect.h"

namespace pk::provider {

// Endpoints: chat_completions, embeddings, other (signed, body as it is). The row has no base URL of its own
// and no need of a custom host: https://bedrock-runtime.REGION.amazonaws.com, unless a custom host replaces
// it.
//
// Options: aws_region; aws_access_key_id and aws_secret_access_key, aws_session_token; aws_auth_type.
// Requests are signed (sigv4.h) with the access key; without one, or with aws_auth_type apiKey, the key is a
// bearer (Bedrock's API keys). Errors, all invalid: no region where one is needed, a region that is no name,
// no credentials, roles to be assumed (pk asks no other service for credentials), and bedrock_request.h's.
//
// The body that was signed must go out as it is, to the URL as it is.
extern const Dialect k_bedrock;

}  // namespace pk::provider
