#include "prompt/renderer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace pk::prompt {

namespace {

using Kind = Piece::Kind;

constexpr std::size_t k_tag_cost_bytes = 16;

bool is_false(const Data* data) {
  return !data || data->is_false() || data->is_empty_list();
}

Error loop_of(const std::vector<std::string_view>& inside, std::string_view key) {
  std::string way;
  for (auto at = std::find(inside.begin(), inside.end(), key); at != inside.end(); ++at)
    way.append(visible(*at, false)).append(" → ");
  return {Errc::invalid, fmt::format("partials lead in a loop: {}{}", way, visible(key, false))};
}

Error too_deep() {
  return {Errc::limit,
          fmt::format("sections and partials stand in one another more than {} deep", k_render_deep_max)};
}

Result<Mustache> read_partial(const Partial& partial) {
  Result<Mustache> mustache = read_mustache(partial.text);
  if (!mustache) return std::move(mustache).error().within("partial " + visible(partial.key, false));
  return mustache;
}

// Lives for one check.
class PartialCheck {
 public:
  explicit PartialCheck(const FindPartial& find_partial) : m_find_partial(find_partial) {}

  Result<void> enter(const std::string& key, const Mustache& mustache) {
    if (m_inside.size() == k_render_deep_max) return too_deep();
    m_inside.push_back(key);
    for (const std::string& reference : partials_named(mustache)) PK_TRY(follow(reference));
    m_inside.pop_back();
    return {};
  }

 private:
  Result<void> follow(const std::string& reference) {
    PK_ASSIGN(const Partial partial, m_find_partial(reference));
    if (std::find(m_inside.begin(), m_inside.end(), partial.key) != m_inside.end())
      return loop_of(m_inside, partial.key);
    if (!m_checked.insert(partial.key).second) return {};
    PK_ASSIGN(const Mustache mustache, read_partial(partial));
    return enter(partial.key, mustache);
  }

  const FindPartial& m_find_partial;
  std::vector<std::string_view> m_inside;
  std::set<std::string> m_checked;
};

}  // namespace

Result<std::string> Renderer::render(std::string_view text) {
  PK_ASSIGN(const Mustache mustache, read_mustache(text));
  PK_TRY(walk(mustache.pieces, 0));
  if (!m_missing.empty()) return std::string();
  kainjow::mustache::mustache reader(mustache.source);
  if (!reader.is_valid()) return Error{Errc::invalid, reader.error_message()};
  std::string rendered = reader.render(static_cast<basic_context<std::string>&>(*this));
  if (!reader.is_valid()) return Error{Errc::invalid, reader.error_message()};
  return rendered;
}

Result<void> Renderer::count(std::size_t bytes) {
  m_bytes += std::min(bytes, k_render_bytes_max + 1);
  if (m_bytes <= k_render_bytes_max) return {};
  return Error{Errc::limit,
               fmt::format("the prompt comes to more than {} MB", k_render_bytes_max / 1'000'000)};
}

Result<void> Renderer::walk(const std::vector<Piece>& pieces, std::size_t depth) {
  if (depth > k_render_deep_max) return too_deep();
  for (const Piece& piece : pieces) PK_TRY(walk(piece, depth));
  return {};
}

Result<void> Renderer::walk(const Piece& piece, std::size_t depth) {
  PK_TRY(count(piece.kind == Kind::text ? piece.bytes : k_tag_cost_bytes));
  if (piece.kind == Kind::text) return {};
  if (piece.kind == Kind::partial) return walk_partial(piece.name, depth);
  if (piece.kind == Kind::section || piece.kind == Kind::inverted) return walk_section(piece, depth);
  const Data* value = m_scopes.find(piece.name);
  if (!value) {
    miss(piece.name);
    return {};
  }
  const Data& printed = m_values.printed(*value);
  if (piece.kind == Kind::named_partial) return walk_partial(printed.string_value(), depth);
  return count(Values::printed_bytes(printed));
}

// As kainjow does it.
Result<void> Renderer::walk_section(const Piece& piece, std::size_t depth) {
  const Data* value = m_scopes.find(piece.name);
  if (is_false(value) != (piece.kind == Kind::inverted)) return {};
  if (!value) return walk(piece.children, depth + 1);
  if (!value->is_non_empty_list()) return walk_in(value, piece, depth);
  for (const Data& item : value->list_value()) {
    PK_TRY(count(k_tag_cost_bytes));
    PK_TRY(walk_in(&item, piece, depth));
  }
  return {};
}

Result<void> Renderer::walk_in(const Data* item, const Piece& piece, std::size_t depth) {
  m_scopes.push(item);
  Result<void> walked = walk(piece.children, depth + 1);
  m_scopes.pop();
  return walked;
}

Result<void> Renderer::walk_partial(std::string_view reference, std::size_t depth) {
  PK_ASSIGN(const Loaded* partial, load(reference));
  if (std::find(m_inside.begin(), m_inside.end(), partial->key) != m_inside.end())
    return loop_of(m_inside, partial->key);
  PK_TRY(count(partial->mustache.source.size()));  // kainjow reads it anew each time
  m_inside.push_back(partial->key);
  Result<void> walked = walk(partial->mustache.pieces, depth + 1);
  m_inside.pop_back();
  return walked;
}

Result<const Renderer::Loaded*> Renderer::load(std::string_view reference) {
  if (const auto found = m_partials.find(reference); found != m_partials.end()) return found->second.get();
  PK_ASSIGN(Partial partial, m_find_partial(reference));
  PK_ASSIGN(Mustache mustache, read_partial(partial));
  auto loaded = std::make_unique<Loaded>(Loaded{std::move(partial.key), std::move(mustache), {}});
  loaded->source = Data(loaded->mustache.source);
  return m_partials.emplace(reference, std::move(loaded)).first->second.get();
}

void Renderer::miss(const std::string& name) {
  const bool told = std::find(m_missing.begin(), m_missing.end(), name) != m_missing.end();
  if (!told && m_missing.size() < k_missing_max) m_missing.push_back(name);
}

const Data* Renderer::get(const std::string& name) const {
  if (!name.starts_with(k_variable_mark)) return m_scopes.find(name);
  const Data* value = m_scopes.find(name.substr(1));
  return value ? &m_values.printed(*value) : nullptr;
}

const Data* Renderer::get_partial(const std::string& name) const {
  std::string_view reference = name;
  if (name.starts_with('>')) {
    const Data* value = m_scopes.find(name.substr(1));
    if (!value) return nullptr;
    reference = m_values.printed(*value).string_value();
  }
  const auto found = m_partials.find(reference);
  return found == m_partials.end() ? nullptr : &found->second->source;
}

Result<void> check_partials(std::string_view text, std::string_view self, const FindPartial& find_partial) {
  PK_ASSIGN(const Mustache mustache, read_mustache(text));
  return PartialCheck(find_partial).enter(std::string(self), mustache);
}

}  // namespace pk::prompt
