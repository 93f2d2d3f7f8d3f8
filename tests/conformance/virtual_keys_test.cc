// Providers that are kept with their secret, and named in each of the ways that there are.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

const std::string k_secret = "sk-kept-zyxwvutsrq-secret";
const std::pair<std::string, std::string> k_json{"Content-Type", "application/json"};

struct Kept {
  FakeUpstream upstream;
  TempFolder data;
  std::string id =
      keep(data.path(), {"provider", "add", "work", "--provider", "openai", "--custom-host", upstream.url()},
           k_secret + "\n");
  Serve serve{{.data = data.path()}};

  Reply call(const HeaderList& more, const std::string& body = chat_request()) const {
    HeaderList headers{k_json};
    headers.insert(headers.end(), more.begin(), more.end());
    return request(serve.port(), "POST", "/v1/chat/completions", headers, body);
  }
  void check_used(const Reply& reply) {
    CHECK(reply.status == 200);
    CHECK(reply.header("x-portkey-provider") == "openai");
    const SeenRequest seen = upstream.seen(upstream.seen_count() - 1);
    CHECK(seen.header("authorization") == "Bearer " + k_secret);
    CHECK(at(record_of(serve, reply), "/virtual_key") == id);
    CHECK(run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "--json"})
              .out.find("zyxwvutsrq") == std::string::npos);
  }
};

std::string chat_of(const std::string& model) {
  return R"({"model":")" + model +
         R"(", "seed":12345678901234567890,"messages":[{"role":"user","content":"hi"}]})";
}

}  // namespace

TEST_CASE_METHOD(Kept,
                 "A virtual key is named by id or name, in a header, as a provider, or before the model",
                 "[virtual_keys]") {
  CHECK(id.starts_with("vk-work-"));
  for (const std::string& name : {id, std::string("work")}) {
    INFO(name);
    check_used(call({{"x-portkey-virtual-key", name}}));
    check_used(call({{"x-portkey-provider", "@" + name}}));
    check_used(call({}, chat_of("@" + name + "/gpt-x")));
    CHECK(upstream.seen(upstream.seen_count() - 1).body == chat_of("gpt-x"));
    check_used(call({{"x-portkey-config", R"({"virtual_key":")" + name + "\"}"}}));
    check_used(call({{"x-portkey-config", R"({"provider":"@)" + name + "\"}"}}));
    check_used(call({{"x-portkey-config", R"({"override_params":{"model":"@)" + name + R"(/gpt-y"}})"}}));
    CHECK(at(parse_json(upstream.seen(upstream.seen_count() - 1).body), "/model") == "gpt-y");
    check_used(call({{"x-portkey-config", R"({"passthrough":true})"}, {"x-portkey-provider", "@" + name}}));
    check_used(call({{"x-portkey-config", R"({"passthrough":true})"}}, chat_of("@" + name + "/gpt-x")));
  }
  // The slash that follows is the model's own.
  check_used(call({}, chat_of("@work/meta/llama")));
  CHECK(at(parse_json(upstream.seen(upstream.seen_count() - 1).body), "/model") == "meta/llama");
}

TEST_CASE_METHOD(Kept, "The key of the request does not stand in for a kept one", "[virtual_keys]") {
  check_used(call({{"x-portkey-virtual-key", "work"}, {"Authorization", "Bearer k-of-the-request"}}));
  check_used(call({{"x-portkey-provider", "@work"}, {"x-api-key", "k-of-the-request"}}));
  const Reply models =
      request(serve.port(), "GET", "/v1/models",
              {{"x-portkey-provider", "@work"}, {"Authorization", "Bearer k-of-the-request"}});
  CHECK(models.status == 200);
  CHECK(upstream.seen(upstream.seen_count() - 1).header("authorization") == "Bearer " + k_secret);
}

TEST_CASE_METHOD(Kept, "A name that nobody has is 400 and says so", "[virtual_keys]") {
  for (const HeaderList& headers : {HeaderList{{"x-portkey-virtual-key", "none"}},
                                    {{"x-portkey-provider", "@none"}},
                                    {{"x-portkey-config", R"({"virtual_key":"none"})"}},
                                    {{"x-portkey-config", R"({"provider":"@none"})"}}}) {
    INFO(headers[0].first);
    const Reply reply = call(headers);
    CHECK(reply.status == 400);
    CHECK(at(parse_json(reply.body), "/message").find("there is no virtual key 'none'") != std::string::npos);
    check_headers(reply);
  }
  CHECK(call({}, chat_of("@none/gpt-x")).status == 400);
}

