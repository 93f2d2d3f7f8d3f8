// pk logs share: links that show one log each, and the same as a file.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "cli11.h"
#include "command.h"
#include "ledger.h"
#include "listing.h"
#include "output.h"
#include "query/run.h"
#include "report.h"
#include "share/link.h"
#include "share/mask.h"
#include "share/page.h"
#include "store/locks.h"
#include "store/reader.h"
#include "store/shares.h"

namespace pk::cmd {

namespace {

constexpr ListColumn k_columns[] = {{"log_id", "LOG", true},
                                    {"hint", "HINT", true},
                                    {"created_at", "SHARED", true},
                                    {"expires_at", "ENDS", true},
                                    {"redact", "REDACTED", true}};

struct Flags {
  std::string id;
  std::string expires{share::k_expires_default};
  std::string file;
  std::string revoke;
  bool redact = false;
  bool list = false;
  bool expires_given = false;
  FormatFlags format;

  bool wants_form() const { return !format.output.empty() || !format.json.empty() || !format.jq.empty(); }
};

Error usage(std::string_view what) {
  return {Errc::invalid, std::string(what)};
}

// What would have no effect is refused, so that nobody believes it had one.
Result<void> check(const Flags& flags) {
  const bool makes = flags.expires_given || flags.redact || !flags.file.empty();
  if (flags.list && !flags.revoke.empty()) return usage("--list and --revoke are two things; give one");
  if (flags.list && makes) return usage("--list takes neither --expires nor --redact nor --file");
  if (!flags.revoke.empty() && (makes || !flags.id.empty() || flags.wants_form()))
    return usage("--revoke takes a token or hint, and nothing else");
  if (!flags.list && flags.revoke.empty() && flags.id.empty())
    return usage("which log? give its id, @latest, or --list for what is shared");
  if (!flags.file.empty() && flags.expires_given)
    return usage("--expires has no effect with --file: a file does not end");
  if (!flags.file.empty() && flags.wants_form())
    return usage("--file prints nothing that -o or --json could form");
  return {};
}

// Nothing: never.
Result<std::optional<std::int64_t>> read_expires(const Flags& flags, std::int64_t now_ms) {
  auto expires = share::parse_expires(flags.expires, now_ms);
  if (!expires) return std::move(expires).error().within("--expires");
  return expires;
}

// public_url, else where the server runs, else where it would.
std::string origin(const Context& context) {
  if (!context.settings.public_url.empty()) return context.settings.public_url;
  if (const auto server = store::is_served(context.data); server && *server)
    if (const auto address = config::parse_listen((*server)->address))
      return share::origin_of(*address, (*server)->tls);
  return share::origin_of(context.settings.listen, !context.settings.tls_cert.empty());
}

Fact time_fact(std::string_view name, const std::optional<std::int64_t>& time, std::int64_t now_ms) {
  if (!time) return {std::string(name), "null", "never"};
  return {std::string(name), json_string(rfc3339(*time)), relative_time(*time, now_ms)};
}

Result<Exit> make_link(const Context& context, const Flags& flags, const std::optional<Report>& report,
                       store::Env& env, const Uuid& id) {
  const std::int64_t now_ms = SystemClock().wall_ms();
  store::Share wanted;
  wanted.log_id = id;
  wanted.created_at = now_ms;
  wanted.redact = flags.redact;
  if (flags.redact) wanted.patterns = context.settings.share_patterns;
  PK_ASSIGN(wanted.expires_at, read_expires(flags, now_ms));
  PK_ASSIGN(const store::MadeShare made, store::add_share(env, wanted));
  const std::string url = share::share_url(origin(context), made.token);
  Result<void> printed;
  if (report) {
    printed = report->print({{"url", json_string(url), url},
                             {"token", json_string(made.token), made.token},
                             {"log_id", json_string(id.text()), id.text()},
                             time_fact("expires_at", wanted.expires_at, now_ms)},
                            context.color);
  } else {
    Output out(Output::Paging::never);
    out.write(url + "\n");
    printed = out.finish();
  }
  // Nobody has seen it: it would be a link that only an attacker could find.
  if (!printed) PK_TRY(store::revoke_share(env, made.token));
  PK_TRY(std::move(printed));
  return Exit::done;
}

Result<void> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error("cannot write it", errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

// Whole or not at all: written beside it first, then put in its place.
Result<void> write_file(const std::string& file, std::string_view text) {
  std::string beside = file + ".XXXXXX";
  const int fd = ::mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) return errno_error(file, errno);
  Result<void> written = write_all(fd, text);
  if (::close(fd) != 0 && written) written = errno_error("cannot write it", errno);
  if (written && std::rename(beside.c_str(), file.c_str()) != 0)
    written = errno_error("cannot put it there", errno);
  if (written) return {};
  ::unlink(beside.c_str());
  return std::move(written).error().within(file);
}

Result<Exit> write_page(const Context& context, const Flags& flags, const log::LogRecord& record) {
  std::string page;
  if (flags.redact) {
    PK_ASSIGN(const share::Mask mask, share::Mask::make(context.settings.share_patterns));
    page = share::page_html(mask.record(record), {true, {}});
  } else {
    page = share::page_html(record, {});
  }
  if (flags.file == "-") {
    Output out(Output::Paging::never);
    out.write(page);
    PK_TRY(out.finish());
    return Exit::done;
  }
  PK_TRY(write_file(flags.file, page));
  std::cerr << fmt::format("wrote {} ({})\n", visible(flags.file, false), human_bytes(page.size()));
  return Exit::done;
}

Error no_log(const std::string& id) {
  return {Errc::not_found, fmt::format("no log has the id '{}'; see pk logs list", visible(id, false))};
}

Result<Exit> share_one(const Context& context, const Flags& flags) {
  std::optional<Report> report;
  if (flags.wants_form()) {
    PK_ASSIGN(report, Report::prepare(flags.format));
  }
  PK_TRY(read_expires(flags, 0));
  const Access access = flags.file.empty() ? Access::change : Access::read;
  return with_ledger(context, access, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    if (!env) return no_log(flags.id);
    const store::LogReader reader(env);
    PK_ASSIGN(const Uuid id, query::resolve_id(reader, flags.id));
    if (flags.file.empty()) return make_link(context, flags, report, *env, id);
    PK_ASSIGN(const auto record, reader.get(id));
    if (!record) return no_log(flags.id);
    return write_page(context, flags, *record);
  });
}

Result<Exit> list(const Context& context, const Flags& flags) {
  PK_ASSIGN(const Listing listing, Listing::prepare(flags.format, k_columns));
  return with_ledger(context, Access::read, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    const std::int64_t now_ms = SystemClock().wall_ms();
    store::SavedList<store::Share> shares;
    if (env) {
      std::optional<Uuid> id;
      if (!flags.id.empty()) {
        PK_ASSIGN(id, query::resolve_id(store::LogReader(env), flags.id));
      }
      PK_ASSIGN(shares, store::list_shares(*env, now_ms, id));
    }
    std::vector<FactRow> rows;
    for (const store::Share& share : shares.entries)
      rows.push_back({{"log_id", json_string(share.log_id.text()), share.log_id.text()},
                      {"hint", json_string(share.hint()), share.hint()},
                      time_fact("created_at", share.created_at, now_ms),
                      time_fact("expires_at", share.expires_at, now_ms),
                      {"redact", share.redact ? "true" : "false", share.redact ? "yes" : "no"}});
    PK_TRY(listing.print(rows, context.color));
    for (const std::string& line : shares.damage) complain(line);
    return shares.damage.empty() ? Exit::done : Exit::failed;
  });
}

