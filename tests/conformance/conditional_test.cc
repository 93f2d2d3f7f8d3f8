// C: which target a condition names.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

struct Targets {
  FakeUpstream upstream;
  Serve serve;

  std::string config(const std::string& conditions, const std::string& otherwise = "b") const {
    const std::string rules =
        R"("conditions":)" + conditions + (otherwise.empty() ? "" : R"(,"default":")" + otherwise + "\"");
    return strategy("conditional",
                    {target(upstream, R"("name":"a")"), target(upstream, R"("name":"b")"),
                     target(upstream, R"("name":"c")")},
                    "", rules);
  }
  // The name of the target that answered.
  std::string chosen(const std::string& query, const std::string& metadata,
                     const std::string& body = chat_request(),
                     const std::string& path = "/v1/chat/completions") const {
    const Reply reply = ask_at(serve, path, config(R"([{"query":)" + query + R"(,"then":"a"}])"),
                               {{"x-portkey-metadata", metadata}}, body);
    REQUIRE(reply.status == 200);
    const std::string option = reply.header("x-portkey-last-used-option-index");
    return option == "config.targets[0]" ? "a" : option == "config.targets[1]" ? "b" : option;
  }
};

std::string chat_with(const std::string& members) {
  return R"({"messages":[{"role":"user","content":"hi"}],)" + members + "}";
}

}  // namespace

TEST_CASE_METHOD(Targets, "C1, C9: equality on metadata, and the default", "[conditional]") {
  CHECK(chosen(R"({"metadata.plan":{"$eq":"paid"}})", R"({"plan":"paid"})") == "a");
  CHECK(chosen(R"({"metadata.plan":{"$eq":"paid"}})", R"({"plan":"free"})") == "b");
  CHECK(chosen(R"({"metadata.plan":{"$eq":"paid"}})", "{}") == "b");
  CHECK(chosen(R"({"metadata.plan":"paid"})", R"({"plan":"paid"})") == "a");
  CHECK(chosen(R"({"metadata.plan":{"$ne":"paid"}})", R"({"plan":"free"})") == "a");
  CHECK(chosen(R"({"metadata.plan":{"$ne":"paid"}})", "{}") == "a");
}

TEST_CASE_METHOD(Targets, "C2, C3: on the body's parameters", "[conditional]") {
  CHECK(chosen(R"({"params.model":{"$eq":"fastest"}})", "{}", chat_with(R"("model":"fastest")")) == "a");
  CHECK(chosen(R"({"params.model":{"$eq":"fastest"}})", "{}", chat_with(R"("model":"other")")) == "b");
  CHECK(chosen(R"({"params.temperature":{"$gte":0.7}})", "{}", chat_with(R"("temperature":0.70)")) == "a");
  CHECK(chosen(R"({"params.temperature":{"$gte":0.7}})", "{}", chat_with(R"("temperature":0.69)")) == "b");
  CHECK(chosen(R"({"params.temperature":{"$gt":"0.5"}})", "{}", chat_with(R"("temperature":1)")) == "a");
  CHECK(chosen(R"({"params.stream":true})", "{}", chat_with(R"("stream":false)")) == "b");
}

TEST_CASE_METHOD(Targets, "C4 to C6: one of a list, none of a list, a pattern of the path", "[conditional]") {
  const std::string in = R"({"metadata.plan":{"$in":["paid","trial"]}})",
                    nin = R"({"metadata.plan":{"$nin":["paid","trial"]}})";
  CHECK(chosen(in, R"({"plan":"trial"})") == "a");
  CHECK(chosen(in, R"({"plan":"free"})") == "b");
  CHECK(chosen(nin, R"({"plan":"free"})") == "a");
  CHECK(chosen(nin, R"({"plan":"paid"})") == "b");
  const std::string path = R"({"url.pathname":{"$regex":"^/v1/chat/"}})";
  CHECK(chosen(path, "{}") == "a");
  CHECK(chosen(path, "{}", R"({"model":"m","prompt":"x"})", "/v1/completions") == "b");
}

