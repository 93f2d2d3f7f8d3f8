// Small helpers of tidy.cc and tidy_pages.cc: text in, words out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/tidy.h"

namespace pk::tidy {

std::vector<std::string> lines_of(std::string_view text);
// The first group of each match of `form` in `text`.
Words all_of(std::string_view text, const char* form);
// Whether `word` stands in `text` as a word of its own.
bool names_word(std::string_view text, const std::string& word);
// The text of a file, "" if it is not there.
const std::string& text_of(const Tree& tree, std::string_view path);
std::string first_word(std::string_view command);

}  // namespace pk::tidy
