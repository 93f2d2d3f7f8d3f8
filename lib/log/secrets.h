// How a secret is shown, and how one that was seen on a request is found again in what came back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "log/record.h"

namespace pk::log {

inline constexpr std::size_t k_masked_whole_below = 16;  // shorter secrets show nothing of themselves
inline constexpr std::size_t k_secret_bytes_min =
    8;  // shorter ones are not looked for: they would hit common words
inline constexpr std::size_t k_secrets_max = 256;  // of one request, each with its spellings

// "sk********789": the first 2 and the last 3 characters; "********" for one under 16 characters, or where
// those five would not be plain letters, digits or one of "-_.+/=" (so that a mask fits into JSON, a URL and
// UTF-8 wherever it lands).
std::string mask(std::string_view secret);
// Whether a mask stands in the text.
bool is_masked(std::string_view text);

// The raw secrets of one exchange. Lives with the exchange on its thread; never stored, never printed.
class Secrets {
 public:
  Secrets() = default;
  Secrets(Secrets&&) = default;
  Secrets& operator=(Secrets&&) = default;

  // Also looked for from now on, as it is and as JSON and URLs spell it. Too short or known ones are passed
  // over.
  void add(std::string_view secret);
  void add(const Secrets& more);
  bool empty() const { return m_spellings.empty(); }

  // Each secret in `text` becomes its mask. Nothing is allocated where none is found. Had the request more
  // secrets than k_secrets_max, the whole text is withheld.
  void scrub_in_place(std::string& text) const;
  std::string scrub(std::string_view text) const;
  // The values of all headers.
  void scrub_in_place(Headers& headers) const;

 private:
  void insert(std::string spelling);

  std::vector<std::string>
      m_spellings;  // longest first, so that a secret within another does not break it up
  bool m_overflowed = false;
};

}  // namespace pk::log
