#include "support/tidy_text.h"

#include <regex>
#include <sstream>

namespace pk::tidy {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Words all_of(std::string_view text, const char* form) {
  const std::string whole(text);
  const std::regex regex(form);
  Words words;
  for (std::sregex_iterator it(whole.begin(), whole.end(), regex), end; it != end; ++it)
    words.insert((*it)[1]);
  return words;
}

bool names_word(std::string_view text, const std::string& word) {
  const std::regex form("(^|[^A-Za-z0-9_-])" + word + "($|[^A-Za-z0-9_-])");
  return std::regex_search(std::string(text), form);
}

const std::string& text_of(const Tree& tree, std::string_view path) {
  static const std::string none;
  const auto it = tree.find(path);
  return it == tree.end() ? none : it->second;
}

std::string first_word(std::string_view command) {
  return std::string(command.substr(0, command.find(' ')));
}

}  // namespace pk::tidy
