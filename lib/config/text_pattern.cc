#include "config/text_pattern.h"

#include <re2/re2.h>

#include <string>

namespace pk::config {

namespace {

re2::StringPiece piece_of(std::string_view text) {
  return {text.data(), text.size()};
}

std::shared_ptr<const re2::RE2> make(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return std::make_shared<const re2::RE2>(piece_of(pattern), options);
}

}  // namespace

Result<TextPattern> TextPattern::compile(std::string_view pattern) {
  if (pattern.empty()) return Error{Errc::invalid, "it is empty"};
  if (pattern.size() > k_text_pattern_bytes_max)
    return Error{Errc::invalid, "it is longer than " + std::to_string(k_text_pattern_bytes_max) + " bytes"};
  auto re = make(pattern);
  if (!re->ok()) return Error{Errc::invalid, re->error()};
  if (re2::RE2::FullMatch("", *re))
    return Error{Errc::invalid, "it finds the empty text, which is everywhere"};
  return TextPattern(std::move(re));
}

TextPattern TextPattern::literal(std::string_view text) {
  return TextPattern(make(re2::RE2::QuoteMeta(piece_of(text))));
}

std::optional<std::pair<std::size_t, std::size_t>> TextPattern::find(std::string_view text,
                                                                     std::size_t from) const {
  re2::StringPiece found;
  while (from <= text.size()) {
    if (!m_re->Match(piece_of(text), from, text.size(), re2::RE2::UNANCHORED, &found, 1)) return {};
    const auto begin = static_cast<std::size_t>(found.data() - text.data());
    if (!found.empty()) return std::pair{begin, begin + found.size()};
    from = begin + 1;
  }
  return {};
}

}  // namespace pk::config
