// Words to a vector without a model: hashed words and runs of letters, as near as spelling goes. Texts that
// share words are near, whatever they mean, which is what guards are for. The same everywhere and for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pk::test {

class NgramEmbedder {
 public:
  explicit NgramEmbedder(std::size_t dimensions = 512) : m_dimensions(dimensions) {}

  std::vector<float> embed(std::string_view text) const {
    std::vector<float> vector(m_dimensions);
    std::string word;
    const auto end_word = [&] {
      if (!word.empty()) add_word(vector, word);
      word.clear();
    };
    for (const char c : text) {
      const auto u = static_cast<unsigned char>(c);
      const bool part = u >= 0x80 || (u >= '0' && u <= '9') || ((u | 0x20) >= 'a' && (u | 0x20) <= 'z');
      if (part)
        word += static_cast<char>(u >= 'A' && u <= 'Z' ? u + 32 : u);
      else
        end_word();
    }
    end_word();
    return vector;
  }

 private:
  static constexpr std::size_t k_run = 3;

  void add_word(std::vector<float>& vector, const std::string& word) const {
    static const std::string_view everyday =
        " the a an is are was be to of in on for and or do does did i you me my it can could how what which "
        "please would ";
    const bool light = everyday.find(" " + word + " ") != std::string_view::npos;
    add(vector, "w" + word, light ? 0.25f : 2.0f);
    const std::string marked = "<" + word + ">";
    for (std::size_t i = 0; !light && i + k_run <= marked.size(); ++i)
      add(vector, marked.substr(i, k_run), 0.7f);
  }

  void add(std::vector<float>& vector, std::string_view feature, float weight) const {
    std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
    for (const char c : feature) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    hash ^= hash >> 29;
    vector[hash % m_dimensions] += (hash >> 60 & 1) != 0 ? weight : -weight;
  }

  std::size_t m_dimensions;
};

}  // namespace pk::test
