// Prompts: by their own routes, and by targets of configs.
#include "gateway/exchange.h"

#include "base/json.h"
#include "gateway/exchange_fixture.h"
#include "gateway/saved_things.h"
#include "support/catch.h"

using namespace pk::test;
using pk::http::Headers;
using pk::log::Endpoint;
using pk::log::LogRecord;
using pk::log::ReplayBlock;

namespace {

// A gateway with prompts, and virtual keys at the upstream.
struct Fixture {
  Fixture() {
    pk::config::Saved saved;
    saved.add(virtual_key("work", "openai", "sk-of-work-0123456789", upstream.url()));
    saved.add(virtual_key("spare", "openai", "sk-of-spare-0123456789", spare.url()));
    saved.add(saved_config("pc-work", R"({"virtual_key":"work","override_params":{"n":2}})", 4));
    saved.add(saved_prompt("greet", R"({"model":"gpt-x","virtual_key":"work","temperature":0.70,)"
                                    R"("messages":[{"role":"user","content":"Hi {{name}}"}]})"));
    saved.add(
        saved_prompt("plain", R"({"model":"gpt-x","messages":[{"role":"user","content":"Hi {{name}}"}]})"));
    saved.add(saved_prompt("say", R"({"model":"gpt-x","virtual_key":"work","prompt":"Say {{name}}"})"));
    saved.add(saved_prompt("configured", R"({"model":"m","config":"pc-work","prompt":"a"})"));
    saved.add(saved_prompt("slug", R"({"model":"@work/gpt-y","messages":[{"role":"user","content":"x"}]})"));
    gateway.rules.plan.saved = std::make_shared<pk::config::Saved>(std::move(saved));
    gateway.use_rules();
  }

  FakeResponder call(const std::string& rest, const std::string& body, Headers headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    return gateway.answer(request_of("POST", "/v1/prompts/" + rest, std::move(headers), body));
  }
  FakeResponder chat(const std::string& config, const std::string& body) {
    Headers headers{{"x-portkey-config", config}, {"Content-Type", "application/json"}};
    return gateway.answer(request_of("POST", "/v1/chat/completions", std::move(headers), body));
  }
  const LogRecord& record() const { return only(sink); }

  FakeUpstream upstream, spare;
  RecordingSink sink;
  TestGateway gateway{sink};
};

const std::string k_ann = R"({"variables":{"name":"A \"B\" <c>"}})";
const std::string k_request = R"({"model":"other","messages":[],"variables":{"name":"Ann"},"user":"u"})";

}  // namespace

TEST_CASE_METHOD(Fixture, "A prompt is sent as the request that it comes to, and logged as that") {
  const FakeResponder responder = call("pp-greet/completions", k_ann);
  CHECK(responder.status() == 200);
  REQUIRE(upstream.seen_count() == 1);
  CHECK(upstream.seen(0).target == "/v1/chat/completions");
  CHECK(upstream.seen(0).header("authorization") == "Bearer sk-of-work-0123456789");
  const std::string body =
      R"({"model":"gpt-x","temperature":0.70,"messages":[{"role":"user","content":"Hi A \"B\" <c>"}]})";
  CHECK(upstream.seen(0).body == body);
  CHECK(record().path == "/v1/prompts/pp-greet/completions");
  CHECK(record().endpoint == Endpoint::chat_completions);
  CHECK(record().prompt_id == "pp-greet");
  CHECK(record().prompt_version == 1);
  CHECK(record().requested_model == "gpt-x");
  CHECK(record().virtual_key == "vk-work");
  CHECK(record().total_tokens == 12);
  CHECK(record().replay_blocked_by == ReplayBlock::none);
  REQUIRE_FALSE(sink.opened.empty());
  CHECK(sink.opened[0].request->body == body);
}

TEST_CASE_METHOD(Fixture, "A completion goes to completions, parameters at the root count, streams stream") {
  upstream.always(sse_head().chunk("data: [DONE]\n\n").chunk(""));
  const FakeResponder responder =
      call("say@1/completions", R"({"variables":{"name":"x"},"stream":true,"temperature":0.5})");
  CHECK(responder.status() == 200);
  CHECK(upstream.seen(0).target == "/v1/completions");
  CHECK(upstream.seen(0).body == R"({"model":"gpt-x","prompt":"Say x","stream":true,"temperature":0.5})");
  CHECK(record().endpoint == Endpoint::completions);
  CHECK(record().stream);
}

