// What the decoders of all dialects do alike: garbage, errors that come with status 200, and streams that
// stop before their end are told to the client in OpenAI's form, once, and nothing follows them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/sse.h"
#include "provider/dialect.h"
#include "provider/json_view.h"

namespace pk::provider {

// Of a stream that turns out to be none, at most this much is kept, to say what it was.
inline constexpr std::size_t k_stream_head_bytes_max = 4096;

// Facts whose texts are its own: a decoder may outlive what it was made from.
class OwnFacts {
 public:
  explicit OwnFacts(const AnswerFacts& facts);
  // Views into this object.
  AnswerFacts view() const;

 private:
  AnswerFacts m_facts;
  std::string m_provider;
  std::string m_model;
  std::string m_id;
};

class AnswerDecoder : public Decoder {
 public:
  // An error body where the upstream's is no JSON object, carries an error, or `translated` makes nothing of
  // it.
  std::string body(std::string_view upstream) final;
  std::string_view broken() const final { return m_broken; }

 protected:
  explicit AnswerDecoder(const AnswerFacts& facts) : m_facts(facts) {}

  // The client's body for a JSON object that carries no error; nothing if it is no answer.
  virtual std::optional<std::string> translated(const JsonView& answer) = 0;

  AnswerFacts facts() const { return m_facts.view(); }
  bool is_broken() const { return !m_broken.empty(); }
  // From here on the answer is broken; gives the error body. The upstream's own error, or our words.
  std::string upstream_error(std::string_view json);
  std::string unreadable(std::string_view why);
  // The same as events of a stream; nothing where one went before.
  void upstream_error(std::string_view json, std::string& out);
  void unreadable(std::string_view why, std::string& out);
  // The stream ended before the answer did.
  void cut_off(std::string& out) { unreadable("the stream ended before the answer did", out); }

 private:
  const OwnFacts m_facts;
  std::string m_broken;
};

// A dialect whose streams are server-sent events with a JSON object each.
class SseDecoder : public AnswerDecoder {
 public:
  void feed(std::string_view bytes, std::string& out) final;
  void finish(std::string& out) final;

 protected:
  explicit SseDecoder(const AnswerFacts& facts) : AnswerDecoder(facts) {}

  // The data of one event: a JSON object without an `error` member.
  virtual void event(const JsonView& data, std::string& out) = 0;
  // The stream is over and nothing was wrong: what is still owed, end mark included. False, and nothing, if
  // the answer was not at its end.
  virtual bool end(std::string& out) = 0;

 private:
  void take(const SseEvent& event, std::string& out);

  SseSplitter m_splitter;
  std::string m_head;  // of the bytes, until the first event
  bool m_any_event = false;
};

// An answer that is never streamed.
class WholeDecoder : public AnswerDecoder {
 public:
  void feed(std::string_view bytes, std::string& out) final;
  void finish(std::string& out) final;

 protected:
  explicit WholeDecoder(const AnswerFacts& facts) : AnswerDecoder(facts) {}
};

}  // namespace pk::provider
