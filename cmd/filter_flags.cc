#include "filter_flags.h"

#include <fmt/format.h>

#include <cctype>

#include "cli11.h"
#include "command.h"

namespace pk::cmd {

namespace {

Result<void> add_texts(query::Filter& filter, std::span<const std::string> texts, std::int64_t now_ms) {
  for (const std::string& text : texts) {
    PK_ASSIGN(const query::Filter more, query::parse_text(text, now_ms));
    filter.terms.insert(filter.terms.end(), more.terms.begin(), more.terms.end());
  }
  return {};
}

// What is wrong with a term may name it already, as in a text.
Error at_flag(Error error, const std::string& name) {
  if (error.message.starts_with(name + ": ")) {
    error.message.insert(0, "--");
    return error;
  }
  return std::move(error).within("--" + name);
}

}  // namespace

void add_filter_flags(CLI::App& command, const Context& context, FilterFlags& flags) {
  command.add_option("--where", flags.where, "A filter as text")
      ->type_name("FILTER")
      ->allow_extra_args(false);
  for (const query::TermInfo& term : query::terms()) {
    const std::string name(term.name);
    if (!may_give(context, "--" + name)) continue;
    std::string help(term.help);
    help[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(help[0])));
    std::vector<std::string>& values = flags.terms[name];
    if (term.argument.empty())
      command.add_flag("--" + name + "{true}", values, help)->group("Filters");
    else
      command.add_option("--" + name, values, help)
          ->type_name(std::string(term.argument))
          ->allow_extra_args(false)
          ->group("Filters");
  }
}

Result<query::Filter> read_filter(const FilterFlags& flags, std::span<const std::string> texts,
                                  std::int64_t now_ms) {
  query::Filter filter;
  for (const auto& [name, values] : flags.terms)
    for (const std::string& value : values)
      if (auto added = query::add(filter, name, value, now_ms); !added)
        return at_flag(std::move(added).error(), name);
  PK_TRY(add_texts(filter, texts, now_ms));
  PK_TRY(add_texts(filter, flags.where, now_ms));
  if (filter.terms.size() > query::k_terms_max)
    return Error{Errc::invalid, fmt::format("a filter has at most {} terms", query::k_terms_max)};
  return filter;
}

}  // namespace pk::cmd
