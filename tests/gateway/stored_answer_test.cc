#include "gateway/stored_answer.h"

#include "support/catch.h"
#include "support/fake_upstream.h"

using namespace pk::gateway;
using pk::log::Endpoint;
using pk::test::chat_body;
using pk::test::chat_events;

namespace {

std::string events_of(const std::vector<std::string>& datas, const std::string& line_end = "\n") {
  std::string events;
  for (const std::string& data : datas) events += "data: " + data + line_end + line_end;
  return events;
}

pk::cache::EntryPtr entry_of(std::string body, bool event_stream, std::string type = "") {
  pk::cache::Entry entry;
  entry.status = 201;
  entry.event_stream = event_stream;
  entry.content_type = !type.empty()  ? type
                       : event_stream ? "text/event-stream; charset=utf-8"
                                      : "application/json; x=y";
  entry.body = std::move(body);
  return std::make_shared<const pk::cache::Entry>(std::move(entry));
}

struct Given {
  int status = 0;
  std::string type, body;
};
pk::Task<> read(pk::upstream::Call& call, Given& given) {
  const auto head = co_await call.head();
  given.status = (*head)->status;
  given.type = (*head)->headers.at(0).second;
  while (true) {
    const auto piece = co_await call.read();
    if (!piece || piece->empty()) break;
    given.body.append(*piece);
  }
  CHECK(call.ended());
}
Given given_by(pk::cache::EntryPtr entry, const Wanted& wanted) {
  const auto call = stored_call(std::move(entry), wanted);
  REQUIRE(call);
  Given given;
  read(*call, given).detach();
  return given;
}

constexpr Wanted k_whole{Endpoint::chat_completions, false, false};
constexpr Wanted k_stream{Endpoint::chat_completions, true, false};
constexpr Wanted k_stream_with_usage{Endpoint::chat_completions, true, true};

}  // namespace

TEST_CASE("A whole answer is kept if it is JSON and no error") {
  CHECK(may_be_kept(Endpoint::chat_completions, false, chat_body()));
  CHECK(may_be_kept(Endpoint::embeddings, false, R"({"data":[]})"));
  CHECK(may_be_kept(Endpoint::messages, false, R"({"type":"message","error":null})"));
  for (const char* body : {"", "[]", "<html>", R"({"a":1)", R"({"error":{"message":"no"}})", "{}x"}) {
    INFO(body);
    CHECK_FALSE(may_be_kept(Endpoint::chat_completions, false, body));
  }
}

TEST_CASE("Of a response in progress nothing is kept") {
  CHECK(may_be_kept(Endpoint::responses, false, R"({"status":"completed","error":null})"));
  for (const char* body : {R"({"status":"queued"})", R"({"status":"incomplete"})", R"({"id":"r"})"}) {
    INFO(body);
    CHECK_FALSE(may_be_kept(Endpoint::responses, false, body));
  }
}

TEST_CASE("A stream is kept if its own end mark came") {
  CHECK(may_be_kept(Endpoint::chat_completions, true, events_of(chat_events({"a"}))));
  CHECK(may_be_kept(Endpoint::completions, true, "data: {}\r\n\r\ndata: [DONE]\r\n\r\n"));
  CHECK(may_be_kept(Endpoint::messages, true, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
  CHECK(may_be_kept(Endpoint::responses, true, "data: {\"type\":\"response.completed\"}\n\n"));
  CHECK_FALSE(may_be_kept(Endpoint::chat_completions, true, "data: {}\n\n"));
  CHECK_FALSE(may_be_kept(Endpoint::chat_completions, true, ""));
  CHECK_FALSE(may_be_kept(Endpoint::messages, true,
                          "data: {\"delta\":{\"text\":\"say \\\"message_stop\\\"\"}}\n\ndata: [DONE]\n\n"));
  CHECK_FALSE(may_be_kept(Endpoint::responses, true, "data: {\"type\":\"response.failed\"}\n\n"));
  CHECK_FALSE(may_be_kept(Endpoint::embeddings, true, "data: [DONE]\n\n"));
}

TEST_CASE("Asked for as it was, an answer is given byte for byte with its type") {
  const Given whole = given_by(entry_of(chat_body(), false), k_whole);
  CHECK(whole.status == 201);
  CHECK(whole.type == "application/json; x=y");
  CHECK(whole.body == chat_body());
  const std::string events = events_of(chat_events({"a", "b"}));
  const Given stream = given_by(entry_of(events, true), k_stream_with_usage);
  CHECK(stream.type == "text/event-stream; charset=utf-8");
  CHECK(stream.body == events);
}

TEST_CASE("Who did not ask for the usage gets no chunk for it") {
  for (const char* line_end : {"\n", "\r\n"}) {
    const Given given = given_by(entry_of(events_of(chat_events({"a", "b"}), line_end), true), k_stream);
    CHECK(given.body == events_of(chat_events({"a", "b"}, false), line_end));
  }
  // In a chunk that says more it stays.
  const std::string within =
      "data: {\"choices\":[{\"delta\":{}}],\"usage\":{\"total_tokens\":1}}\n\ndata: [DONE]\n\n";
  CHECK(given_by(entry_of(within, true), k_stream).body == within);
  // An empty list that Azure begins with is no usage.
  const std::string azure = "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n";
  CHECK(given_by(entry_of(azure + within, true), k_stream).body == azure + within);
}

TEST_CASE("A stream without usage does not do for who wants it") {
  const auto without = entry_of(events_of(chat_events({"a"}, false)), true);
  CHECK_FALSE(stored_call(without, k_stream_with_usage));
  CHECK_FALSE(stored_call(without, k_whole));
  CHECK(stored_call(without, k_stream));
  const auto null_usage = entry_of("data: {\"choices\":[],\"usage\":null}\n\ndata: [DONE]\n\n", true);
  CHECK_FALSE(stored_call(null_usage, k_stream_with_usage));
}

TEST_CASE("A whole answer is given as a stream, and a stream whole") {
  const Given stream = given_by(entry_of(chat_body("alpha"), false), k_stream_with_usage);
  CHECK(stream.type == "text/event-stream");
  CHECK(stream.body.find("alpha") != std::string::npos);
  CHECK(stream.body.ends_with("data: [DONE]\n\n"));
  const Given whole = given_by(entry_of(events_of(chat_events({"al", "pha"})), true), k_whole);
  CHECK(whole.type == "application/json");
  CHECK(whole.body.find("\"content\":\"alpha\"") != std::string::npos);
  CHECK(whole.body.find("\"total_tokens\":12") != std::string::npos);
}

TEST_CASE("What has no stream is not given as one") {
  CHECK_FALSE(stored_call(entry_of(R"({"data":[]})", false), {Endpoint::embeddings, true, false}));
}

TEST_CASE("A client that left gets no more of it") {
  const auto call = stored_call(entry_of(chat_body(), false), k_whole);
  call->cancel();
  Given given;
  bool cancelled = false;
  const auto run = [&]() -> pk::Task<> {
    const auto piece = co_await call->read();
    cancelled = !piece && piece.error().code == pk::Errc::cancelled;
  };
  run().detach();
  CHECK(cancelled);
}