TEST_CASE_METHOD(Fixture, "The request's headers say who is asked; the prompt where they name nobody") {
  call("greet/completions", k_ann, {{"x-portkey-virtual-key", "spare"}});
  CHECK(spare.seen(0).header("authorization") == "Bearer sk-of-spare-0123456789");
  CHECK(upstream.seen_count() == 0);
  const FakeResponder nobody = call("plain/completions", k_ann);
  CHECK(nobody.status() == 400);
  CHECK(nobody.sent.find("Either x-portkey-config or x-portkey-provider header is required") !=
        std::string::npos);
  CHECK(sink.closed.back().prompt_id == "pp-plain");
  call("configured/completions", "");
  CHECK(upstream.seen(0).body == R"({"model":"m","prompt":"a","n":2})");
  CHECK(sink.closed.back().config_id == "pc-work");
  CHECK(sink.closed.back().config_version == 4);
  call("slug/completions", "{}");
  CHECK(upstream.seen(1).body.find(R"("model":"gpt-y")") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "What cannot be rendered is refused with its reason, and logged") {
  const FakeResponder none = call("pp-none/completions", k_ann);
  CHECK(none.status() == 404);
  CHECK(none.sent.starts_with(R"({"status":"failure","message":"there is no prompt 'pp-none'",)"));
  CHECK_FALSE(none.header("x-pk-log-id").empty());
  const FakeResponder missing = call("greet/completions", R"({"variables":{}})");
  CHECK(missing.status() == 400);
  CHECK(missing.sent.find(R"("errors":["path: variables,name, message: Required"])") != std::string::npos);
  CHECK(sink.closed.back().error == "the prompt needs variables that the request does not have: name");
  CHECK(sink.closed.back().prompt_id == "pp-greet");
  CHECK(sink.closed.back().request->body == R"({"variables":{}})");
  const FakeResponder bad = call("greet/completions", "{bad");
  CHECK(bad.status() == 400);
  CHECK(bad.sent.find("not valid JSON") != std::string::npos);
  CHECK(sink.closed.size() == 3);
  CHECK(upstream.seen_count() == 0);
}

TEST_CASE_METHOD(Fixture, "render answers with the request, sends nothing and leaves no record") {
  const FakeResponder responder = call("greet/render", R"({"variables":{"name":"Ann"},"n":3})");
  CHECK(responder.status() == 200);
  CHECK(responder.header("content-type") == "application/json");
  CHECK_FALSE(responder.header("x-portkey-trace-id").empty());
  CHECK(responder.header("x-pk-log-id").empty());
  CHECK(responder.sent == R"({"success":true,"data":{"model":"gpt-x","temperature":0.70,)"
                          R"("messages":[{"role":"user","content":"Hi Ann"}],"n":3}})");
  CHECK(call("greet/render", "{}").status() == 400);
  CHECK(call("pp-none/render", "{}").status() == 404);
  CHECK(call("pp-none/render", "{}").sent.find("there is no prompt") != std::string::npos);
  CHECK(sink.opened.empty());
  CHECK(sink.closed.empty());
  CHECK(upstream.seen_count() == 0);
}

TEST_CASE_METHOD(Fixture, "Other paths below /v1/prompts are nobody's, and keys guard these too") {
  for (const char* rest : {"", "pp-greet", "pp-greet/versions", "pp-greet/completions/x"})
    CHECK(call(rest, "{}").sent == R"({"message":"Not Found","ok":false})");
  CHECK(sink.closed.empty());
  gateway.rules.key_required = true;
  gateway.use_rules();
  CHECK(call("pp-greet/render", k_ann).status() == 401);
  CHECK(call("pp-greet/completions", k_ann).status() == 401);
  CHECK(sink.closed.empty());
}

TEST_CASE_METHOD(Fixture, "A target's prompt takes the place of the body, and the log cannot be replayed") {
  const FakeResponder responder = chat(R"({"prompt_id":"pp-greet","override_params":{"n":2}})", k_request);
  CHECK(responder.status() == 200);
  CHECK(
      upstream.seen(0).body ==
      R"({"model":"gpt-x","temperature":0.70,"messages":[{"role":"user","content":"Hi Ann"}],"user":"u","n":2})");
  CHECK(record().prompt_id == "pp-greet");
  CHECK(record().prompt_version == 1);
  CHECK(record().replay_blocked_by == ReplayBlock::prompt_in_target);
  CHECK(record().attempts[0].model == "gpt-x");
  CHECK(record().requested_model == "other");
  CHECK(sink.opened[0].request->body == k_request);
}

TEST_CASE_METHOD(Fixture, "Without edits too the target's prompt is what is sent, and each retry sends it") {
  upstream.next(Answer::json(500, R"({"error":{"message":"once"}})"));
  chat(R"({"prompt_id":"greet@1","retry":{"attempts":1}})", k_request);
  REQUIRE(upstream.seen_count() == 2);
  CHECK(upstream.seen(0).body == upstream.seen(1).body);
  CHECK(upstream.seen(1).body.find("Hi Ann") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A fallback may go from one prompt to another, or to the request itself") {
  upstream.always(Answer::json(500, R"({"error":{"message":"down"}})"));
  chat(
      R"({"strategy":{"mode":"fallback"},"targets":[{"prompt_id":"greet"},{"virtual_key":"spare","prompt_id":"plain"}]})",
      k_request);
  CHECK(spare.seen(0).body ==
        R"({"model":"gpt-x","messages":[{"role":"user","content":"Hi Ann"}],"user":"u"})");
  CHECK(record().prompt_id == "pp-plain");
  chat(R"({"strategy":{"mode":"fallback"},"targets":[{"prompt_id":"greet"},{"virtual_key":"spare"}]})",
       k_request);
  CHECK(spare.seen(1).body == k_request);
  CHECK(sink.closed.back().replay_blocked_by == ReplayBlock::prompt_in_target);
}

TEST_CASE_METHOD(Fixture,
                 "A target whose prompt is not there, lacks variables or is of another form is a 400") {
  CHECK(chat(R"({"prompt_id":"pp-none"})", k_request).sent.find("prompt_id: there is no prompt 'pp-none'") !=
        std::string::npos);
  CHECK(chat(R"({"prompt_id":"say"})", k_request).sent.find("answers requests to /v1/completions") !=
        std::string::npos);
  const FakeResponder missing = chat(R"({"prompt_id":"greet"})", R"({"model":"m","messages":[]})");
  CHECK(missing.status() == 400);
  CHECK(missing.sent.find("path: variables,name, message: Required") != std::string::npos);
  CHECK(upstream.seen_count() == 0);
  CHECK(sink.closed.size() == 3);
}

TEST_CASE_METHOD(Fixture, "A key that the client sent is not for the provider of a target's prompt") {
  pk::config::Saved saved;
  saved.add(saved_prompt("open",
                         R"({"model":"m","provider":"openai","messages":[{"role":"user","content":"x"}]})"));
  gateway.rules.plan.saved = std::make_shared<pk::config::Saved>(std::move(saved));
  gateway.use_rules();
  Headers headers{{"x-portkey-config", R"({"prompt_id":"open"})"},
                  {"x-portkey-custom-host", upstream.url()},
                  {"Authorization", "Bearer sk-of-the-client-0123456789"},
                  {"Content-Type", "application/json"}};
  gateway.answer(request_of("POST", "/v1/chat/completions", std::move(headers), k_request));
  REQUIRE(upstream.seen_count() == 1);
  CHECK(upstream.seen(0).header("authorization").find("sk-of-the-client") == std::string::npos);
}

TEST_CASE_METHOD(Fixture,
                 "A key that the client sent goes to the one target that its config names without a key, "
                 "whomever the prompt names for the others") {
  pk::config::Saved saved;
  saved.add(virtual_key("work", "openai", "sk-of-work-0123456789", upstream.url()));
  const auto add = [&](const char* name, const std::string& names) {
    saved.add(
        saved_prompt(name, R"({"model":"m",)" + names + R"(,"messages":[{"role":"user","content":"x"}]})"));
  };
  add("by-key", R"("virtual_key":"work")");
  add("by-provider", R"("provider":"groq")");
  gateway.rules.plan.saved = std::make_shared<pk::config::Saved>(std::move(saved));
  gateway.use_rules();
  const std::string target = R"({"provider":"openai","custom_host":")" + spare.url() + R"("})";
  const std::string client = "Bearer sk-of-the-client-0123456789";
  for (const char* prompt : {"by-key", "by-provider"}) {
    const std::size_t before = spare.seen_count();
    call(std::string(prompt) + "/completions", "{}",
         {{"x-portkey-config", target}, {"Authorization", client}});
    REQUIRE(spare.seen_count() == before + 1);
    CHECK(spare.seen(before).header("authorization") == client);
  }
  spare.always(Answer::json(500, "{}"));
  call("by-key/completions", "{}",
       {{"x-portkey-config",
         R"({"strategy":{"mode":"fallback"},"targets":[)" + target + R"(,{"request_timeout":9000}]})"},
        {"Authorization", client}});
  CHECK(spare.seen(2).header("authorization") == client);
  REQUIRE(upstream.seen_count() == 1);
  CHECK(upstream.seen(0).header("authorization") == "Bearer sk-of-work-0123456789");
}
