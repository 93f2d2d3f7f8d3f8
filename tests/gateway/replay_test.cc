#include "gateway/replay.h"

#include "gateway/exchange_fixture.h"

namespace pk::test {

namespace {

const Uuid k_original = *Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057");

gateway::Replay replay_of_chat() {
  gateway::Replay replay;
  replay.of = k_original;
  replay.endpoint = log::Endpoint::chat_completions;
  replay.path = "/v1/chat/completions";
  return replay;
}

http::Request even(const std::string& cache = "") {
  return chat_of("", {{"x-portkey-config", R"({"strategy":{"mode":"loadbalance"},)" + cache +
                                               R"("targets":[{"provider":"demo"},{"provider":"demo"}]})"}});
}

}  // namespace

TEST_CASE("A replay is recorded as one, and needs neither Host nor API key of its own") {
  RecordingSink sink;
  TestGateway gateway(sink);
  gateway.rules.key_required = true;
  gateway.use_rules();
  http::Request request = chat_of("demo");
  std::erase_if(request.headers, [](const auto& header) { return header.first == "Host"; });
  const FakeResponder responder = gateway.answer_replay(replay_of_chat(), std::move(request));
  CHECK(responder.status() == 200);
  const log::LogRecord& record = only(sink);
  CHECK(record.replay_of == k_original);
  CHECK(record.ok);
  CHECK(record.id.text() == responder.header("x-pk-log-id"));
  CHECK(record.replay_blocked_by == log::ReplayBlock::none);
}

TEST_CASE("The same seed makes the same choice") {
  const auto option = [](std::uint64_t seed) {
    RecordingSink sink;
    TestGateway gateway(sink);
    gateway::Replay replay = replay_of_chat();
    replay.seed = seed;
    gateway.answer_replay(replay, even());
    CHECK(only(sink).seed == static_cast<std::int64_t>(seed));
    return only(sink).last_used_option;
  };
  bool other = false;
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    CHECK(option(seed) == option(seed));
    other = other || option(seed) != option(1);
  }
  CHECK(other);
}

TEST_CASE("A replay neither reads nor fills the cache unless it is to") {
  RecordingSink sink;
  TestGateway gateway(sink);
  const std::string rule = R"("cache":{"mode":"simple"},)";
  gateway.answer_replay(replay_of_chat(), even(rule));
  CHECK(sink.closed.back().cache == log::Cache::disabled);
  CHECK(gateway.answers.entries.empty());
  gateway::Replay replay = replay_of_chat();
  replay.use_cache = true;
  gateway.answer_replay(replay, even(rule));
  CHECK(sink.closed.back().cache == log::Cache::miss);
  CHECK(gateway.answers.entries.size() == 1);
}

TEST_CASE("A prompt's call goes to what it was rendered to, and stays that prompt's") {
  FakeUpstream upstream;
  RecordingSink sink;
  TestGateway gateway(sink);
  gateway::Replay replay = replay_of_chat();
  replay.prompt_id = "pp-hello";
  replay.prompt_version = 3;
  http::Request request = chat_to(upstream);
  request.target = "/v1/prompts/pp-hello/completions";
  gateway.answer_replay(replay, std::move(request));
  CHECK(upstream.seen(0).target == "/v1/chat/completions");
  const log::LogRecord& record = only(sink);
  CHECK(record.path == "/v1/prompts/pp-hello/completions");
  CHECK(record.endpoint == log::Endpoint::chat_completions);
  CHECK(record.prompt_id == "pp-hello");
  CHECK(record.prompt_version == 3);
}

TEST_CASE("Who asks for a replay is in its record; whose key tracks nothing has it untracked") {
  for (const bool debug : {true, false}) {
    RecordingSink sink;
    TestGateway gateway(sink);
    gateway::Replay replay = replay_of_chat();
    replay.api_key = "pk-me";
    replay.tracked = debug;
    gateway.answer_replay(replay, chat_of("demo"));
    CHECK(only(sink).api_key == "pk-me");
    CHECK(only(sink).tracked == debug);
  }
}

TEST_CASE("A replay that is refused before anything is sent leaves no record") {
  RecordingSink sink;
  TestGateway gateway(sink);
  const FakeResponder responder = gateway.answer_replay(replay_of_chat(), chat_of("nobody"));
  CHECK(responder.status() == 400);
  CHECK(responder.header("x-pk-log-id").empty());
  CHECK(sink.opened.empty());
  CHECK(sink.closed.empty());
}

}  // namespace pk::test
