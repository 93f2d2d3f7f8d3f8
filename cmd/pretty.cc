#include "pretty.h"

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_step = 2;

Color color_of(JsonToken token) {
  switch (token) {
    case JsonToken::key:
      return Color::blue;
    case JsonToken::string:
      return Color::green;
    case JsonToken::number:
      return Color::cyan;
    case JsonToken::truth:
    case JsonToken::null:
      return Color::magenta;
    default:
      return Color::plain;
  }
}

bool opens(JsonToken token) {
  return token == JsonToken::object_begin || token == JsonToken::array_begin;
}
bool closes(JsonToken token) {
  return token == JsonToken::object_end || token == JsonToken::array_end;
}

void append_tokens(std::string& out, std::string_view json, bool color, std::size_t indent) {
  JsonReader reader(json);
  JsonToken before = JsonToken::end;
  const auto new_line = [&](std::size_t depth) { out.append("\n").append(indent + depth * k_step, ' '); };
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next()) {
    const std::size_t depth = reader.depth() - (opens(token) ? 1 : 0);
    if (before == JsonToken::key)
      out += ": ";
    else if (closes(token) ? !opens(before) : before != JsonToken::end) {
      if (!closes(token) && !opens(before)) out += ',';
      new_line(depth);
    }
    out += paint(color_of(token), visible(reader.token(), false), color);
    before = token;
  }
}

}  // namespace

void append_pretty(std::string& out, std::string_view json, bool color, std::size_t indent) {
  if (!is_json(json)) return append_indented(out, json, indent);
  out.append(indent, ' ');
  append_tokens(out, json, color, indent);
  out += '\n';
}

std::string laid_out(std::string_view json) {
  std::string text;
  if (json.find('\n') == std::string_view::npos)
    append_pretty(text, json, false, 0);
  else
    text = json;
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

void append_indented(std::string& out, std::string_view text, std::size_t indent) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end > 0 && text[end - 1] == '\r' ? end - 1 : end);
    if (!line.empty()) out.append(indent, ' ').append(visible(line, false));
    out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace pk::cmd
