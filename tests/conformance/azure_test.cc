// Z: Azure's addresses and keys. A custom host stands in for https://NAME.openai.azure.com.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

struct Azure {
  FakeUpstream upstream;
  Serve serve;

  HeaderList headers(const HeaderList& more) const {
    HeaderList all{{"Content-Type", "application/json"},
                   {"x-portkey-provider", "azure-openai"},
                   {"Authorization", "Bearer k-az"},
                   {"x-portkey-azure-resource-name", "mine"},
                   {"x-portkey-custom-host", upstream.url("")}};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  SeenRequest seen_for(const HeaderList& more, const std::string& path = "/v1/chat/completions") {
    const std::size_t before = upstream.seen_count();
    const Reply reply = request(serve.port(), "POST", path, headers(more), chat_request());
    CHECK(reply.status == 200);
    return upstream.seen(before);
  }
};

const std::pair<std::string, std::string> k_deployment{"x-portkey-azure-deployment-id", "d 1"};
const std::pair<std::string, std::string> k_version{"x-portkey-azure-api-version", "2024-10-21"};

}  // namespace

TEST_CASE_METHOD(Azure, "Z1: the deployment and the version are in the URL, the key in api-key", "[azure]") {
  const SeenRequest seen = seen_for({k_deployment, k_version});
  CHECK(seen.target == "/openai/deployments/d%201/chat/completions?api-version=2024-10-21");
  CHECK(seen.header("api-key") == "k-az");
  CHECK(seen.header("authorization").empty());
  CHECK(seen.body == chat_request());
  for (const auto& [name, value] : seen.headers) CHECK(name.find("portkey") == std::string::npos);
  CHECK(seen_for({k_deployment, k_version}, "/v1/embeddings").target ==
        "/openai/deployments/d%201/embeddings?api-version=2024-10-21");
  // Without a deployment the model names it.
  CHECK(seen_for({k_version}).target ==
        "/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21");
}

TEST_CASE_METHOD(Azure,
                 "Z1: version v1 has neither deployment nor query, and a query of the client's is kept",
                 "[azure]") {
  CHECK(seen_for({k_deployment, {"x-portkey-azure-api-version", "v1"}}).target ==
        "/openai/v1/chat/completions");
  CHECK(seen_for({k_deployment, k_version}, "/v1/chat/completions?a=b").target ==
        "/openai/deployments/d%201/chat/completions?a=b&api-version=2024-10-21");
  CHECK(seen_for({k_version}, "/v1/responses").target == "/openai/responses?api-version=2024-10-21");
}

TEST_CASE_METHOD(Azure, "Z1: a directory token goes as a bearer", "[azure]") {
  const SeenRequest seen = seen_for({k_deployment, k_version, {"x-portkey-azure-ad-token", "tok"}});
  CHECK(seen.header("authorization") == "Bearer tok");
  CHECK(seen.header("api-key").empty());
}

TEST_CASE_METHOD(Azure, "Z1: a config says the same, and the record keeps no key", "[azure]") {
  const std::string config =
      R"({"provider":"azure-openai","api_key":"k-az-secret-0123456789","resource_name":"mine","deployment_id":"d","api_version":"2024-10-21","custom_host":")" +
      upstream.url("") + "\"}";
  const Reply reply = ask(serve, config);
  CHECK(reply.status == 200);
  CHECK(upstream.seen(0).target == "/openai/deployments/d/chat/completions?api-version=2024-10-21");
  CHECK(upstream.seen(0).header("api-key") == "k-az-secret-0123456789");
  CHECK(at(record_of(serve, reply), "/provider") == "azure-openai");
  CHECK(run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "--json"})
            .out.find("secret-0123456789") == std::string::npos);
}

TEST_CASE_METHOD(Azure, "Z1: what is missing is 400 and named", "[azure]") {
  const Reply version =
      request(serve.port(), "POST", "/v1/chat/completions", headers({k_deployment}), chat_request());
  CHECK(version.status == 400);
  CHECK(version.body.find("azure_api_version") != std::string::npos);
  const HeaderList bare{{"Content-Type", "application/json"},
                        {"x-portkey-provider", "azure-openai"},
                        {"Authorization", "Bearer k"},
                        k_version};
  const Reply resource = request(serve.port(), "POST", "/v1/chat/completions", bare, chat_request());
  CHECK(resource.status == 400);
  CHECK(resource.body.find("azure_resource_name") != std::string::npos);
  CHECK(upstream.seen_count() == 0);
}
