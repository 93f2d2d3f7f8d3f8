#include "provider/google_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "provider/json_out.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

// Words whose values pass as they are.
constexpr std::array<std::string_view, 13> k_plain_words = {
    "title",    "description",   "nullable",      "pattern",   "minimum",   "maximum",         "minItems",
    "maxItems", "minProperties", "maxProperties", "minLength", "maxLength", "propertyOrdering"};
constexpr std::array<std::string_view, 6> k_formats = {"date-time", "enum",  "float",
                                                       "double",    "int32", "int64"};

// One schema and all that is merged into it: what it refers to, its allOf. The first one that has a word
// decides.
using Layers = std::vector<JsonView>;

class Cleaner {
 public:
  explicit Cleaner(const JsonView& root) : m_root(root) {}

  Result<std::string> clean() {
    write(m_root);
    if (m_problem) return std::move(*m_problem);
    return m_out.take();
  }

 private:
  using Members = std::map<std::string, JsonView, std::less<>>;

  void write(const JsonView& schema);
  void write_object(const Layers& layers);
  void write_type(const Layers& layers, bool& nullable);
  void write_types(const std::vector<std::string>& types);
  void write_enum(const Layers& layers);
  void write_properties(const Layers& layers);
  void write_required(const Layers& layers);
  void write_choices(const Layers& layers, bool& nullable);

  void gather(const JsonView& schema, Layers& layers);
  JsonView referred(std::string_view reference);
  JsonView at_pointer(std::string_view pointer);
  const Members& members_of(const JsonView& object);
  void count(std::size_t bytes);
  void fail(Errc code, std::string message) {
    if (!m_problem) m_problem = Error{code, std::move(message)};
  }

  const JsonView m_root;
  JsonOut m_out;
  std::optional<Error> m_problem;
  std::vector<std::string> m_references;  // that we are inside of
  std::size_t m_depth = 0;
  std::size_t m_read = 0;                    // bytes of all schemas met
  std::map<const char*, Members> m_members;  // of objects that references lead through, by where they stand
  std::size_t m_member_count = 0;            // in all of them
};

JsonView word(const Layers& layers, std::string_view name) {
  for (const JsonView& layer : layers)
    if (const JsonView value = layer[name]; value.is_given()) return value;
  return {};
}

// The types that are said, null left out.
std::vector<std::string> types_of(const Layers& layers) {
  const JsonView type = word(layers, "type");
  std::vector<std::string> types;
  if (type.is_string()) types.push_back(type.text());
  for (const JsonView element : type.items())
    if (!element.is("null")) types.push_back(element.text());
  return types;
}

bool is_null_schema(const JsonView& schema) {
  return schema["type"].is("null");
}

// anyOf, or oneOf, without the null among them.
std::vector<JsonView> choices_of(const JsonView& schema, bool* nullable = nullptr) {
  std::vector<JsonView> choices;
  const JsonView any = schema["anyOf"].is_array() ? schema["anyOf"] : schema["oneOf"];
  for (const JsonView choice : any.items()) {
    if (!is_null_schema(choice))
      choices.push_back(choice);
    else if (nullable != nullptr)
      *nullable = true;
  }
  return choices;
}

// One segment of a pointer, its escapes undone.
std::string unescaped(std::string_view segment) {
  std::string name(segment);
  for (const auto& [from, to] : {std::pair("~1", "/"), std::pair("~0", "~")})
    for (auto found = name.find(from); found != std::string::npos; found = name.find(from, found + 1))
      name.replace(found, 2, to);
  return name;
}

void Cleaner::count(std::size_t bytes) {
  m_read += bytes;
  if (m_read > k_google_schema_read_bytes_max) fail(Errc::limit, "a schema is too large");
}

// A schema may have thousands of references into one object: it is read once.
const Cleaner::Members& Cleaner::members_of(const JsonView& object) {
  const auto [at, is_new] = m_members.try_emplace(object.json().data());
  if (!is_new) return at->second;
  count(object.json().size());
  for (const auto& [name, value] : object.members()) {
    if (m_problem) break;
    at->second[name] = value;
    if (++m_member_count > k_google_schema_members_max) fail(Errc::limit, "a schema has too many members");
  }
  return at->second;
}

// "/$defs/A~1B": RFC 6901, objects only.
JsonView Cleaner::at_pointer(std::string_view pointer) {
  JsonView at = m_root;
  while (!pointer.empty() && at.is_object() && !m_problem) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    const Members& members = members_of(at);
    const auto found = members.find(unescaped(pointer.substr(0, end)));
    at = found == members.end() ? JsonView() : found->second;
    pointer.remove_prefix(end);
  }
  return pointer.empty() ? at : JsonView();
}

JsonView Cleaner::referred(std::string_view reference) {
  if (reference == "#") return m_root;
  JsonView found;
  if (reference.starts_with("#/")) found = at_pointer(reference.substr(1));
  if (!found.is_object())
    fail(Errc::invalid, fmt::format("the schema's $ref {} leads nowhere", shown(reference)));
  return found;
}

