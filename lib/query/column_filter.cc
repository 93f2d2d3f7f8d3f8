#include "query/column_filter.h"

#include <algorithm>
#include <utility>

#include "query/column_term.h"
#include "query/filter_words.h"

namespace pk::query {

using store::BlockMask;

ColumnFilter::ColumnFilter(const Filter& filter) : m_screen(filter) {
  for (const Term& term : filter.terms) {
    const auto group = std::ranges::find_if(
        m_groups, [&](const Group& other) { return same_group(*other.terms.front(), term); });
    if (group == m_groups.end())
      m_groups.push_back({{&term}});
    else
      group->terms.push_back(&term);
  }
}

Result<ColumnFilter> ColumnFilter::prepare(const Filter& filter, const store::LogReader& reader) {
  ColumnFilter prepared(filter);
  if (std::ranges::any_of(filter.terms, [](const Term& term) { return term.field == Field::feedback; })) {
    PK_ASSIGN(store::FeedbackTotals feedback, reader.feedback_totals());
    prepared.m_feedback = std::move(feedback);
  }
  return prepared;
}

// Of one group, into m_any.
ColumnFilter::Verdict ColumnFilter::ask(const Group& group, const store::Block& block, bool& exact) {
  Verdict verdict = Verdict::none;
  for (const Term* term : group.terms) {
    m_one.set_all(block.size(), false);
    switch (evaluate(*term, block, m_feedback ? &*m_feedback : nullptr, m_one, exact)) {
      case TermSays::cannot:
        return Verdict::cannot;
      case TermSays::all:
        return Verdict::all;
      case TermSays::none:
        break;
      case TermSays::each:
        if (verdict == Verdict::none)
          std::swap(m_any, m_one);
        else
          m_any.add(m_one);
        verdict = Verdict::some;
    }
  }
  return verdict;
}

ColumnFilter::Says ColumnFilter::apply(const store::Block& block, BlockMask& mask) {
  bool exact = true;
  for (const Group& group : m_groups) {
    switch (ask(group, block, exact)) {
      case Verdict::cannot:
        return Says::cannot;
      case Verdict::none:
        mask.clear();
        return Says::decided;
      case Verdict::all:
        break;
      case Verdict::some:
        mask.keep(m_any);
    }
  }
  return exact ? Says::decided : Says::candidates;
}

}  // namespace pk::query
