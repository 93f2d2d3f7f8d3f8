// Renders the mustache texts of one prompt with kainjow. Each text is walked here first, with the same
// variables: what that would print, the work it takes and the partials it leads to are known and bounded
// before kainjow begins. One thread; lives for one call.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "prompt/mustache.h"
#include "prompt/partial.h"
#include "prompt/values.h"

namespace pk::prompt {

// Of all texts of one prompt: bytes printed, and so many for each tag that is come by and for each byte of a
// partial that is read.
inline constexpr std::size_t k_render_bytes_max = 16'000'000;
inline constexpr std::size_t k_render_deep_max = 64;  // sections and partials in one another
inline constexpr std::size_t k_missing_max = 64;      // names of missing variables that are told

class Renderer final : private kainjow::mustache::basic_context<std::string> {
 public:
  // Both outlive it.
  Renderer(Values& values, const FindPartial& find_partial)
      : m_values(values), m_find_partial(find_partial), m_scopes(values.root()) {}
  ~Renderer() override = default;

  // What a text comes to; "" once there is something in missing(). invalid for what is wrong with the text or
  // one of its partials, a loop of partials too; not_found for a partial that is not there; limit.
  Result<std::string> render(std::string_view text);

  // Names of plain variables that there was no value for, each once, at most k_missing_max.
  const std::vector<std::string>& missing() const { return m_missing; }

 private:
  struct Loaded {
    std::string key;
    Mustache mustache;
    Data source;
  };

  // The walk that comes first.
  Result<void> walk(const std::vector<Piece>& pieces, std::size_t depth);
  Result<void> walk(const Piece& piece, std::size_t depth);
  Result<void> walk_section(const Piece& piece, std::size_t depth);
  Result<void> walk_partial(std::string_view reference, std::size_t depth);
  Result<void> walk_in(const Data* item, const Piece& piece, std::size_t depth);
  Result<void> count(std::size_t bytes);
  Result<const Loaded*> load(std::string_view reference);
  void miss(const std::string& name);

  // kainjow's side.
  void push(const Data* item) override { m_scopes.push(item); }
  void pop() override { m_scopes.pop(); }
  const Data* get(const std::string& name) const override;
  const Data* get_partial(const std::string& name) const override;

  Values& m_values;
  const FindPartial& m_find_partial;
  Scopes m_scopes;
  std::map<std::string, std::unique_ptr<Loaded>, std::less<>> m_partials;  // by reference
  std::vector<std::string_view> m_inside;                                  // keys of the partials walked now
  std::vector<std::string> m_missing;
  std::size_t m_bytes = 0;
};

// Whether every partial that a text and its partials name is there, can be read, and leads to no loop; `self`
// is the key of the text where it is a partial itself, else "".
Result<void> check_partials(std::string_view text, std::string_view self, const FindPartial& find_partial);

}  // namespace pk::prompt
