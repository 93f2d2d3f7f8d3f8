// Runs a fuzz target without libFuzzer: every file of the corpus folders given, then `-runs=N` inputs made
// from them by a seeded generator (`-seed=N`), so that a failure is the same failure the next time. The input
// that broke the target is left in `crash-input-<target>` of the working folder.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/text.h"
#include "fuzz.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_input_bytes_max = 64 * 1024;
constexpr std::uint64_t k_edits_max = 8;

// Pieces of the grammars under test: without them random edits rarely get past the first check.
constexpr std::string_view k_words[] = {"\r\n",
                                        "\n\n",
                                        "data: ",
                                        ":",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        "\"",
                                        ",",
                                        "\\u0000",
                                        "\\ud800",
                                        "null",
                                        "true",
                                        "1e999",
                                        "-0",
                                        "9223372036854775808",
                                        "0",
                                        "\xff",
                                        "\xc0\xaf",
                                        "HTTP/1.1",
                                        "Host: a\r\n",
                                        "Content-Length: 5\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "0\r\n\r\n",
                                        "cost>=",
                                        "tokens<=",
                                        "since:2h",
                                        "status:",
                                        "metadata:a=b",
                                        "\"usage\":",
                                        "\"choices\":",
                                        "event: ",
                                        "id: ",
                                        "[DONE]",
                                        "*"};

class Mutator {
 public:
  Mutator(std::vector<std::string> corpus, std::uint64_t seed) : m_corpus(std::move(corpus)), m_rng(seed) {}

  std::string next() {
    std::string input = m_corpus[below(m_corpus.size())];
    for (std::uint64_t edits = below(k_edits_max) + 1; edits > 0; --edits) edit(input);
    if (input.size() > k_input_bytes_max) input.resize(k_input_bytes_max);
    return input;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(m_rng.next() % bound); }

  void edit(std::string& input) {
    const std::size_t place = below(input.size() + 1);
    const std::size_t length = std::min(below(16) + 1, input.size() - place);
    switch (below(7)) {
      case 0:
        input.insert(place, k_words[below(std::size(k_words))]);
        break;
      case 1:
        input.insert(place, 1, static_cast<char>(below(256)));
        break;
      case 2:
        input.erase(place, length);
        break;
      case 3:
        if (place < input.size()) input[place] = static_cast<char>(below(256));
        break;
      case 4:
        if (place < input.size()) input[place] = static_cast<char>(input[place] ^ (1 << below(8)));
        break;
      case 5:
        input.insert(below(input.size() + 1), input.substr(place, length));
        break;
      case 6:
        splice(input, place);
        break;
    }
  }

  void splice(std::string& input, std::size_t place) {
    const std::string& other = m_corpus[below(m_corpus.size())];
    input = input.substr(0, place) + other.substr(below(other.size() + 1));
  }

  std::vector<std::string> m_corpus;
  pk::Rng m_rng;
};

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

// In the order of their names, so that the same inputs are made from them on every machine.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// The input at work, in a mapped file: it is there however the process ends, and costs no write per input.
class CurrentInput {
 public:
  explicit CurrentInput(std::string file)
      : m_file(std::move(file)), m_fd(open(m_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    void* mapped = mmap(nullptr, k_input_bytes_max, PROT_READ | PROT_WRITE, MAP_SHARED, m_fd, 0);
    if (m_fd < 0 || mapped == MAP_FAILED) std::exit(2);
    m_bytes = static_cast<char*>(mapped);
  }
  ~CurrentInput() {
    munmap(m_bytes, k_input_bytes_max);
    close(m_fd);
    fs::remove(m_file);
  }
  void set(std::string_view input) {
    if (ftruncate(m_fd, static_cast<off_t>(input.size())) != 0) std::exit(2);
    std::copy(input.begin(), input.end(), m_bytes);
  }

 private:
  std::string m_file;
  int m_fd;
  char* m_bytes = nullptr;
};

void run(CurrentInput& current, std::string_view input) {
  input = input.substr(0, k_input_bytes_max);
  current.set(input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 0, seed = 1;
  std::vector<std::string> corpus{""};
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("-runs="))
      runs = pk::parse_uint(argument.substr(6)).value_or(0);
    else if (argument.starts_with("-seed="))
      seed = pk::parse_uint(argument.substr(6)).value_or(1);
    else if (fs::is_directory(argument)) {
      for (const fs::path& file : files_of(argument)) corpus.push_back(read_file(file));
    } else
      corpus.push_back(read_file(argument));
  }
  CurrentInput current("crash-input-" + fs::path(argv[0]).filename().string());
  for (const std::string& input : corpus) run(current, input);
  Mutator mutator(corpus, seed);
  for (std::uint64_t i = 0; i < runs; ++i) run(current, mutator.next());
  std::cout << corpus.size() << " files and " << runs << " made inputs, seed " << seed << "\n";
}
