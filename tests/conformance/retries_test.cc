// R: who is asked again, after what wait, and what is said of it.
#include <chrono>
#include <thread>

#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

struct Timed {
  Reply reply;
  double seconds = 0;
};

Timed timed(const Serve& serve, const std::string& config, const std::string& body = chat_request()) {
  const auto start = std::chrono::steady_clock::now();
  Timed timed;
  timed.reply = ask(serve, config, {}, body);
  timed.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return timed;
}

std::string retry(const FakeUpstream& upstream, int attempts, std::string_view more = "") {
  return target(upstream, R"("retry":{"attempts":)" + std::to_string(attempts) + (more.empty() ? "" : ",") +
                              std::string(more) + "}");
}

constexpr std::string_view k_follow = R"("use_retry_after_header":true)";

}  // namespace

TEST_CASE("R1: what is listed is retried with doubling waits until the attempts are used up", "[retries]") {
  FakeUpstream upstream;
  upstream.always(refused(401, "no such key"));
  Serve serve;
  const auto [reply, seconds] = timed(serve, retry(upstream, 2, R"("on_status_codes":[401])"));
  CHECK(reply.status == 401);
  CHECK(upstream.seen_count() == 3);
  CHECK(seconds >= 3);
  CHECK(reply.header("x-portkey-retry-attempt-count") == "-1");
  CHECK(at(parse_json(reply.body), "/error/message") == "openai error: no such key");
  const auto record = record_of(serve, reply);
  CHECK(status_of(record) == "cache-disabled,retry-failed,fallback-disabled,loadbalance-disabled");
  CHECK(at(record, "/retry") == "failed");
  CHECK(at(record, "/retry_attempts") == "2");
  CHECK(record.at("attempts").as_array().size() == 3);
  CHECK(std::stod(at(record, "/attempts/0/wait_ms")) == 0);
  CHECK(std::stod(at(record, "/attempts/1/wait_ms")) == 1000);
  CHECK(std::stod(at(record, "/attempts/2/wait_ms")) == 2000);
  for (const auto& attempt : record.at("attempts").as_array()) {
    CHECK(at(attempt, "/http_status") == "401");
    CHECK(at(attempt, "/option") == "config");
    CHECK(at(attempt, "/error").find("no such key") != std::string::npos);
  }
}

TEST_CASE("R2: a failure of the kind that passes is retried without being listed", "[retries]") {
  FakeUpstream upstream;
  upstream.next(refused(500));
  Serve serve;
  const auto [reply, seconds] = timed(serve, retry(upstream, 2));
  CHECK(reply.status == 200);
  CHECK(reply.body == chat_body());
  CHECK(upstream.seen_count() == 2);
  CHECK(upstream.seen(0).body == upstream.seen(1).body);
  CHECK(seconds >= 1);
  CHECK(reply.header("x-portkey-retry-attempt-count") == "1");
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/ok") == "true");
  CHECK(at(record, "/error") == "null");
  CHECK(at(record, "/retry") == "success");
  CHECK(at(record, "/retry_attempts") == "1");
  CHECK(at(record, "/attempts/0/http_status") == "500");
  CHECK(at(record, "/attempts/1/http_status") == "200");
  CHECK(std::stod(at(record, "/latency_ms")) >= 1000);
  // The wait is no time of the upstream's.
  CHECK(std::stod(at(record, "/upstream_ms")) <= std::stod(at(record, "/latency_ms")) - 1000);
  CHECK(logs(serve.data(), {"--status", "retry-success"}).size() == 1);
}

TEST_CASE("R3, R4: other failures are answers", "[retries]") {
  FakeUpstream upstream;
  Serve serve;
  upstream.always(refused(400));
  const Reply bad = ask(serve, retry(upstream, 3));
  CHECK(bad.status == 400);
  CHECK(bad.header("x-portkey-retry-attempt-count") == "0");
  upstream.always(refused(500));
  CHECK(ask(serve, retry(upstream, 1, R"("on_status_codes":[429])")).status == 500);
  CHECK(ask(serve, retry(upstream, 3, R"("on_status_codes":[])")).status == 500);
  CHECK(ask(serve, retry(upstream, 0)).status == 500);
  CHECK(ask(serve, target(upstream)).status == 500);
  CHECK(upstream.seen_count() == 5);
  for (const auto& row : logs(serve.data())) CHECK(at(row, "/retry") == "not-triggered");
}

TEST_CASE("R5: retry-after is followed where the config says so, in each of its forms", "[retries]") {
  FakeUpstream upstream;
  Serve serve;
  upstream.next(busy({{"retry-after", "1"}}));
  const Timed seconds = timed(serve, retry(upstream, 1, k_follow));
  CHECK(seconds.reply.status == 200);
  CHECK(seconds.reply.header("x-portkey-retry-attempt-count") == "1");
  CHECK(seconds.seconds >= 1);
  CHECK(std::stod(at(record_of(serve, seconds.reply), "/attempts/1/wait_ms")) == 1000);
  for (const char* name : {"retry-after-ms", "x-ms-retry-after-ms", "Retry-After-Ms"}) {
    INFO(name);
    // The finer one goes first; the config's word has two spellings.
    upstream.next(busy({{name, "40"}, {"retry-after", "30"}}));
    const Reply ms = ask(serve, retry(upstream, 1, R"("use_retry_after_headers":true)"));
    CHECK(ms.status == 200);
    CHECK(std::stod(at(record_of(serve, ms), "/attempts/1/wait_ms")) == 40);
  }
}

