#include "provider/chat_read.h"

#include "provider/body.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

ChatRequest read(std::string_view body) {
  REQUIRE(BodyReader().read(body));
  auto chat = read_chat(body);
  REQUIRE(chat);
  return std::move(*chat);
}

std::string problem(std::string_view body) {
  const auto chat = read_chat(body);
  REQUIRE_FALSE(chat);
  CHECK(chat.error().code == Errc::invalid);
  return chat.error().message;
}

std::string with_messages(std::string_view messages) {
  return "{\"messages\":" + std::string(messages) + "}";
}

TEST_CASE("Messages come with role, text and name") {
  const ChatRequest chat = read(R"({"messages":[
    {"role":"system","content":"s"},{"role":"developer","content":[{"type":"text","text":"d"}]},
    {"role":"user","content":"u\n","name":"ann"},{"role":"assistant","content":null}]})");
  REQUIRE(chat.messages.size() == 4);
  CHECK(chat.messages[0].role == ChatRole::system);
  CHECK(chat.messages[1].role == ChatRole::system);
  CHECK(joined_text(chat.messages[1]) == "d");
  CHECK(chat.messages[2].name == "ann");
  CHECK(joined_text(chat.messages[2]) == "u\n");
  CHECK(chat.messages[3].role == ChatRole::assistant);
  CHECK(chat.messages[3].parts.empty());
}

TEST_CASE("Parts of all of OpenAI's kinds are read, others keep their text") {
  const ChatRequest chat = read(R"({"messages":[{"role":"user","content":[
    {"type":"text","text":"a","cache_control":{"type":"ephemeral"}},
    {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
    {"type":"image_url","image_url":"data:image/png;base64,AA=="},
    {"type":"input_audio","input_audio":{"data":"BB==","format":"wav"}},
    {"type":"file","file":{"file_data":"data:application/pdf;base64,CC==","filename":"a.pdf"}},
    {"type":"file","file":{"file_data":"DD==","mime_type":"text/plain"}},
    {"type":"file","file":{"file_id":"file-1"}},
    {"type":"document","document":{"data":"x"}}]}]})");
  const auto& parts = chat.messages[0].parts;
  REQUIRE(parts.size() == 8);
  CHECK((parts[0].text == "a" && parts[0].cached));
  CHECK((parts[1].kind == ChatPart::Kind::image && parts[1].url == "https://x/y.png" && !parts[1].cached));
  CHECK(parts[2].url == "data:image/png;base64,AA==");
  CHECK((parts[3].kind == ChatPart::Kind::audio && parts[3].url == "data:audio/wav;base64,BB=="));
  CHECK((parts[4].kind == ChatPart::Kind::file && parts[4].name == "a.pdf"));
  CHECK(parts[5].url == "data:text/plain;base64,DD==");
  CHECK((parts[6].url.empty() && parts[6].file_id == "file-1"));
  CHECK(parts[7].kind == ChatPart::Kind::other);
  CHECK(parts[7].json.json() == R"({"type":"document","document":{"data":"x"}})");
}

TEST_CASE("Tool calls and results are read; empty arguments are an empty object") {
  const ChatRequest chat = read(R"({"messages":[{"role":"assistant","tool_calls":[
    {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"n\":1.50}"}},
    {"id":"c2","type":"function","function":{"name":"g","arguments":" "},
     "extra_content":{"google":{"thought_signature":"s=="}}}]},
    {"role":"tool","tool_call_id":"c1","content":"r"}]})");
  const auto& calls = chat.messages[0].tool_calls;
  REQUIRE(calls.size() == 2);
  CHECK((calls[0].id == "c1" && calls[0].name == "f" && calls[0].arguments == R"({"n":1.50})"));
  CHECK((calls[1].arguments == "{}" && calls[1].thought_signature == "s=="));
  CHECK((chat.messages[1].role == ChatRole::tool && chat.messages[1].tool_call_id == "c1"));
}

TEST_CASE("Thinking that came with an answer goes before its content") {
  const ChatRequest chat = read(R"({"messages":[{"role":"assistant","content":"a","content_blocks":[
    {"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"a"}]}]})");
  const auto& parts = chat.messages[0].parts;
  REQUIRE(parts.size() == 2);
  CHECK((parts[0].kind == ChatPart::Kind::thinking && parts[0].text == "t" && parts[0].signature == "s"));
  CHECK(parts[1].text == "a");
}

TEST_CASE("Tools keep their schema as it stands; what is no function keeps its own form") {
  const ChatRequest chat = read(R"({"messages":[{"role":"user","content":"x"}],"tools":[
    {"type":"function","function":{"name":"f","description":"d","parameters":{"n":1.0},"strict":true}},
    {"google_search":{}}]})");
  REQUIRE(chat.tools.size() == 2);
  CHECK(chat.tools[0].name == "f");
  CHECK(chat.tools[0].description.text() == "d");
  CHECK(chat.tools[0].parameters.json() == R"({"n":1.0})");
  CHECK(chat.tools[0].strict.is_true());
  CHECK((chat.tools[1].name.empty() && chat.tools[1].json.json() == R"({"google_search":{}})"));
}

