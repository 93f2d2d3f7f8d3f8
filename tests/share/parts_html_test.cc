#include "share/parts_html.h"

#include "share/html.h"
#include "support/catch.h"

namespace pk::share {

using Kind = Part::Kind;

TEST_CASE("Words stand open, calls and reasoning fold, media are named") {
  std::string out;
  append_conversation_html(out,
                           {{"user", {{Kind::text, "a <b>", {}}, {Kind::media, "Image", "https://x/y.png"}}},
                            {"assistant", {{Kind::call, "look", "{\"x\":1}"}, {Kind::reasoning, "hm", {}}}},
                            {"tool", {{Kind::result, {}, "\"plain\\ntext\""}}},
                            {"assistant", {}}});
  for (const char* part : {"<div class=\"words\">a &lt;b&gt;</div>", "<b>Image</b> https://x/y.png",
                           "<code>look({&quot;x&quot;:1})</code>", "<span class=\"tag\">Reasoning</span>",
                           "<pre class=\"json\">plain\ntext</pre>", "turn said", "empty"})
    CHECK(out.find(part) != std::string::npos);
  CHECK(out.find("<img") == std::string::npos);
}

TEST_CASE("A conversation without end is cut and what is left is counted") {
  std::string out;
  append_conversation_html(out,
                           std::vector<Turn>(k_turns_shown_max + 5, Turn{"user", {{Kind::text, "x", {}}}}));
  CHECK(out.find("and 5 more turns") != std::string::npos);
  out.clear();
  append_conversation_html(
      out, std::vector<Turn>(10, Turn{"user", {{Kind::text, std::string(400'000, 'x'), {}}}}));
  CHECK(out.size() < 2 * k_shown_bytes_max);
  CHECK(out.find("more turns") != std::string::npos);
}

TEST_CASE("A lane has its bars, its outcome and its error") {
  log::LogRecord record;
  record.latency_ms = 100;
  record.gateway_ms = 10;
  record.ttft_ms = 50;
  record.attempts = {{"config", "openai", "gpt-4o", 429, "slow <down>", 60, 0}};
  std::string out;
  append_timeline_html(out, timeline_of(record));
  for (const char* part :
       {"bar gateway\" style=\"left:0.000%;width:10.000%",
        "bar provider\" style=\"left:10.000%;width:60.000%", "first-token\" style=\"left:50.000%",
        "tag bad\">429", "openai · gpt-4o", "slow &lt;down&gt;"})
    CHECK(out.find(part) != std::string::npos);
}

}  // namespace pk::share
