#include "share/page.h"

#include "base/json.h"
#include "log/json.h"
#include "share/file.h"
#include "share/sample.h"
#include "support/catch.h"

namespace pk::share {
namespace {

// What would break out of a page, wherever it is put.
const std::string k_hostile =
    "</pre></style></title></details>--><!-- pk share 1 x --><script>alert(1)</script><img src=x "
    "onerror=alert(2)>\"' onload=\"alert(3)\" id=\"pk-record\" \x1b[2J\xff\xe2\x80\xae&amp;";

log::LogRecord hostile_record() {
  log::LogRecord record = sample_record();
  for (std::string* text :
       {&record.trace_id, &record.span_id, &record.parent_span_id, &record.span_name, &record.method,
        &record.path, &record.error, &record.provider, &record.model, &record.requested_model,
        &record.virtual_key, &record.api_key, &record.user, &record.cache_verdict, &record.last_used_option,
        &record.config_id, &record.prompt_id})
    *text = k_hostile;
  record.metadata = {{k_hostile, k_hostile}};
  record.attempts = {{k_hostile, k_hostile, k_hostile, 500, k_hostile, 1, 2}};
  std::string text = json_string(k_hostile);
  record.request =
      log::Content{{{k_hostile, k_hostile}},
                   "{\"messages\":[{\"role\":" + text + ",\"content\":" + text + "},{\"role\":\"user\"," +
                       "\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":" + text +
                       "}},{\"type\":\"tool_use\",\"name\":" + text + ",\"input\":{" + text + ":" + text +
                       "}},{\"type\":\"thinking\",\"thinking\":" + text + "}]}]}"};
  record.response = log::Content{{{k_hostile, k_hostile}}, "{\"error\":{\"message\":" + text + "}}"};
  return record;
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("A page has no script, fetches nothing, and says so to the browser") {
  const std::string page = page_html(sample_record(), {});
  CHECK(
      page.find(
          "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'") !=
      std::string::npos);
  for (const char* none : {"<script", "javascript:", "src=", "@import", "url(", "http://", "https://", " on"})
    if (std::string_view(none) != " on") CHECK(page.find(none) == std::string::npos);
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.find("prefers-color-scheme:dark") != std::string::npos);
}

TEST_CASE("A page shows head, time bar, conversation, request, response, headers, attempts and the record") {
  log::LogRecord record = sample_record();
  record.attempts = {{"config", "openai", "gpt-4o", 200, "", 12, 0}};
  const std::string page = page_html(record, {true, 1'772'357'400'000});
  for (const char* part :
       {"<h1>", "class=\"timeline\"", ">Conversation", ">Request", ">Response", ">Headers", ">Attempts",
        ">Record as JSON", "keys and named patterns masked", "This link ends 2026-03-01"})
    CHECK(page.find(part) != std::string::npos);
}

TEST_CASE("Hostile texts in every field stay texts, and the record is read back as it was") {
  const log::LogRecord record = hostile_record();
  const std::string page = page_html(record, {});
  for (const char* none : {"<script", "<img", "onerror=alert(2)>\"", "\x1b", "\xff"})
    CHECK(page.find(none) == std::string::npos);
  CHECK(count(page, "</pre>") == count(page, "<pre"));
  CHECK(count(page, "</style>") == 1);
  CHECK(count(page, "</title>") == 1);
  CHECK(count(page, "<details") == count(page, "</details>"));
  CHECK(count(page, "id=\"pk-record\"") == 1);
  const auto shared = parse_shared(page);
  REQUIRE(shared);
  CHECK_FALSE(shared->changed);
  std::string json;
  log::append_json(json, record, log::FieldSet::all());
  CHECK(shared->json == json);
}

TEST_CASE("Bodies of every kind make a page, and so does none") {
  log::LogRecord record = sample_record();
  for (const std::string& body :
       {std::string(), std::string("\xff\x00\x01", 3), std::string("plain <b>"), std::string("{\"a\":"),
        std::string(500, '['), std::string("data: x\n\ndata: y\n\n"), std::string("12")}) {
    record.request = log::Content{{}, body};
    record.response = log::Content{{{"content-type", "text/event-stream"}}, body};
    const auto shared = parse_shared(page_html(record, {}));
    REQUIRE(shared);
    CHECK_FALSE(shared->changed);
  }
  record.request.reset();
  record.response.reset();
  CHECK(page_html(record, {}).find("Only the statistics") != std::string::npos);
  record.tracked = false;
  const std::string untracked = page_html(record, {});
  CHECK(untracked.find("asked not to be tracked") != std::string::npos);
  CHECK(untracked.find(">Request") == std::string::npos);
}

TEST_CASE("Broken figures do not leave the time bar") {
  log::LogRecord record = sample_record();
  record.latency_ms = -5;
  record.gateway_ms = 1e308;
  record.ttft_ms = -1e300;
  record.attempts = {{"", "", "", {}, "", -1e308, 1e308}};
  const std::string page = page_html(record, {});
  CHECK(page.find("nan%") == std::string::npos);
  CHECK(page.find("inf%") == std::string::npos);
}

TEST_CASE("A dead link's page says nothing of what was there") {
  const std::string page = dead_page_html();
  CHECK(page.find("Nothing is shared here") != std::string::npos);
  CHECK(page.find("pk-record") == std::string::npos);
  CHECK(page.find("Content-Security-Policy") != std::string::npos);
}

}  // namespace pk::share
