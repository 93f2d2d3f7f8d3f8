// Which requests may be compared by meaning, and what of them: question_of() of semantic.h.
#include <algorithm>

#include "base/json_reader.h"
#include "cache/digest.h"
#include "cache/semantic.h"

namespace pk::cache {

namespace {

constexpr std::size_t k_bytes_of_a_token = 4;  // little for English, much for code and other scripts

// What a member or element is to be compared as.
struct Message {
  bool user = false;
  bool plain = true;  // its content is text
  std::string text;
  std::string rest;  // of a user's message: its other members, as they stand
};

class Reader {
 public:
  explicit Reader(std::string_view body) : m_reader(body) {}

  // False: not a request for it.
  bool read(log::Endpoint endpoint) {
    const std::string_view wanted = endpoint == log::Endpoint::completions ? "prompt" : "messages";
    if (m_reader.next() != JsonToken::object_begin) return false;
    bool seen = false;
    std::string_view key;
    for (JsonToken first = m_reader.next_member(key); first != JsonToken::object_end;
         first = m_reader.next_member(key)) {
      if (first == JsonToken::error) return false;
      if (json_unquoted(key) != wanted) {
        m_reader.take_value();
        continue;
      }
      if (std::exchange(seen, true)) return false;
      if (!(wanted == "prompt" ? prompt(first) : messages(first))) return false;
    }
    return m_reader.next() == JsonToken::end && !m_words.empty();
  }

  std::string& words() { return m_words; }
  // The places of the user's messages, and what stands beside their words.
  const std::vector<std::size_t>& users() const { return m_users; }
  const std::string& rest() const { return m_rest; }

 private:
  bool prompt(JsonToken first) {
    if (first != JsonToken::string) return false;
    append_json_unquoted(m_words, m_reader.token());
    return true;
  }

  bool messages(JsonToken first) {
    if (first != JsonToken::array_begin) return false;
    std::size_t count = 0;
    for (JsonToken token = m_reader.next(); token != JsonToken::array_end; token = m_reader.next(), ++count) {
      if (token != JsonToken::object_begin || count == k_semantic_messages_max) return false;
      Message message;
      if (!read_message(message)) return false;
      if (!message.user) continue;
      if (!message.plain || message.text.empty()) return false;
      if (!m_words.empty()) m_words += '\n';
      m_words += message.text;
      m_users.push_back(count);
      m_rest += message.rest + '\n';
    }
    return true;
  }

  bool read_message(Message& message) {
    std::string_view key;
    for (JsonToken first = m_reader.next_member(key); first != JsonToken::object_end;
         first = m_reader.next_member(key)) {
      if (first == JsonToken::error) return false;
      const std::string name = json_unquoted(key);
      if (name == "role" && first == JsonToken::string) {
        message.user = json_unquoted(m_reader.token()) == "user";
      } else if (name == "content") {
        message.plain = message.plain && message.text.empty() && content(first, message);
        if (m_reader.depth() > k_message_depth) skip_to(k_message_depth);
      } else {
        message.rest.append(key).append(1, ':').append(m_reader.take_value()).append(1, ',');
      }
    }
    return true;
  }

  // A string, or parts that are all text.
  bool content(JsonToken first, Message& message) {
    if (first == JsonToken::string) {
      append_json_unquoted(message.text, m_reader.token());
      return true;
    }
    if (first != JsonToken::array_begin) return false;
    for (JsonToken token = m_reader.next(); token != JsonToken::array_end; token = m_reader.next())
      if (token != JsonToken::object_begin || !part(message)) return false;
    return true;
  }

  bool part(Message& message) {
    bool is_text = false;
    std::string_view key;
    for (JsonToken first = m_reader.next_member(key); first != JsonToken::object_end;
         first = m_reader.next_member(key)) {
      if (first == JsonToken::error) return false;
      const std::string name = json_unquoted(key);
      if (name == "type" && first == JsonToken::string) {
        is_text = json_unquoted(m_reader.token()) == "text";
      } else if (name == "text" && first == JsonToken::string) {
        if (!message.text.empty()) message.text += '\n';
        append_json_unquoted(message.text, m_reader.token());
      } else {
        message.rest.append(key).append(1, ':').append(m_reader.take_value()).append(1, ',');
      }
    }
    return is_text;
  }

  // Out of a content that was given up in its midst.
  void skip_to(std::size_t depth) {
    while (m_reader.depth() > depth && m_reader.next() != JsonToken::error) {
    }
  }

  static constexpr std::size_t k_message_depth = 3;  // body, messages, message
  JsonReader m_reader;
  std::string m_words;
  std::string m_rest;
  std::vector<std::size_t> m_users;
};

bool is_users(const std::string& name, const std::vector<std::size_t>& users) {
  if (name == "body.prompt") return users.empty();
  return std::any_of(users.begin(), users.end(),
                     [&](std::size_t at) { return name == "body.messages[" + std::to_string(at) + "]"; });
}

}  // namespace

std::optional<Question> question_of(const RequestFacts& facts) {
  if (facts.endpoint != log::Endpoint::chat_completions && facts.endpoint != log::Endpoint::completions)
    return {};
  // The whole request counts, its tools too; what is far too long is not read.
  if (facts.body.size() >= k_semantic_tokens_max * k_bytes_of_a_token) return {};
  Reader reader(facts.body);
  if (!reader.read(facts.endpoint)) return {};
  Fingerprint fields = fingerprint(facts);
  if (fields.empty()) return {};
  Hasher<Digest> hasher;
  for (const Field& field : fields) {
    hasher.add(field.name);
    hasher.add(std::string_view("\0", 1));
    if (!is_users(field.name, reader.users())) hasher.add(view_of(field.digest));
  }
  hasher.add(reader.rest());
  return Question{std::move(reader.words()), hasher.finish()};
}

}  // namespace pk::cache