Result<Exit> revoke(const Context& context, const Flags& flags) {
  return with_ledger(context, Access::change, [&](std::shared_ptr<store::Env> env) -> Result<Exit> {
    bool revoked = false;
    if (env) {
      PK_ASSIGN(revoked, store::revoke_share(*env, share::token_of(flags.revoke)));
    }
    if (!revoked) return Error{Errc::not_found, "no link has that token or hint; see pk logs share --list"};
    std::cerr << "revoked; whoever opens the link finds nothing\n";
    return Exit::done;
  });
}

Result<Exit> run(const Context& context, const Flags& flags) {
  PK_TRY(check(flags));
  if (flags.list) return list(context, flags);
  if (!flags.revoke.empty()) return revoke(context, flags);
  return share_one(context, flags);
}

}  // namespace

void add_logs_share(CLI::App& logs, Context& context) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = logs.add_subcommand("share", "Make a link, or a page in a file, that shows one log");
  command->add_option("ID", flags->id, "Log id, a part of one, @latest, or @2 for the second newest")
      ->type_name("");
  CLI::Option* expires =
      command->add_option("--expires", flags->expires, "How long the link lives (7d)")->type_name("7d|never");
  command->add_flag("--redact", flags->redact, "Mask e-mail addresses, keys and named patterns");
  command->add_option("--file", flags->file, "Write a page to FILE instead, - for stdout")->type_name("FILE");
  command->add_flag("--list", flags->list, "List what is shared");
  command->add_option("--revoke", flags->revoke, "End a link, by its token, URL or hint")->type_name("TOKEN");
  const auto keys = config::setting_keys();
  add_setting_flag(*command, *std::ranges::find(keys, "share_patterns", &config::SettingKey::key), context);
  add_format_flags(*command, flags->format, true);
  command->callback([&context, flags, expires] {
    flags->expires_given = expires->count() > 0;
    context.run = [&context, flags] { return run(context, *flags); };
  });
}

}  // namespace pk::cmd
