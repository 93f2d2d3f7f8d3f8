#include "provider/answer_decoder.h"

#include "base/json.h"
#include "support/dialect.h"

namespace pk::provider {
namespace {

// Says what it is given, and {"empty":true} is no answer.
class Echo final : public SseDecoder {
 public:
  explicit Echo(const AnswerFacts& facts) : SseDecoder(facts) {}

 private:
  std::optional<std::string> translated(const JsonView& answer) override {
    if (answer["empty"].is_true()) return {};
    return std::string(answer.json());
  }
  void event(const JsonView& data, std::string& out) override {
    out.append(data.json()).append(";").append(facts().provider);
  }
  bool end(std::string& out) override {
    out += "|end";
    return true;
  }
};

std::unique_ptr<Decoder> echo() {
  const std::string provider = "acme";  // gone before the decoder is
  return std::make_unique<Echo>(test_facts(provider, log::Endpoint::chat_completions));
}

TEST_CASE("A whole answer is translated") {
  const auto decoder = echo();
  CHECK(decoder->body(" {\"a\":1} ") == R"({"a":1})");
  CHECK(decoder->broken().empty());
}

TEST_CASE("Garbage in place of an answer is an error in the client's form") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "the answer has no body"},
      {"<html>", "the answer is no JSON object"},
      {"[1]", "the answer is no JSON object"},
      {"{\"a\":", "the answer is no JSON object"},
      {R"({"empty":true})", "the answer holds no result"},
  };
  for (const auto& [upstream, why] : cases) {
    const auto decoder = echo();
    const std::string body = decoder->body(upstream);
    CHECK(body == R"({"error":{"message":"acme error: )" + std::string(why) +
                      R"(","type":"upstream_error","param":null,"code":null},"provider":"acme"})");
    CHECK(decoder->broken() == why);
    CHECK(read_back(body, false).error == "acme error: " + std::string(why));
  }
}

TEST_CASE("An error that came with status 200 is told as one") {
  for (const std::string_view upstream :
       {R"({"error":{"message":"no","code":503}})", R"([{"error":{"message":"no","code":503}}])"}) {
    const auto decoder = echo();
    CHECK(decoder->body(upstream) ==
          R"({"error":{"message":"acme error: no","type":null,"param":null,"code":503},"provider":"acme"})");
    CHECK(decoder->broken() == "no");
  }
  const auto decoder = echo();
  CHECK(decoder->body(R"({"empty":true,"message":"too busy"})").find("acme error: too busy") !=
        std::string::npos);
}

TEST_CASE("A stream gives its events, and an end where nothing was wrong") {
  const Streamed all = streamed_at_every_cut(echo, ": ping\n\ndata: {\"a\":1}\r\n\r\ndata: [DONE]\n\n");
  CHECK(all.out == R"({"a":1};acme|end)");
  CHECK(all.broken.empty());
}

TEST_CASE("After an error in a stream nothing follows") {
  const Streamed all = streamed_at_every_cut(
      echo, "data: {\"a\":1}\n\ndata: {\"error\":{\"message\":\"no\"}}\n\ndata: {\"a\":2}\n\n");
  CHECK(all.out ==
        "{\"a\":1};acmedata: {\"error\":{\"message\":\"acme error: "
        "no\",\"type\":null,\"param\":null,\"code\":null},\"provider\":\"acme\"}\n\n");
  CHECK(all.broken == "no");
  const Streamed named = streamed_at_every_cut(echo, "event: error\ndata: {\"message\":\"late\"}\n\n");
  CHECK(named.broken == "late");
  CHECK(streamed(echo, "data: {\"a\":\n\n").broken == "an event of the stream is no JSON object");
}

TEST_CASE("A stream that is none is told as what it was") {
  CHECK(streamed_at_every_cut(echo, "").broken == "the stream holds no event");
  CHECK(streamed_at_every_cut(echo, R"({"error":{"message":"no"}})").broken == "no");
  CHECK(streamed_at_every_cut(echo, R"([{"error":{"message":"no"}}])").broken == "no");
  CHECK(streamed(echo, "<html>").broken == "the stream holds no event");
  const std::string large = "data: " + std::string(k_sse_event_bytes_max, 'x') + "\n\n";
  CHECK(streamed(echo, large).broken == "an event of the stream is too large");
}

TEST_CASE("Bytes that are no UTF-8 are repaired, and a document over several lines goes on one") {
  CHECK(echo()->body("{\"a\":\"\xff\"}") == "{\"a\":\"\uFFFD\"}");
  CHECK(streamed_at_every_cut(echo, "data: {\"a\":\"\xff\"}\n\n").out == "{\"a\":\"\uFFFD\"};acme|end");
  CHECK(streamed_at_every_cut(echo, "data: {\ndata: \"a\":1}\n\n").out == "{ \"a\":1};acme|end");
}

TEST_CASE("A dialect has its own words for what is none of its form") {
  class Own final : public SseDecoder {
   public:
    explicit Own(const AnswerFacts& facts) : SseDecoder(facts, {"no poem", "no line", "no last line"}) {}

   private:
    std::optional<std::string> translated(const JsonView&) override { return {}; }
    void event(const JsonView&, std::string&) override {}
    bool end(std::string&) override { return false; }
  };
  const auto make = [] { return std::make_unique<Own>(test_facts("acme", log::Endpoint::chat_completions)); };
  for (const std::string_view bad : {"", "7", "{}", "<html>"}) {
    const auto decoder = make();
    CHECK(decoder->body(bad).find("acme error: no poem") != std::string::npos);
    CHECK(decoder->broken() == "no poem");
  }
  CHECK(streamed(make, "data: 7\n\n").broken == "no line");
  // An answer that stopped short is told so: by the connection alone it would look whole.
  const Streamed cut = streamed(make, "data: {}\n\n");
  CHECK(cut.broken == "no last line");
  CHECK(cut.out.find("acme error: no last line") != std::string::npos);
}

TEST_CASE("A decoder of whole answers takes no stream") {
  class Whole final : public WholeDecoder {
   public:
    explicit Whole(const AnswerFacts& facts) : WholeDecoder(facts) {}

   private:
    std::optional<std::string> translated(const JsonView&) override { return {}; }
  };
  const auto make = [] { return std::make_unique<Whole>(test_facts("acme", log::Endpoint::embeddings)); };
  const Streamed all = streamed(make, "data: {}\n\n");
  CHECK(all.broken == "a stream came where none was asked for");
  CHECK(read_back(all.out, true).error.ends_with("a stream came where none was asked for"));
}

}  // namespace
}  // namespace pk::provider
