#include "cache/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_reader.h"
#include "base/text.h"
#include "cache/canonical.h"
#include "cache/digest.h"
#include "store/wire.h"

namespace pk::cache {

namespace {

// What a digest is of goes into it: the message of {"messages":[1]} and the member of {"messages[0]":1} have
// the same name.
constexpr char k_fact = 'f', k_pairs = 'p', k_member = 'v', k_message = 'm', k_message_rest = 'M';

constexpr std::string_view k_rest_name = "body.messages[256...]";
static_assert(k_messages_named_max == 256);

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool served_either_way(log::Endpoint endpoint) {
  return endpoint == log::Endpoint::chat_completions || endpoint == log::Endpoint::completions ||
         endpoint == log::Endpoint::messages;
}

class Maker {
 public:
  explicit Maker(const RequestFacts& facts) : m_facts(facts) {}

  Fingerprint make() {
    if (!read_body()) return {};
    add_text("path", m_facts.path);
    add_text("provider", m_facts.provider);
    add_text("host", m_facts.host);
    add_text("credential", m_facts.credential);
    if (m_facts.name_space.empty())
      add_pairs("headers", m_facts.headers, true);
    else
      add_text("namespace", m_facts.name_space);
    add_pairs("metadata", m_facts.metadata, false);
    std::ranges::stable_sort(m_fields, {}, &Field::name);
    return std::move(m_fields);
  }

 private:
  void add(std::string name, char kind) {
    m_form.push_back(kind);
    m_fields.push_back({std::move(name), hash_of<Digest>(m_form)});
    m_form.clear();
  }

  void add_text(std::string name, std::string_view text) {
    m_form = text;
    add(std::move(name), k_fact);
  }

  void add_pairs(std::string name, Pairs pairs, bool headers) {
    if (headers)
      for (auto& [key, value] : pairs) key = ascii_lower(key);
    std::ranges::stable_sort(pairs, {}, &Pairs::value_type::first);
    for (const auto& [key, value] : pairs) {
      store::append_text(m_form, key);
      store::append_text(m_form, value);
    }
    add(std::move(name), k_pairs);
  }

  bool read_body() {
    JsonReader reader(m_facts.body);
    if (reader.next() != JsonToken::object_begin) return false;
    std::string_view key;
    for (std::size_t members = 0;; ++members) {
      const JsonToken first = reader.next_member(key);
      if (first == JsonToken::object_end) break;
      if (first == JsonToken::error || members == k_members_max) return false;
      if (!read_member(reader, json_unquoted(key), key, first)) return false;
    }
    return reader.next() == JsonToken::end;
  }

  bool read_member(JsonReader& reader, const std::string& name, std::string_view key, JsonToken first) {
    if (is_about_the_stream(name, first)) {
      reader.take_value();
      return true;
    }
    // Once: a twin's messages would get lost among the first one's.
    if (name == "messages" && !m_messages_seen) {
      m_messages_seen = true;
      if (first == JsonToken::array_begin) return read_messages(reader);
    }
    // Names that only their escapes tell apart are told apart here.
    append_canonical_string(m_form, key);
    if (!append_canonical(m_form, reader, first)) return false;
    add("body." + name, k_member);
    return true;
  }

  // Anything else than a switch of the usual kind is the provider's to judge.
  bool is_about_the_stream(std::string_view name, JsonToken first) const {
    if (!served_either_way(m_facts.endpoint)) return false;
    if (name == "stream") return first == JsonToken::truth || first == JsonToken::null;
    return name == "stream_options" && (first == JsonToken::object_begin || first == JsonToken::null);
  }

  bool read_messages(JsonReader& reader) {
    std::size_t count = 0;
    for (JsonToken first = reader.next(); first != JsonToken::array_end; first = reader.next(), ++count) {
      if (!append_canonical(m_form, reader, first)) return false;
      if (count < k_messages_named_max) add(fmt::format("body.messages[{}]", count), k_message);
    }
    if (count == 0) add("body.messages", k_message);
    if (count > k_messages_named_max) add(std::string(k_rest_name), k_message_rest);
    return true;
  }

  const RequestFacts& m_facts;
  Fingerprint m_fields;
  std::string m_form;
  bool m_messages_seen = false;
};

}  // namespace

Fingerprint fingerprint(const RequestFacts& facts) {
  return Maker(facts).make();
}

Key key_of(const Fingerprint& fields) {
  std::string form;
  for (const Field& field : fields) {
    store::append_text(form, field.name);
    form += view_of(field.digest);
  }
  return hash_of<Key>(form);
}

std::vector<std::string> differing(const Fingerprint& a, const Fingerprint& b) {
  std::vector<std::string> names;
  const auto add = [&](const Field& field) {
    if (names.empty() || names.back() != field.name) names.push_back(field.name);
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const bool from_a = j == b.size() || (i < a.size() && a[i].name < b[j].name);
    const bool from_b = i == a.size() || (j < b.size() && b[j].name < a[i].name);
    if (from_a) {
      add(a[i++]);
    } else if (from_b) {
      add(b[j++]);
    } else {
      if (a[i].digest != b[j].digest) add(a[i]);
      ++i, ++j;
    }
  }
  return names;
}

}  // namespace pk::cache
