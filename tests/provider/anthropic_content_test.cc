#include "provider/anthropic_content.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

std::string blocks(std::string_view content) {
  JsonOut out;
  out.begin_array();
  const auto appended = append_blocks(out, JsonView(content));
  return appended ? out.end_array().take() : "error: " + appended.error().message;
}

std::string block(const std::string& part) {
  return blocks("[" + part + "]");
}

TEST_CASE("Texts keep their bytes, and an empty one is no block") {
  CHECK(blocks(R"("a\u00e9 \"b\"")") == R"([{"type":"text","text":"a\u00e9 \"b\""}])");
  CHECK(blocks("\"\"") == "[]");
  CHECK(blocks("null") == "[]");
  CHECK(blocks("") == "[]");
  CHECK(blocks("[]") == "[]");
}

TEST_CASE("Text parts keep their cache_control") {
  CHECK(
      blocks(
          R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"refusal","refusal":"no"}])") ==
      R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"no"}])");
}

TEST_CASE("Images go by URL or as base64") {
  CHECK(block(R"({"type":"image_url","image_url":{"url":"https://x/a.png","detail":"low"}})") ==
        R"([{"type":"image","source":{"type":"url","url":"https://x/a.png"}}])");
  CHECK(block(R"({"type":"image_url","image_url":"https://x/a.png"})") ==
        R"([{"type":"image","source":{"type":"url","url":"https://x/a.png"}}])");
  CHECK(
      block(
          R"({"type":"image_url","image_url":{"url":"data:image\/png;base64,iVB/"},"cache_control":{"type":"ephemeral"}})") ==
      R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVB/"},"cache_control":{"type":"ephemeral"}}])");
  CHECK(block(R"({"type":"image_url","image_url":{"url":"data:application/pdf;base64,JVBE"}})") ==
        R"([{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}}])");
}

TEST_CASE("Files are documents: by data URL, base64, plain text, URL or id") {
  CHECK(
      block(
          R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}})") ==
      R"([{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"},"title":"a.pdf"}])");
  CHECK(block(R"({"type":"file","file":{"file_data":"JVBE"}})") ==
        R"([{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}}])");
  CHECK(block(R"({"type":"file","file":{"file_data":"aGk=","mime_type":"text/plain"}})") ==
        R"([{"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi"}}])");
  CHECK(block(R"({"type":"file","file":{"file_url":"https://x/a.pdf"}})") ==
        R"([{"type":"document","source":{"type":"url","url":"https://x/a.pdf"}}])");
  CHECK(block(R"({"type":"file","file":{"file_id":"file_1"}})") ==
        R"([{"type":"document","source":{"type":"file","file_id":"file_1"}}])");
}

TEST_CASE("Anthropic's own blocks stay as they are") {
  const std::string own[] = {
      R"({"type":"thinking","thinking":"hm","signature":"s"})",
      R"({"type":"image","source":{"type":"url","url":"u"}})",
      R"({"type":"tool_result","tool_use_id":"t","content":"1.0e2"})",
  };
  for (const std::string& one : own) CHECK(block(one) == "[" + one + "]");
}

TEST_CASE("What Anthropic has no block for is refused by its name") {
  CHECK(block(R"({"type":"input_audio","input_audio":{}})") ==
        "error: a content part of type 'input_audio' cannot be sent to anthropic");
  CHECK(block(R"({"type":"\u001b[31m"})").find('\x1b') == std::string::npos);
  for (const std::string_view bad :
       {R"({"type":"text"})", R"({"type":"text","text":7})", R"({"type":"image_url"})",
        R"({"type":"image_url","image_url":{"url":"data:image/png,abc"}})",
        R"({"type":"image_url","image_url":{"url":""}})", R"({"type":"file","file":{}})",
        R"({"type":"file"})", R"({"type":"file","file":{"file_data":"data:text/plain,abc"}})",
        R"({"type":"file","file":{"file_data":"*","mime_type":"text/plain"}})", "7", "{}", "null", "[]"}) {
    INFO(bad);
    CHECK(block(std::string(bad)).starts_with("error: "));
  }
  for (const std::string_view bad : {"7", "{}", "true"}) CHECK(blocks(bad).starts_with("error: "));
}

TEST_CASE("Empty and blank text parts, which Anthropic refuses, are no blocks") {
  CHECK(blocks(R"("  \n")") == "[]");
  CHECK(
      blocks(
          R"([{"type":"text","text":""},{"type":"text","text":" \n\t"},{"type":"text","text":" a"},)"
          R"({"type":"refusal","refusal":""},{"type":"text","text":"","cache_control":{"type":"ephemeral"}}])") ==
      R"([{"type":"text","text":" a"}])");
  CHECK(blocks(R"([{"type":"text","text":"\u00e9"}])") == R"([{"type":"text","text":"\u00e9"}])");
}

}  // namespace
}  // namespace pk::provider
