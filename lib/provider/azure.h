// Azure OpenAI and Azure AI: OpenAI's bodies at addresses and with keys of Azure's own. Bodies and answers
// pass as they are. https://learn.microsoft.com/en-us/azure/ai-services/openai/reference
#pragma once

#include "provider/dialect.h"

namespace pk::provider {

// Options, also without their "azure_" as Portkey's configs have some: azure_resource_name,
// azure_deployment_id, azure_api_version, azure_ad_token, azure_auth_mode.
//
// URL: https://RESOURCE.openai.azure.com/openai/deployments/DEPLOYMENT/OP?api-version=VERSION. Version v1 has
// /openai/v1/OP and no such query. A custom host replaces scheme and host; the /openai stays, once.
// - Without a deployment it is the body's model: that is how most are named.
// - responses and the families that no deployment has (files, batches, fine_tuning, models …) leave the
//   deployment out; chat, completions, embeddings, images and audio have it on passed-through paths too.
// - The client's query is kept; an api-version in it wins.
// - A passed-through path that names a host, /v1/proxy/NAME.openai.azure.com/…, goes there; where a resource
//   is configured only to that one.
//
// Auth: `api-key: KEY`, or Authorization: Bearer with the ad token where one is given.
//
// Errors, invalid: no resource and no custom host, no deployment, no version; a resource or version with
// bytes that do not belong there; azure_auth_mode entra, managed or workload without an ad token (they need
// a token from a service that pk does not call), and modes nobody knows.
extern const Dialect k_azure_openai;

// Options: azure_foundry_url (https only), azure_api_version, azure_deployment_name, azure_extra_params,
// azure_ad_token, azure_auth_mode.
//
// URL: the foundry URL or a custom host, the endpoint's path, and the version in the query where one is
// given. Auth as above; azure_deployment_name is sent as azureml-model-deployment, azure_extra_params as
// extra-parameters ("drop" by default: what a model does not know is no error). Errors: as above.
extern const Dialect k_azure_ai;

}  // namespace pk::provider