TEST_CASE_METHOD(Targets, "What the request does not have is no number, and in no list", "[conditional]") {
  for (const char* missing : {"metadata.n", "params.n"})
    for (const char* op : {R"({"$lt":5})", R"({"$lte":5})", R"({"$gt":-5})", R"({"$gte":-5})",
                           R"({"$in":["x"]})", R"({"$regex":""})"}) {
      INFO(missing << op);
      CHECK(chosen("{\"" + std::string(missing) + "\":" + op + "}", "{}") == "b");
    }
  for (const char* op : {R"({"$nin":["x"]})", R"({"$nin":[]})", R"({"$ne":"x"})"}) {
    INFO(op);
    CHECK(chosen(R"({"metadata.n":)" + std::string(op) + "}", "{}") == "a");
  }
  CHECK(chosen(R"({"metadata.n":{"$lte":5}})", R"({"n":"5"})") == "a");
  CHECK(chosen(R"({"metadata.n":{"$lt":5}})", R"({"n":"5"})") == "b");
}

TEST_CASE_METHOD(Targets, "C7, C8: both, either, and what stands beside them", "[conditional]") {
  const std::string x = R"({"metadata.x":"1"})", y = R"({"metadata.y":"1"})";
  const std::string both = R"({"$and":[)" + x + "," + y + "]}", either = R"({"$or":[)" + x + "," + y + "]}";
  CHECK(chosen(both, R"({"x":"1","y":"1"})") == "a");
  CHECK(chosen(both, R"({"x":"1"})") == "b");
  CHECK(chosen(either, R"({"y":"1"})") == "a");
  CHECK(chosen(either, "{}") == "b");
  // Nothing beside a group is passed over.
  CHECK(chosen(R"({"$or":[)" + x + "," + y + R"(],"metadata.z":"1"})", R"({"x":"1"})") == "b");
  CHECK(chosen(R"({"metadata.x":{"$regex":"^1","$ne":"12"}})", R"({"x":"12"})") == "b");
}

TEST_CASE_METHOD(Targets, "The first condition that holds decides", "[conditional]") {
  const std::string conditions =
      R"([{"query":{"metadata.x":"1"},"then":"c"},{"query":{"metadata.x":"1"},"then":"a"}])";
  const Reply reply = ask(serve, config(conditions), {{"x-portkey-metadata", R"({"x":"1"})"}});
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[2]");
  CHECK(status_of(record_of(serve, reply)) ==
        "cache-disabled,retry-not-triggered,fallback-disabled,loadbalance-disabled");
}

TEST_CASE_METHOD(Targets, "C11: what a router cannot follow is 400 with the router's words",
                 "[conditional]") {
  const auto refusal = [&](const std::string& conditions, const std::string& otherwise = "b") {
    const Reply reply = ask(serve, config(conditions, otherwise));
    CHECK(reply.status == 400);
    check_headers(reply);
    return at(parse_json(reply.body), "/message");
  };
  CHECK(refusal(R"([{"query":{"metadata.x":{"$foo":1}},"then":"a"}])") ==
        "Unsupported operator used in the query router: $foo");
  CHECK(refusal(R"([{"query":{"metadata.x":"1"},"then":"z"}])") ==
        "Invalid target name found in the query router: z");
  CHECK(refusal(R"([{"query":{"metadata.x":"1"},"then":"a"}])", "z") ==
        "Invalid target name found in the query router: z");
  CHECK(refusal("[]") == "No conditions passed in the query router");
  CHECK(refusal(R"([{"query":{"metadata.x":"1"},"then":"a"}])", "") ==
        "Query router did not resolve to any valid target");
  CHECK(refusal(R"([{"query":{"nowhere.x":"1"},"then":"a"}])") == "Invalid config passed");
  CHECK(upstream.seen_count() == 0);
}

TEST_CASE_METHOD(Targets, "A condition leads to a strategy as to any target", "[conditional]") {
  FakeUpstream down;
  down.always(refused(500));
  std::string below = strategy("fallback", {target(down), target(upstream)}, R"("name":"pair")");
  const std::string config =
      strategy("conditional", {below, target(upstream, R"("name":"b")")}, "",
               R"("conditions":[{"query":{"metadata.x":"1"},"then":"pair"}],"default":"b")");
  const Reply reply = ask(serve, config, {{"x-portkey-metadata", R"({"x":"1"})"}});
  CHECK(reply.status == 200);
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[0].targets[1]");
}
