#include "provider/demo_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "provider/demo.h"
#include "provider/json_walk.h"

namespace pk::provider {

namespace {

constexpr std::int64_t k_message_tokens = 4;
constexpr std::int64_t k_count_max = std::numeric_limits<std::int32_t>::max();
constexpr int k_places_per_word = 4;
constexpr std::size_t k_telling_word_bytes = 4;

// A function that the body offers.
struct Tool {
  std::string name;
  std::string first_property;  // of its parameters, "" if it has none
};

// A chat or completion body, as far as the demo looks at it.
struct Asked {
  std::string last_user;
  std::string last_role;
  bool has_messages = false;
  bool has_prompt = false;
  std::int64_t prompt_tokens = 0;
  std::optional<std::int64_t> max_tokens;
  bool wants_json = false;
  std::vector<Tool> tools;
  std::string tool_choice;  // "auto", "none", "required", "" or the name of a function
  bool names_tool = false;
};

// The text of a message: a string, or the text parts of a list.
std::string content_of(JsonReader& reader, JsonToken token) {
  if (token != JsonToken::array_begin) return text_of(reader, token);
  std::string text;
  walk_elements(reader, [&](JsonToken part) {
    if (part != JsonToken::object_begin) return;
    walk_members(reader, [&](std::string_view key, JsonToken value) {
      if (means(key, "text")) text += text_of(reader, value);
    });
  });
  return text;
}

void read_message(JsonReader& reader, Asked& asked) {
  std::string role, content;
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    if (means(key, "role")) role = text_of(reader, token);
    if (means(key, "content")) content = content_of(reader, token);
  });
  asked.has_messages = true;
  asked.prompt_tokens += k_message_tokens + demo_tokens(content);
  if (role == "user") asked.last_user = std::move(content);
  asked.last_role = std::move(role);
}

std::string first_key(JsonReader& reader) {
  std::string found;
  walk_members(reader, [&](std::string_view key, JsonToken) {
    if (found.empty()) found = json_unquoted(key);
  });
  return found;
}

std::string first_property(JsonReader& reader) {
  std::string found;
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    if (means(key, "properties") && token == JsonToken::object_begin) found = first_key(reader);
  });
  return found;
}

// {"name":…,"parameters":{"properties":{…}}}
Tool read_function(JsonReader& reader) {
  Tool tool;
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    if (means(key, "name")) tool.name = text_of(reader, token);
    if (means(key, "parameters") && token == JsonToken::object_begin)
      tool.first_property = first_property(reader);
  });
  return tool;
}

// The `function` member of a tool or a tool_choice.
Tool read_tool(JsonReader& reader) {
  Tool tool;
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    if (means(key, "function") && token == JsonToken::object_begin) tool = read_function(reader);
  });
  return tool;
}

void read_tools(JsonReader& reader, Asked& asked) {
  walk_elements(reader, [&](JsonToken token) {
    if (token != JsonToken::object_begin) return;
    Tool tool = read_tool(reader);
    asked.prompt_tokens += k_message_tokens + demo_tokens(tool.name);
    if (!tool.name.empty()) asked.tools.push_back(std::move(tool));
  });
}

void read_tool_choice(JsonReader& reader, JsonToken token, Asked& asked) {
  asked.names_tool = token == JsonToken::object_begin;
  asked.tool_choice = asked.names_tool ? read_tool(reader).name : text_of(reader, token);
}

void read_response_format(JsonReader& reader, Asked& asked) {
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    if (means(key, "type")) asked.wants_json = text_of(reader, token).starts_with("json_");
  });
}

void read_prompt(JsonReader& reader, JsonToken token, Asked& asked) {
  asked.has_prompt = token == JsonToken::string || token == JsonToken::array_begin;
  if (token == JsonToken::array_begin)
    walk_elements(reader, [&](JsonToken element) { asked.last_user = text_of(reader, element); });
  else
    asked.last_user = text_of(reader, token);
  asked.prompt_tokens = demo_tokens(asked.last_user);
}

void read_member(JsonReader& reader, std::string_view key, JsonToken token, Asked& asked) {
  if (means(key, "prompt")) return read_prompt(reader, token, asked);
  if (means(key, "tool_choice")) return read_tool_choice(reader, token, asked);
  if (means(key, "max_tokens") || means(key, "max_completion_tokens"))
    asked.max_tokens = count_of(reader, token, k_count_max);
  if (token == JsonToken::object_begin && means(key, "response_format")) read_response_format(reader, asked);
  if (token != JsonToken::array_begin) return;
  if (means(key, "tools")) read_tools(reader, asked);
  if (means(key, "messages"))
    walk_elements(reader, [&](JsonToken element) {
      if (element == JsonToken::object_begin) read_message(reader, asked);
    });
}

