#include "share/html.h"

#include "support/catch.h"

namespace pk::share {
namespace {

std::string json_html(std::string_view json) {
  std::string out;
  append_json_html(out, json);
  return out;
}

// Tags off: what a reader sees.
std::string seen(const std::string& html) {
  std::string out;
  bool within = false;
  for (const char c : html) {
    if (c == '<') within = true;
    if (!within) out += c;
    if (c == '>') within = false;
  }
  return out;
}

}  // namespace

TEST_CASE("Texts are escaped, control characters and broken bytes made visible") {
  CHECK(escaped(R"(<a href="x" title='y'>&)") == "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
  CHECK(escaped("a\tb\n\x1b[2J\x7f") == "a\tb\n\\u001b[2J\\u007f");
  CHECK(escaped("\xff").find('\xff') == std::string::npos);
  CHECK(escaped("日本 ¢") == "日本 ¢");
}

TEST_CASE("Quoted markup comes back as it was") {
  for (const std::string_view text :
       {"", "<script>&amp;</pre>", "&lt;&&gt;&amp;amp;", "a \"b\" 'c' &#39;", "&", "&am", "\xff\x01"}) {
    std::string quoted;
    append_quoted_markup(quoted, text);
    CHECK(quoted.find_first_of("<>") == std::string::npos);
    CHECK(markup_unquoted(quoted) == text);
  }
}

TEST_CASE("JSON is laid out, its tokens marked, its digits kept") {
  CHECK(seen(json_html(R"({"a":[1,-0.70e+2,[]],"b":{},"c":{"d":null},"e":"x"})")) ==
        "{\n  &quot;a&quot;: [\n    1,\n    -0.70e+2,\n    []\n  ],\n  &quot;b&quot;: {},\n  &quot;c&quot;: "
        "{\n    &quot;d&quot;: null\n  },\n  &quot;e&quot;: &quot;x&quot;\n}");
  CHECK(seen(json_html("[]")) == "[]");
  CHECK(seen(json_html(" 12 ")) == "12");
  CHECK(seen(json_html("[{},{}]")) == "[\n  {},\n  {}\n]");
  CHECK(json_html(R"({"k":true})").find("<b class=\"key\">&quot;k&quot;</b>: <b class=\"number\">true</b>") !=
        std::string::npos);
}

TEST_CASE("What is no JSON is shown as it is, and what is too long is cut") {
  CHECK(json_html("{\"a\":<b>") == "{&quot;a&quot;:&lt;b&gt;");
  const std::string long_text(3 * k_shown_bytes_max, 'x');
  CHECK(json_html(long_text).size() < k_shown_bytes_max + 100);
  CHECK(json_html("\"" + long_text + "\"").size() < 4 * k_shown_bytes_max);
  std::string many = "[0";
  for (int i = 0; i < 400'000; ++i) many += ",1";
  const std::string html = json_html(many + "]");
  CHECK(html.size() < k_shown_bytes_max + 1000);
  CHECK(html.ends_with("…"));
}

}  // namespace pk::share
