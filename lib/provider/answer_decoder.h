// What the decoders of all dialects do alike: garbage, errors that come with status 200, and streams that
// stop before their end are told to the client in its form, once, and nothing follows them.
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
  OwnFacts(const OwnFacts&) = delete;
  OwnFacts& operator=(const OwnFacts&) = delete;
  const AnswerFacts& view() const { return m_facts; }

 private:
  const std::string m_provider;
  const std::string m_model;
  const std::string m_id;
  AnswerFacts m_facts;  // into the strings above
};

// How a dialect says that what came is none of its form, for the client and the log. "" for the words that
// fit all.
struct AnswerWords {
  std::string_view no_answer;  // a body that is no answer
  std::string_view no_event;   // an event of a stream that is none of its events
  std::string_view cut_off;    // a stream that stopped before its end
};

class AnswerDecoder : public Decoder {
 public:
  // An error body where the upstream's is no JSON object, carries an error, or `translated` makes nothing of
  // it.
  std::string body(std::string_view upstream) final;
  std::string_view broken() const final { return m_broken; }

 protected:
  explicit AnswerDecoder(const AnswerFacts& facts, const AnswerWords& words = {})
      : m_facts(facts), m_words(words) {}

  // The client's body for a JSON object that carries no error; nothing if it is no answer.
  virtual std::optional<std::string> translated(const JsonView& answer) = 0;

  // The forms of errors: OpenAI's, unless a decoder overrides all three. The upstream's own, given as JSON;
  // one in our words; and a body as an event.
  virtual std::string error_body(std::string_view json) const;
  virtual std::string error_body_of(std::string_view why) const;
  virtual void append_error_event(std::string_view body, std::string& out) const;

  const AnswerFacts& facts() const { return m_facts.view(); }
  const AnswerWords& words() const { return m_words; }

  // Foreign text as one JSON value: bytes that are no UTF-8 are repaired, and in an event line ends between
  // its tokens, since parts of it go into one line. Valid until the next call.
  JsonView document(std::string_view text);
  JsonView event_document(std::string_view text);

  // A stream's end, or an error in it, has been told: nothing may follow.
  bool is_over() const { return m_over; }
  void set_over() { m_over = true; }
  // From here on the answer is broken, and its stream over: the upstream's own error, or our words. Nothing
  // where it is over already.
  void upstream_error(std::string_view json, std::string& out);
  void unreadable(std::string_view why, std::string& out);
  // The stream ended before the answer did.
  void cut_off(std::string& out);

 private:
  std::string upstream_error(std::string_view json);
  std::string unreadable(std::string_view why);

  const OwnFacts m_facts;
  const AnswerWords m_words;
  std::string m_repaired;
  std::string m_line;
  std::string m_broken;
  bool m_over = false;
};

// A dialect whose streams are server-sent events with a JSON object each.
class SseDecoder : public AnswerDecoder {
 public:
  void feed(std::string_view bytes, std::string& out) final;
  void finish(std::string& out) final;

 protected:
  explicit SseDecoder(const AnswerFacts& facts, const AnswerWords& words = {})
      : AnswerDecoder(facts, words) {}

  // The data of one event: a JSON object without an `error` member.
  virtual void event(const JsonView& data, std::string& out) = 0;
  // OpenAI's end mark; for most it says nothing.
  virtual void end_mark(std::string&) {}
  // The stream is over and nothing was wrong: what is still owed, end mark included. False if the answer was
  // not at its end.
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
