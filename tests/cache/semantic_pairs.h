// Pairs of questions, and whether the answer to one may be given to the other: semantic_pairs.tsv.
#pragma once

#include <fstream>
#include <string>
#include <vector>

namespace pk::test {

struct SemanticPair {
  bool match = false;
  std::string kind;  // "paraphrase", "numbers" …
  std::string a, b;
};

// Lines "match<TAB>kind<TAB>text<TAB>text" and "differ…"; "#" begins a remark; "\n" is a new line.
inline std::vector<SemanticPair> semantic_pairs(const std::string& file) {
  std::vector<SemanticPair> pairs;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> fields(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\t')
        fields.emplace_back();
      else if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == 'n')
        fields.back() += '\n', ++i;
      else
        fields.back() += line[i];
    }
    if (fields.size() != 4) return {};
    pairs.push_back({fields[0] == "match", fields[1], fields[2], fields[3]});
  }
  return pairs;
}

}  // namespace pk::test