Asked read_asked(std::string_view body) {
  Asked asked;
  JsonReader reader(body);
  if (reader.next() == JsonToken::object_begin)
    walk_members(reader,
                 [&](std::string_view key, JsonToken token) { read_member(reader, key, token, asked); });
  return asked;
}

// Whether the message holds "tool" or a longer word of the tool's name: "weather" asks for get_weather.
bool asks_for(const Tool& tool, std::string_view message) {
  if (ifind(message, "tool") != std::string_view::npos) return true;
  for (std::string_view rest = tool.name; !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of("_-"), rest.size());
    const std::string_view word = rest.substr(0, end);
    if (word.size() >= k_telling_word_bytes && ifind(message, word) != std::string_view::npos) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// The tool that this request makes the demo call, or null.
const Tool* tool_to_call(const Asked& asked) {
  if (asked.tools.empty() || asked.tool_choice == "none") return nullptr;
  if (asked.names_tool) {
    const auto named = std::ranges::find(asked.tools, asked.tool_choice, &Tool::name);
    return named == asked.tools.end() ? nullptr : &*named;
  }
  if (asked.tool_choice == "required") return &asked.tools.front();
  // After a tool's answer the demo talks again, else an agent would call for ever.
  if (asked.last_role != "user") return nullptr;
  const auto wanted =
      std::ranges::find_if(asked.tools, [&](const Tool& tool) { return asks_for(tool, asked.last_user); });
  return wanted == asked.tools.end() ? nullptr : &*wanted;
}

// `text` up to `bytes_max`, not inside a character.
std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  text.resize(bytes_max);
  return text;
}

void call_tool(const Tool& tool, const Asked& asked, DemoWords& words) {
  words.tool = tool.name;
  words.finish_reason = "tool_calls";
  words.tool_arguments = "{}";
  if (!tool.first_property.empty())
    words.tool_arguments = fmt::format("{{{}:{}}}", json_string(tool.first_property),
                                       json_string(cut(asked.last_user, k_demo_reply_bytes_max)));
  words.completion_tokens = demo_tokens(tool.name) + demo_tokens(words.tool_arguments);
}

void limit_tokens(const Asked& asked, DemoWords& words) {
  words.completion_tokens = demo_tokens(words.reply);
  if (!asked.max_tokens || words.completion_tokens <= *asked.max_tokens) return;
  words.reply = cut(words.reply, static_cast<std::size_t>(*asked.max_tokens) * 4);
  words.completion_tokens = demo_tokens(words.reply);
  words.finish_reason = "length";
}

std::string_view last_line(std::string_view text) {
  text = trim(text);
  return text.substr(text.rfind('\n') + 1);
}

using Vector = std::vector<float>;

std::uint64_t fnv1a(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash ^ hash >> 29;
}

void add_word(std::string_view word, Vector& vector) {
  for (int place = 0; place < k_places_per_word; ++place) {
    const std::uint64_t hash = fnv1a(word, static_cast<std::uint64_t>(place) * 0x9E3779B97F4A7C15ULL);
    vector[hash % vector.size()] += (hash >> 63) == 0 ? 1.0F : -1.0F;
  }
}

void normalise(Vector& vector) {
  double square = 0;
  for (const float x : vector) square += static_cast<double>(x) * x;
  if (square == 0) {
    vector[0] = 1;
    return;
  }
  const double scale = 1 / std::sqrt(square);
  for (float& x : vector) x = static_cast<float>(x * scale);
}

Vector vector_of(std::string_view text, std::size_t dimensions) {
  Vector vector(dimensions);
  const std::string lower = ascii_lower(text);
  for (std::string_view rest = lower; !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(" \t\r\n.,;:!?()[]{}\"'"), rest.size());
    if (end > 0) add_word(rest.substr(0, end), vector);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  normalise(vector);
  return vector;
}

std::string as_base64(const Vector& vector) {
  std::string bytes;
  for (const float x : vector) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  }
  return json_string(base64(bytes));
}

std::string as_array(const Vector& vector) {
  return fmt::format("[{}]", fmt::join(vector, ","));
}