TEST_CASE_METHOD(Kept, "An archived key is out of use until it is taken up again", "[virtual_keys]") {
  keep(data.path(), {"provider", "archive", "work"});
  REQUIRE(comes_true([&] { return call({{"x-portkey-virtual-key", id}}).status == 400; }));
  const std::size_t before = upstream.seen_count();
  for (const HeaderList& headers : {HeaderList{{"x-portkey-virtual-key", id}},
                                    {{"x-portkey-provider", "@work"}},
                                    {{"x-portkey-config", R"({"virtual_key":"work"})"}}})
    CHECK(at(parse_json(call(headers).body), "/message") == "the virtual key 'work' is archived");
  CHECK(upstream.seen_count() == before);
  keep(data.path(), {"provider", "unarchive", "work"});
  CHECK(comes_true([&] { return call({{"x-portkey-virtual-key", id}}).status == 200; }));
}

TEST_CASE_METHOD(Kept, "A secret that is changed while serving counts", "[virtual_keys]") {
  keep(data.path(), {"provider", "edit", "work", "--secret-file", "-"}, "sk-other-0123456789-secret\n");
  CHECK(comes_true([&] {
    call({{"x-portkey-virtual-key", id}});
    return upstream.seen(upstream.seen_count() - 1).header("authorization") ==
           "Bearer sk-other-0123456789-secret";
  }));
}

TEST_CASE_METHOD(Kept, "Kept keys stand in for each other in a fallback", "[virtual_keys]") {
  FakeUpstream down;
  down.always(refused(429));
  const std::string other =
      keep(data.path(), {"provider", "add", "other", "--provider", "anthropic", "--custom-host", down.url()},
           "sk-ant\n");
  const std::string config =
      strategy("fallback", {R"({"virtual_key":"other"})", R"({"virtual_key":"work"})"});
  REQUIRE(comes_true([&] { return ask(serve, config).status == 200; }));
  const Reply reply = ask(serve, config);
  check_used(reply);
  CHECK(down.seen(0).header("x-api-key") == "sk-ant");
  CHECK(at(record_of(serve, reply), "/attempts/0/provider") == "anthropic");
}

TEST_CASE_METHOD(Kept, "What a provider needs besides its secret is kept with it", "[virtual_keys]") {
  keep(data.path(),
       {"provider", "add", "az", "--provider", "azure-openai", "--custom-host", upstream.url(""), "--option",
        "resource_name=mine", "--option", "deployment_id=d", "--option", "api_version=2024-10-21"},
       "k-az\n");
  REQUIRE(comes_true([&] { return call({{"x-portkey-virtual-key", "az"}}).status == 200; }));
  const SeenRequest seen = upstream.seen(upstream.seen_count() - 1);
  CHECK(seen.target == "/openai/deployments/d/chat/completions?api-version=2024-10-21");
  CHECK(seen.header("api-key") == "k-az");
}

TEST_CASE_METHOD(Kept, "A kept secret goes where its keeper says: who may use it may not read it",
                 "[virtual_keys]") {
  keep(data.path(),
       {"provider", "add", "public", "--provider", "openai", "--custom-host", "https://kept.example.com/v1"},
       k_secret + "\n");
  const std::string saved =
      keep(data.path(), {"config", "add", "main"}, R"({"provider":"openai","api_key":")" + k_secret + "\"}");
  const HeaderList elsewhere{{"x-portkey-custom-host", "https://elsewhere.example.com/v1"}};
  const auto refused_with = [&](HeaderList headers) {
    headers.insert(headers.end(), elsewhere.begin(), elsewhere.end());
    return at(parse_json(call(headers).body), "/message")
        .starts_with("the custom host is not one that this key is kept for");
  };
  REQUIRE(comes_true([&] { return refused_with({{"x-portkey-config", saved}}); }));
  CHECK(refused_with({{"x-portkey-virtual-key", "public"}}));
  CHECK(refused_with({{"x-portkey-provider", "@public"}}));
  CHECK(refused_with({{"x-portkey-config", R"({"virtual_key":"public"})"}}));
  const std::string in_config =
      R"({"virtual_key":"public","custom_host":"https://elsewhere.example.com/v1"})";
  CHECK(ask(serve, in_config).status == 400);
  CHECK(ask(serve, R"({"virtual_key":"public","huggingface_base_url":"https://elsewhere.example.com"})")
            .status == 400);
  // In the clear it is another host.
  CHECK(call({{"x-portkey-virtual-key", "public"}, {"x-portkey-custom-host", "http://kept.example.com/v1"}})
            .status == 400);
  // Its own host at another path, and whatever the server trusts, are its keeper's word. Nobody need answer
  // there.
  CHECK(call({{"x-portkey-virtual-key", "public"},
              {"x-portkey-custom-host", "https://kept.example.com/other"},
              {"x-portkey-request-timeout", "100"}})
            .status != 400);
  check_used(call({{"x-portkey-virtual-key", "work"}, {"x-portkey-custom-host", upstream.url("/other")}}));
  // A key that came with the request goes where the request says.
  CHECK(call({{"x-portkey-provider", "openai"},
              {"Authorization", "Bearer k"},
              elsewhere[0],
              {"x-portkey-request-timeout", "100"}})
            .status != 400);
}