TEST_CASE("Once retry-after was followed later retries wait no more than it says", "[retries]") {
  FakeUpstream upstream;
  Serve serve;
  upstream.next(busy({{"retry-after-ms", "30"}}));
  upstream.next(refused(500));
  upstream.next(busy({{"retry-after-ms", "20"}}));
  const Reply all = ask(serve, retry(upstream, 5, k_follow));
  CHECK(all.status == 200);
  CHECK(all.header("x-portkey-retry-attempt-count") == "3");
  const auto record = record_of(serve, all);
  CHECK(std::stod(at(record, "/attempts/1/wait_ms")) == 30);
  CHECK(std::stod(at(record, "/attempts/2/wait_ms")) == 0);
  CHECK(std::stod(at(record, "/attempts/3/wait_ms")) == 20);
  CHECK(at(record, "/retry_attempts") == "3");
}

TEST_CASE("A retry-after of a minute or more ends the retries at once", "[retries]") {
  FakeUpstream upstream;
  Serve serve;
  for (const HeaderList& asked : {HeaderList{{"retry-after", "60"}},
                                  {{"retry-after-ms", "60000"}},
                                  {{"retry-after", "99999999999999999999"}}}) {
    upstream.always(busy(asked));
    const Reply ended = ask(serve, retry(upstream, 3, k_follow));
    CHECK(ended.status == 429);
    CHECK(ended.header("x-portkey-retry-attempt-count") == "-1");
    CHECK(at(record_of(serve, ended), "/retry") == "failed");
  }
  CHECK(upstream.seen_count() == 3);
}

TEST_CASE("R8: without the header, or without being told to follow it, the wait is the usual one",
          "[retries]") {
  FakeUpstream upstream;
  Serve serve;
  upstream.next(busy({}));
  upstream.next(busy({{"retry-after-ms", "1"}}));
  const Timed none = timed(serve, retry(upstream, 1, k_follow));
  CHECK(none.reply.status == 429);  // the one attempt met the second answer
  CHECK(none.seconds >= 1);
  upstream.next(busy({{"retry-after-ms", "1"}}));
  const Timed not_followed = timed(serve, retry(upstream, 1));
  CHECK(not_followed.reply.status == 200);
  CHECK(not_followed.seconds >= 1);
}

TEST_CASE("A connection that fails is retried whatever is listed", "[retries]") {
  FakeUpstream upstream;
  upstream.next(Answer::script().reset());
  Serve serve;
  const Reply reply = ask(serve, retry(upstream, 1, R"("on_status_codes":[418])"));
  CHECK(reply.status == 200);
  const auto record = record_of(serve, reply);
  CHECK(at(record, "/attempts/0/http_status") == "null");
  CHECK(at(record, "/attempts/0/error") != "null");
  CHECK(at(record, "/retry") == "success");
}

TEST_CASE("More than five attempts are refused", "[retries]") {
  FakeUpstream upstream;
  Serve serve;
  CHECK(ask(serve, retry(upstream, 5)).status == 200);
  for (const char* attempts : {"6", "-1", "1.5", "1e9"}) {
    INFO(attempts);
    const Reply reply = ask(serve, target(upstream, R"("retry":{"attempts":)" + std::string(attempts) + "}"));
    CHECK(reply.status == 400);
    CHECK(reply.body.find("path: retry,attempts, message: ") != std::string::npos);
  }
}

TEST_CASE("A stream is retried until it begins, and never once it has", "[retries]") {
  FakeUpstream upstream;
  Serve serve;
  upstream.next(busy({{"retry-after-ms", "10"}}));
  upstream.always(Answer::sse(chat_events({"al", "pha"})));
  const Reply whole = ask(serve, retry(upstream, 2, k_follow), {}, chat_request("hi", true));
  CHECK(whole.status == 200);
  CHECK(whole.header("x-portkey-retry-attempt-count") == "1");
  CHECK(whole.body.ends_with("data: [DONE]\n\n"));
  CHECK(upstream.seen_count() == 2);
  upstream.always(Answer::script()
                      .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
                      .chunk("data: {}\n\n")
                      .reset());
  const Reply cut = ask(serve, retry(upstream, 2, k_follow), {}, chat_request("hi", true));
  CHECK_FALSE(cut.whole);
  CHECK(upstream.seen_count() == 3);
  CHECK(at(record_of(serve, cut), "/ok") == "false");
}

TEST_CASE("A client that leaves while a retry waits ends it", "[retries]") {
  FakeUpstream upstream;
  upstream.always(refused(500));
  Serve serve;
  HttpClient client(serve.port());
  client.send(request_text("POST", "/v1/chat/completions", under(retry(upstream, 5)), chat_request()));
  upstream.seen(0);
  client.abort();
  const auto rows = logs_until(
      serve.data(), [](const auto& all) { return all.size() == 1 && at(all[0], "/state") == "aborted"; });
  REQUIRE(rows.size() == 1);
  CHECK(at(rows[0], "/state") == "aborted");
  CHECK(at(rows[0], "/http_status") == "null");
  CHECK(upstream.seen_count() < 6);  // were the retries waited for, all of them
}
