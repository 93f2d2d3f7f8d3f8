#include "share/mask.h"

#include "log/json.h"
#include "support/catch.h"

namespace pk::share {
namespace {

Mask mask_of(std::vector<config::NamedPattern> patterns = {}) {
  auto mask = Mask::make(patterns);
  REQUIRE(mask);
  return *std::move(mask);
}

struct Case {
  const char *text, *masked;
};

}  // namespace

TEST_CASE("Addresses and keys become their names") {
  const Mask mask = mask_of();
  const Case cases[] = {
      {"mail jo.hn+x@example.co.uk, please", "mail [email], please"},
      {"jürgen@bücher.example", "[email]"},
      {"q=ann%40example.com&x=1", "q=[email]&x=1"},
      {"key sk-proj-abcdefghij0123456789 used", "key [key] used"},
      {"It is sk-proj-abcdefghij0123456789.", "It is [key]."},
      {"AKIAIOSFODNN7EXAMPLE", "[key]"},
      {"ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[key]"},
      {"xoxb-1234567890-abcdefghij", "[key]"},
      {"AIzaSyA1234567890abcdefghijklmnopqrstuvw", "[key]"},
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_def", "[key]"},
      {"Authorization: Bearer abcdefgh12345678", "Authorization: Bearer [key]"},
      {"postgres://app:hunter2@db/x", "postgres://app:[key]@db/x"},
      {"password = hunter22, then", "password = [key], then"},
      {R"({\"api_key\":\"abc12345\"})", R"({\"api_key\":\"[key]\"})"},
      {"https://x/?sig=abcdef123&y=2", "https://x/?sig=[key]&y=2"},
      {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----.", "[key]."},
      {"-----BEGIN PRIVATE KEY-----\nMIIEcut", "[key]"},
  };
  for (const Case& one : cases) CHECK(mask.text(one.text) == one.masked);
}

TEST_CASE("What only looks alike stays") {
  const Mask mask = mask_of();
  for (const char* text : {"", "max_tokens: 1024", "a task-oriented answer", "@home", "5 @ 3 apples",
                           "the secret: love", "sk-short", "token by token", "key points: one, two",
                           "https://example.com/path?x=1", "018e0a3c-5c00-7000-8000-000000000001"})
    CHECK(mask.text(text) == text);
}

TEST_CASE("Patterns of the user are named, and overlapping finds become one") {
  const Mask mask =
      mask_of({{"customer", "C-[0-9]{6}"}, {"line", "Name: .*"}, {"empty", "x*"}, {"group", "(a)(b)c"}});
  CHECK(mask.text("for C-123456 and C-12") == "for [customer] and C-12");
  CHECK(mask.text("Name: Ann <ann@example.com> C-123456\nthen") == "[line]\nthen");
  CHECK(mask.text("-xx-") == "-[empty]-");
  CHECK(mask.text("abc") == "[group]");
  const auto bad = Mask::make(std::vector<config::NamedPattern>{{"odd", "("}});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.find("'odd'") != std::string::npos);
}

TEST_CASE("In JSON, texts, names and numbers are masked, behind escapes too, and other bytes stay") {
  const Mask mask = mask_of({{"number", "4111[0-9]+"}});
  CHECK(
      mask.json(R"({ "a" : "x\u0040example.com", "n":41112222,"m":0.70, "ann@example.com":[true,null] })") ==
      R"({ "a" : "[email]", "n":"[number]","m":0.70, "[email]":[true,null] })");
  CHECK(mask.json(R"({"say":"\"quoted\"\n"})") == R"({"say":"\"quoted\"\n"})");
}

TEST_CASE("Every text of a record is masked") {
  const Mask mask = mask_of();
  const std::string mail = "ann@example.com";
  log::LogRecord record;
  for (std::string* text :
       {&record.trace_id, &record.span_id, &record.parent_span_id, &record.span_name, &record.method,
        &record.path, &record.error, &record.provider, &record.model, &record.requested_model,
        &record.virtual_key, &record.api_key, &record.user, &record.cache_verdict, &record.last_used_option,
        &record.config_id, &record.prompt_id})
    *text = mail;
  record.metadata = {{mail, mail}};
  record.attempts = {{mail, mail, mail, 500, mail, 1, 2}};
  record.request =
      log::Content{{{"x-mail", mail}}, R"({"api_key":"a secret of 24 characters","user":")" + mail + "\"}"};
  record.response = log::Content{{}, "plain " + mail};
  record.latency_ms = 12.5;
  const log::LogRecord masked = mask.record(record);
  std::string json;
  log::append_json(json, masked, log::FieldSet::all());
  CHECK(json.find(mail) == std::string::npos);
  CHECK(json.find("a secret of 24") == std::string::npos);
  CHECK(masked.user == "[email]");
  CHECK(masked.latency_ms == 12.5);
  CHECK(masked.response->body == "plain [email]");
}

TEST_CASE("A stream is joined before it is masked; what cannot be read is withheld") {
  const Mask mask = mask_of();
  log::LogRecord record;
  const auto chunk = [](const std::string& text) {
    return R"(data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")" + text +
           "\"}}]}\n\n";
  };
  const log::Headers stream = {{"content-type", "text/event-stream"}};
  record.response = log::Content{stream, chunk("write to ann@exa") + chunk("mple.com") + "data: [DONE]\n\n"};
  std::string body = mask.record(record).response->body;
  CHECK(body.find("write to [email]") != std::string::npos);
  record.response = log::Content{stream, "data: ann@exa\n\ndata: mple.com\n\n"};
  body = mask.record(record).response->body;
  CHECK(body == "[stream of 31 bytes withheld]");
  record.response = log::Content{{}, "\xff\xfe\x00"};
  CHECK(mask.record(record).response->body == "[binary data of 2 bytes withheld]");
}

}  // namespace pk::share