// An embeddings body. An input of tokens is the text of its numbers.
struct EmbedAsked {
  std::vector<std::string> inputs;
  bool whole_is_tokens = false;
  std::int64_t tokens = 0;
  std::size_t dimensions = k_demo_dimensions;
  bool bad_dimensions = false;
  bool base64 = false;
};

std::string joined_tokens(JsonReader& reader, std::int64_t& count) {
  std::string text;
  walk_elements(reader, [&](JsonToken token) {
    ++count;
    if (token == JsonToken::number) text.append(reader.token()).append(" ");
  });
  return text;
}

void add_input(std::string text, EmbedAsked& asked) {
  if (asked.inputs.size() <= k_demo_inputs_max) asked.inputs.push_back(std::move(text));
}

void read_inputs(JsonReader& reader, EmbedAsked& asked) {
  std::string tokens;
  walk_elements(reader, [&](JsonToken token) {
    if (token == JsonToken::number) tokens.append(reader.token()).append(" ");
    if (token == JsonToken::number) ++asked.tokens;
    if (token == JsonToken::array_begin) add_input(joined_tokens(reader, asked.tokens), asked);
    if (token != JsonToken::string) return;
    add_input(text_of(reader, token), asked);
    asked.tokens += demo_tokens(asked.inputs.back());
  });
  if (!tokens.empty()) add_input(std::move(tokens), asked);
}

void read_embed_member(JsonReader& reader, std::string_view key, JsonToken token, EmbedAsked& asked) {
  if (means(key, "encoding_format")) asked.base64 = text_of(reader, token) == "base64";
  if (means(key, "dimensions")) {
    const auto count = count_of(reader, token, static_cast<std::int64_t>(k_demo_dimensions_max));
    asked.bad_dimensions = token != JsonToken::null && count.value_or(0) == 0;
    if (count.value_or(0) > 0) asked.dimensions = static_cast<std::size_t>(*count);
  }
  if (!means(key, "input")) return;
  if (token == JsonToken::array_begin) return read_inputs(reader, asked);
  if (token != JsonToken::string) return;
  add_input(text_of(reader, token), asked);
  asked.tokens += demo_tokens(asked.inputs.back());
}

}  // namespace

std::int64_t demo_tokens(std::string_view text) {
  return static_cast<std::int64_t>((text.size() + 3) / 4);
}

DemoWords chat_words(std::string_view body) {
  const Asked asked = read_asked(body);
  DemoWords words;
  if (!asked.has_messages) {
    words.problem = "you must provide messages";
    return words;
  }
  words.prompt_tokens = asked.prompt_tokens;
  if (const Tool* tool = tool_to_call(asked)) {
    call_tool(*tool, asked, words);
    return words;
  }
  const std::string said = cut(asked.last_user, k_demo_reply_bytes_max);
  words.reply = asked.wants_json ? fmt::format(R"({{"echo":{}}})", json_string(said))
                                 : fmt::format("This is the demo provider. You said: {}", said);
  limit_tokens(asked, words);
  return words;
}

DemoWords completion_words(std::string_view body) {
  const Asked asked = read_asked(body);
  DemoWords words;
  if (!asked.has_prompt) {
    words.problem = "you must provide a prompt";
    return words;
  }
  words.prompt_tokens = asked.prompt_tokens;
  words.reply = fmt::format("This is the demo provider. You said: {}",
                            cut(std::string(last_line(asked.last_user)), k_demo_reply_bytes_max));
  limit_tokens(asked, words);
  return words;
}

DemoEmbeddings embed(std::string_view body) {
  EmbedAsked asked;
  JsonReader reader(body);
  if (reader.next() == JsonToken::object_begin)
    walk_members(
        reader, [&](std::string_view key, JsonToken token) { read_embed_member(reader, key, token, asked); });
  DemoEmbeddings found;
  if (asked.inputs.empty()) found.problem = "you must provide an input";
  if (asked.inputs.size() > k_demo_inputs_max) found.problem = "too many inputs: at most 2048";
  if (asked.bad_dimensions) found.problem = "dimensions must be between 1 and 4096";
  if (found.problem) return found;
  found.tokens = asked.tokens;
  for (const std::string& text : asked.inputs) {
    const Vector vector = vector_of(text, asked.dimensions);
    found.vectors.push_back(asked.base64 ? as_base64(vector) : as_array(vector));
  }
  return found;
}

}  // namespace pk::provider
