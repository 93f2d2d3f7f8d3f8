#include "cache/canonical.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "cache/digest.h"
#include "cache/fingerprint.h"
#include "store/wire.h"

namespace pk::cache {

namespace {

// The kinds of a form's parts.
constexpr char k_object = '{', k_object_end = '}', k_array = '[', k_array_end = ']';
constexpr char k_string = 's', k_raw_string = 'r', k_number = 'n', k_word = 'w', k_digest = '#';

constexpr std::string_view k_replacement = "\xef\xbf\xbd";  // what half a surrogate pair is unescaped to

void append_part(std::string& out, char kind, std::string_view bytes) {
  out.push_back(kind);
  store::append_text(out, bytes);
}

// One member as it lies in the form.
struct Member {
  std::size_t begin = 0;
  std::size_t name_end = 0;
  std::size_t end = 0;
};

class Object {
 public:
  explicit Object(std::string& out) : m_out(out), m_begin(out.size()) {}

  bool read(JsonReader& reader) {
    std::string_view key;
    while (true) {
      const JsonToken value = reader.next_member(key);
      if (value == JsonToken::object_end) break;
      if (value == JsonToken::error) return false;
      Member member{m_out.size(), 0, 0};
      append_canonical_string(m_out, key);
      member.name_end = m_out.size();
      if (!append_canonical(m_out, reader, value)) return false;
      shorten(member.name_end);
      member.end = m_out.size();
      m_members.push_back(member);
    }
    sort();
    return true;
  }

 private:
  void shorten(std::size_t value) {
    if (m_out.size() - value <= k_canonical_member_bytes_max) return;
    const Digest digest = hash_of<Digest>(std::string_view(m_out).substr(value));
    m_out.resize(value);
    append_part(m_out, k_digest, view_of(digest));
  }

  std::string_view name(const Member& member) const {
    return std::string_view(m_out).substr(member.begin, member.name_end - member.begin);
  }

  void sort() {
    const auto by_name = [this](const Member& a, const Member& b) { return name(a) < name(b); };
    if (std::ranges::is_sorted(m_members, by_name)) return;
    std::ranges::stable_sort(m_members, by_name);
    std::string sorted;
    sorted.reserve(m_out.size() - m_begin);
    for (const Member& member : m_members) sorted.append(m_out, member.begin, member.end - member.begin);
    m_out.replace(m_begin, std::string::npos, sorted);
  }

  std::string& m_out;
  const std::size_t m_begin;
  std::vector<Member> m_members;
};

bool append_array(std::string& out, JsonReader& reader) {
  for (JsonToken item = reader.next(); item != JsonToken::array_end; item = reader.next())
    if (!append_canonical(out, reader, item)) return false;
  return true;
}

}  // namespace

void append_canonical_string(std::string& out, std::string_view token) {
  const std::string_view inner = token.substr(1, token.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return append_part(out, k_string, inner);
  const std::string text = json_unquoted(token);
  const bool lost = text.find(k_replacement) != std::string::npos;
  append_part(out, lost ? k_raw_string : k_string, lost ? inner : text);
}

bool append_canonical(std::string& out, JsonReader& reader, JsonToken first) {
  switch (first) {
    case JsonToken::object_begin:
      out.push_back(k_object);
      if (!Object(out).read(reader)) return false;
      out.push_back(k_object_end);
      return true;
    case JsonToken::array_begin:
      out.push_back(k_array);
      if (!append_array(out, reader)) return false;
      out.push_back(k_array_end);
      return true;
    case JsonToken::string:
      append_canonical_string(out, reader.token());
      return true;
    case JsonToken::number:
      append_part(out, k_number, reader.token());
      return true;
    case JsonToken::truth:
    case JsonToken::null:
      append_part(out, k_word, reader.token());
      return true;
    default:
      return false;
  }
}

}  // namespace pk::cache
