// pk key: the API keys of pk itself. One is shown when it is made, and never again.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "output.h"
#include "provider/table.h"
#include "saved_command.h"
#include "saved_facts.h"
#include "store/saved_api_keys.h"

namespace pk::cmd {

namespace {

struct Flags {
  std::string name;
  std::vector<std::string> scopes = {"proxy"};
  std::string default_config;
  std::string default_provider;
  bool untracked = false;
};

Result<std::uint8_t> read_scopes(const std::vector<std::string>& lists) {
  std::uint8_t scopes = 0;
  for (const std::string& list : lists)
    for (const std::string_view slug : split_list(list)) {
      const auto scope = config::scope_of(slug);
      if (!scope)
        return Error{Errc::invalid,
                     fmt::format("--scope: there is no scope '{}'; choose proxy, read or admin",
                                 visible(slug, false))};
      scopes |= static_cast<std::uint8_t>(*scope);
    }
  if (scopes == 0) return Error{Errc::invalid, "--scope: name proxy, read or admin"};
  return scopes;
}

Result<config::ApiKey> read_key(const Flags& flags) {
  PK_TRY(store::check_saved_name(store::SavedKind::api_key, flags.name));
  const std::string& slug = flags.default_provider;
  if (!slug.empty() && !slug.starts_with('@') && !provider::find(slug))
    return Error{Errc::invalid,
                 fmt::format("--default-provider: there is no provider '{}'; a virtual key is @NAME",
                             visible(slug, false))};
  config::ApiKey key;
  key.name = flags.name;
  PK_ASSIGN(key.scopes, read_scopes(flags.scopes));
  key.default_config = flags.default_config;
  key.default_provider = flags.default_provider;
  key.debug = !flags.untracked;
  return key;
}

Result<Exit> add(const Context& context, const Flags& flags) {
  PK_ASSIGN(const config::ApiKey wanted, read_key(flags));
  return with_ledger(context, Access::create, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    PK_ASSIGN(const auto made, store::add_api_key(*env, wanted, SystemClock().wall_ms()));
    if (!made) {
      complain(fmt::format("there is an API key '{}' already; pk key rm removes it", flags.name));
      return Exit::failed;
    }
    Output out(Output::Paging::never);
    out.write(std::string(made->secret.reveal()) + "\n");
    if (Result<void> printed = out.finish(); !printed) {  // nobody has seen it: it would be a key without use
      PK_TRY(store::remove_api_keys(*env, std::span(&made->id, 1)));
      return std::move(printed).error();
    }
    std::cerr << fmt::format("this key is not shown again; its id is {}\n", made->id);
    if (made->first) std::cerr << "from now on the server wants a key with each request\n";
    return Exit::done;
  });
}

Result<store::SavedList<FactRow>> list(const store::Env& env) {
  const std::int64_t now_ms = SystemClock().wall_ms();
  return fact_rows(store::list_api_keys(env),
                   [&](const store::StoredApiKey& key) { return facts_of(key, Detail::list, now_ms); });
}

Result<std::optional<std::vector<Fact>>> show(const store::Env& env, const std::string& text) {
  PK_ASSIGN(const auto key, store::find_api_key(env, text));
  if (!key) return std::optional<std::vector<Fact>>{};
  return std::optional(facts_of(*key, Detail::show, SystemClock().wall_ms()));
}

Result<std::string> remove(store::Env& env, std::span<const std::string> ids) {
  PK_ASSIGN(const std::uint64_t left, store::remove_api_keys(env, ids));
  return std::string(left > 0 ? "" : "no API key is left: on loopback the server wants none any more");
}

void add_adder(CLI::App& group, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = group.add_subcommand("add", "Make an API key, and print it this once");
  command->add_option("NAME", flags->name, "Its name")->required()->type_name("");
  command->add_option("--scope", flags->scopes, "What it may do: proxy (the default), read, admin")
      ->type_name("SCOPE,...")
      ->allow_extra_args(false);
  command->add_option("--default-config", flags->default_config, "Config of requests that name none")
      ->type_name("ID");
  command->add_option("--default-provider", flags->default_provider, "Provider of requests that name none")
      ->type_name("SLUG");
  command->add_flag("--no-debug", flags->untracked, "Requests with it are not tracked");
  command->callback([&context, flags] { context.run = [&context, flags] { return add(context, *flags); }; });
}

}  // namespace

void add_key(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("key", "Make and remove API keys of this gateway");
  group->require_subcommand(1, 1);
  add_adder(*group, context);
  add_saved_commands(*group, context,
                     {store::SavedKind::api_key, "ID", key_columns(), list, show, {}, remove});
}

}  // namespace pk::cmd
