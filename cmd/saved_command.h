// list, show, rm and edit, which are alike for all that is saved: `pk config`, `pk prompt`, `pk provider`,
// `pk key`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "command.h"
#include "listing.h"
#include "store/env.h"
#include "store/saved_table.h"

namespace pk::cmd {

struct SavedCommand {
  store::SavedKind kind;
  std::string_view argument;  // "ID": what stands for one of them in the help
  std::span<const ListColumn> columns;
  std::function<Result<store::SavedList<FactRow>>(const store::Env& env)> list;
  // Nothing if there is none; the text as given on the command line.
  std::function<Result<std::optional<std::vector<Fact>>>(const store::Env& env, const std::string& text)>
      show;
  // Where set, rm has --force: unauthorized, naming the users, if one of those to be removed is still in use.
  std::function<Result<void>(const Context& context, const store::Env& env,
                             std::span<const std::string> texts)>
      check_unused;
  // Returns a remark for stderr, or "".
  std::function<Result<std::string>(store::Env& env, std::span<const std::string> texts)> remove;
};

// The three commands under `group`.
void add_saved_commands(CLI::App& group, Context& context, const SavedCommand& saved);

// `unused`, or what it is told of one that is in use where nothing forces it: "nothing was removed: …".
Result<void> refuse_used(Result<void> unused, bool force, std::string_view nothing_done);

// What an editor is given, and who takes what it leaves.
struct SavedText {
  std::string text;
  std::string file_name;  // of the draft
  std::size_t bytes_max = 0;
  std::function<Result<void>(const std::string& after)> save;
};
// `edit ID` under `group`. `find`: not_found if there is none.
void add_saved_edit(CLI::App& group, Context& context, store::SavedKind kind, const std::string& help,
                    std::function<Result<SavedText>(const store::Env& env, const std::string& id)> find);

// The ledger of `context`, to change what is there: not_found, as of `text`, if there is none yet.
Result<Exit> with_saved(const Context& context, store::SavedKind kind, const std::string& text,
                        const std::function<Result<Exit>(store::Env& env)>& work);

// Each row as facts of a list.
template <class T, class FactsOf>
Result<store::SavedList<FactRow>> fact_rows(Result<store::SavedList<T>> list, FactsOf facts_of_one) {
  if (!list) return std::move(list).error();
  store::SavedList<FactRow> rows;
  rows.damage = std::move(list->damage);
  for (const T& one : list->entries) rows.entries.push_back(facts_of_one(one));
  return rows;
}

}  // namespace pk::cmd