TEST_CASE("Every form of tool_choice is understood") {
  using Kind = ChatToolChoice::Kind;
  const auto choice = [](std::string_view json) {
    return read(R"({"messages":[{"role":"user","content":"x"}],"tool_choice":)" + std::string(json) + "}")
        .tool_choice;
  };
  CHECK(choice("null").kind == Kind::not_given);
  CHECK(choice("\"auto\"").kind == Kind::automatic);
  CHECK(choice("\"none\"").kind == Kind::none);
  CHECK(choice("\"required\"").kind == Kind::required);
  CHECK(choice(R"({"type":"function","function":{"name":"f"}})").name == "f");
}

TEST_CASE("Members of the body are found, limits by either name, stops in either form") {
  const ChatRequest chat =
      read(R"({"messages":[{"role":"user","content":"x"}],"temperature":0.70,"max_tokens":5,
               "max_completion_tokens":7,"stop":["a",1,"b"],"temperature":0.80})");
  CHECK(chat["temperature"].json() == "0.80");
  CHECK(chat["top_p"].is_absent());
  CHECK(chat.max_tokens().json() == "7");
  CHECK(chat.stops() == std::vector<std::string>{"a", "b"});
  CHECK(read(R"({"messages":[{"role":"user"}],"stop":"z","max_tokens":5})").stops().size() == 1);
}

TEST_CASE("A body that is no chat is refused with the place") {
  CHECK(problem("{}") == "`messages` must be an array");
  CHECK(problem(with_messages("\"hi\"")) == "`messages` must be an array");
  CHECK(problem(with_messages("[]")) == "`messages` must not be empty");
  CHECK(problem(with_messages("[1]")) == "messages[0] must be an object");
  CHECK(problem(with_messages(R"([{"role":"user","content":"x"},{"role":"function","content":"x"}])")) ==
        "messages[1].role must be one of system, developer, user, assistant, tool");
  CHECK(problem(with_messages(R"([{"role":"user","content":7}])")) ==
        "messages[0].content must be a string or an array of parts");
  CHECK(problem(with_messages(R"([{"role":"user","content":["x"]}])")) ==
        "messages[0].content[0] must be an object with a `type`");
  CHECK(problem(with_messages(R"([{"role":"user","content":[{"type":"image_url"}]}])")) ==
        "messages[0].content[0] has no URL or data");
  CHECK(problem(with_messages(R"([{"role":"assistant","tool_calls":[{"id":"c"}]}])")) ==
        "messages[0].tool_calls[0].function needs a `name`");
  CHECK(problem(with_messages(
            R"([{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"[1]"}}]}])")) ==
        "messages[0].tool_calls[0].function.arguments must be the text of a JSON object");
  CHECK(problem(R"({"messages":[{"role":"user"}],"tools":{}})") == "`tools` must be an array");
  CHECK(problem(R"({"messages":[{"role":"user"}],"tools":[{"type":"function","function":{}}]})") ==
        "each of `tools` must be an object, and a function must have a name");
  CHECK(problem(R"({"messages":[{"role":"user"}],"tool_choice":{"type":"x"}})") ==
        "`tool_choice` must be auto, none, required or name a function");
  CHECK(problem(R"({"messages":[{"role":"user"}],"functions":[]})").starts_with("`functions`"));
}

TEST_CASE("What belongs to OpenAI's form is known") {
  CHECK(is_openai_chat_member("messages"));
  CHECK(is_openai_chat_member("web_search_options"));
  CHECK_FALSE(is_openai_chat_member("top_k"));
  CHECK_FALSE(is_openai_chat_member(""));
}

std::string repeated(std::string_view one, std::size_t times) {
  std::string list(one);
  for (std::size_t i = 1; i < times; ++i) list.append(",").append(one);
  return list;
}

TEST_CASE("What takes room for its number is bounded, in one message and in all") {
  constexpr std::string_view k_part = R"({"type":"text"})";
  constexpr std::string_view k_call = R"({"function":{"name":"f"}})";
  constexpr std::string_view k_thought = R"({"type":"thinking"})";
  const std::string user = R"({"role":"user","content":[)" + repeated(k_part, k_chat_parts_max / 2) + "]}";
  CHECK(read_chat(with_messages("[" + user + "," + user + "]")));
  const std::pair<std::string, std::string> cases[] = {
      {with_messages("[" + user + "," + user + R"(,{"role":"user","content":"x"}])"),
       "more than 100000 content parts and tool calls"},
      {with_messages(R"([{"role":"user","content":[)" + repeated(k_part, k_chat_parts_max + 1) + "]}]"),
       "more than 100000 content parts and tool calls"},
      {with_messages(R"([{"role":"assistant","tool_calls":[)" + repeated(k_call, k_chat_parts_max + 1) +
                     "]}]"),
       "more than 100000 content parts and tool calls"},
      {with_messages(R"([{"role":"assistant","content_blocks":[)" +
                     repeated(k_thought, k_chat_parts_max + 1) + "]}]"),
       "more than 100000 content parts and tool calls"},
      {R"({"messages":[{"role":"user"}],"tools":[)" + repeated(k_call, k_chat_tools_max + 1) + "]}",
       "more than 10000 tools"},
      {R"({"messages":[{"role":"user"}],)" + repeated(R"("a":1)", k_object_members_max) + "}",
       "an object has more than 10000 members"}};
  for (const auto& [body, words] : cases) CHECK(read_chat(body).error() == Error{Errc::limit, words});
}

}  // namespace
}  // namespace pk::provider
