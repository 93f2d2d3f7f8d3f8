#include "query/row_screen.h"

#include <algorithm>

#include "query/filter_words.h"
#include "store/wire.h"

namespace pk::query {

namespace {

// What a row must have for the term to hold; "": that cannot be said.
std::string_view text_of(const Term& term) {
  switch (term.field) {
    case Field::user:
    case Field::model:
    case Field::provider:
      return term.text.find('*') == std::string::npos ? std::string_view(term.text) : std::string_view();
    case Field::config_id:
    case Field::prompt_id:
    case Field::virtual_key:
      return term.text;
    case Field::metadata:
      return metadata_value(term);
    default:
      return {};
  }
}

}  // namespace

RowScreen::RowScreen(const Filter& filter) {
  for (const Term& term : filter.terms) {
    const auto alike = [&](const Term& other) { return same_group(term, other); };
    const std::string_view text = text_of(term);
    // Of several of a group one is enough.
    if (text.empty() || std::ranges::count_if(filter.terms, alike) != 1) continue;
    store::append_text(m_texts.emplace_back(), text);
  }
}

bool RowScreen::may_match(std::string_view row) const {
  return std::ranges::all_of(m_texts, [&](const std::string& text) { return row.find(text) != row.npos; });
}

}  // namespace pk::query
