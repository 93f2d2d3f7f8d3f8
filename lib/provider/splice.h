// A text with stretches of it replaced, from front to back: every byte that is not cut stays as it was.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace pk::provider {

// Lives as long as one edit. The text must outlive it.
class TextSplice {
 public:
  // `room` is how many bytes more than the text the result is likely to have.
  explicit TextSplice(std::string_view text, std::size_t room = 0) : m_text(text) {
    m_out.reserve(text.size() + room);
  }

  // Leaves the bytes from `begin` to `end` out; what is to stand there is appended to what it returns.
  // `begin` is not before the end of the last cut.
  std::string& cut(std::size_t begin, std::size_t end) {
    PK_ASSERT(m_copied <= begin && begin <= end && end <= m_text.size());
    m_out.append(m_text, m_copied, begin - m_copied);
    m_copied = end;
    return m_out;
  }

  // The result. The splice is used up.
  std::string finish() {
    cut(m_text.size(), m_text.size());
    return std::move(m_out);
  }

 private:
  std::string_view m_text;
  std::size_t m_copied = 0;
  std::string m_out;
};

// Takes elements out of one JSON object or array, each with the comma that is too many then. Told of every
// element in order, at its offsets in the text: of an object's member, from its key to the end of its value.
class ElementCut {
 public:
  explicit ElementCut(TextSplice& splice) : m_splice(splice) {}

  // Before anything in the element is cut.
  void keep(std::size_t begin) {
    if (m_lead) m_splice.cut(*m_lead, begin);
    m_lead.reset();
    m_kept = true;
  }
  void drop(std::size_t begin, std::size_t end) {
    if (m_kept)
      m_splice.cut(m_end, end);
    else if (!m_lead)
      m_lead = begin;
    m_end = end;
  }
  // A kept element ends.
  void kept_to(std::size_t end) { m_end = end; }
  // The container ends.
  void close() {
    if (m_lead) m_splice.cut(*m_lead, m_end);
    m_lead.reset();
  }

 private:
  TextSplice& m_splice;
  // While all elements so far were dropped: where they begin. They go up to the first that stays, whose
  // comma is the one after it.
  std::optional<std::size_t> m_lead;
  std::size_t m_end = 0;  // of the last element
  bool m_kept = false;
};

}  // namespace pk::provider