void Cleaner::gather(const JsonView& schema, Layers& layers) {
  if (layers.size() == k_google_schema_depth_max) return fail(Errc::limit, "a schema is nested too deep");
  count(schema.json().size());
  if (m_problem) return;
  layers.push_back(schema);
  if (const std::string reference = schema["$ref"].text(); !reference.empty()) {
    if (std::ranges::find(m_references, reference) == m_references.end()) {
      m_references.push_back(reference);
      if (const JsonView target = referred(reference); target.is_object()) gather(target, layers);
    } else {
      layers.push_back(JsonView(R"({"type":"object"})"));
    }
  }
  for (const JsonView part : schema["allOf"].items()) gather(part, layers);
  if (const auto choices = choices_of(schema); choices.size() == 1) gather(choices[0], layers);
}

void Cleaner::write(const JsonView& schema) {
  if (m_problem) return;
  if (++m_depth > k_google_schema_depth_max) fail(Errc::limit, "a schema is nested too deep");
  if (m_out.size() > k_google_schema_bytes_max) fail(Errc::limit, "a schema is too large");
  const std::size_t references = m_references.size();
  Layers layers;
  if (!m_problem) gather(schema, layers);
  if (!m_problem) write_object(layers);
  m_references.resize(references);
  --m_depth;
}

void Cleaner::write_object(const Layers& layers) {
  m_out.begin_object();
  bool nullable = false;
  write_type(layers, nullable);
  for (const std::string_view name : k_plain_words)
    if (name != "nullable" || !nullable) m_out.given(name, word(layers, name));
  const std::string format = word(layers, "format").text();
  if (std::ranges::find(k_formats, format) != k_formats.end()) m_out.text("format", format);
  write_enum(layers);
  write_properties(layers);
  write_required(layers);
  if (const JsonView items = word(layers, "items"); items.is_object()) {
    m_out.key("items");
    write(items);
  }
  write_choices(layers, nullable);
  if (nullable) m_out.truth("nullable", true);
  m_out.end_object();
}

void Cleaner::write_type(const Layers& layers, bool& nullable) {
  for (const JsonView element : word(layers, "type").items()) nullable |= element.is("null");
  std::vector<std::string> types = types_of(layers);
  if (types.empty() && word(layers, "properties").is_object()) types.emplace_back("object");
  if (types.empty() && (word(layers, "enum").first_item().is_string() || word(layers, "const").is_string()))
    types.emplace_back("string");
  write_types(types);
}

void Cleaner::write_types(const std::vector<std::string>& types) {
  if (types.size() == 1) m_out.text("type", types[0]);
  if (types.size() < 2) return;
  m_out.begin_array("anyOf");
  for (const std::string& type : types) m_out.begin_object().text("type", type).end_object();
  m_out.end_array();
}

void Cleaner::write_enum(const Layers& layers) {
  const JsonView only = word(layers, "const");
  if (only.is_string()) m_out.begin_array("enum").json(only.json()).end_array();
  const JsonView values = word(layers, "enum");
  if (only.is_string() || !values.is_array()) return;
  bool all_text = true;
  for (const JsonView value : values.items()) all_text &= value.is_string() || value.is_null();
  if (!all_text) return;
  m_out.begin_array("enum");
  for (const JsonView value : values.items())
    if (value.is_string()) m_out.json(value.json());
  m_out.end_array();
}

void Cleaner::write_properties(const Layers& layers) {
  std::set<std::string> names;
  for (const JsonView& layer : layers)
    for (const auto& [name, schema] : layer["properties"].members()) {
      if (names.contains(name) || m_problem) continue;
      if (names.empty()) m_out.begin_object("properties");
      m_out.key(name);
      if (schema.is_object())
        write(schema);
      else
        m_out.json("{}");  // `true`: anything goes
      names.insert(name);
    }
  if (!names.empty()) m_out.end_object();
}

void Cleaner::write_required(const Layers& layers) {
  std::set<std::string_view> names;
  for (const JsonView& layer : layers)
    for (const JsonView name : layer["required"].items())
      if (name.is_string()) names.insert(name.json());
  if (names.empty()) return;
  m_out.begin_array("required");
  for (const std::string_view name : names) m_out.json(name);
  m_out.end_array();
}

void Cleaner::write_choices(const Layers& layers, bool& nullable) {
  if (types_of(layers).size() > 1) return;  // is an anyOf already
  std::vector<JsonView> choices;
  for (const JsonView& layer : layers)
    if (auto own = choices_of(layer, &nullable); own.size() > 1 && choices.empty()) choices = std::move(own);
  if (choices.empty()) return;
  m_out.begin_array("anyOf");
  for (const JsonView& choice : choices) write(choice);
  m_out.end_array();
}

}  // namespace

Result<std::string> google_schema(const JsonView& schema) {
  return Cleaner(schema).clean();
}

}  // namespace pk::provider
