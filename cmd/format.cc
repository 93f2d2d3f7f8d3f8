#include "format.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli11.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

constexpr std::string_view k_all_fields = "*";

std::optional<Format> format_of(std::string_view name) {
  static constexpr std::pair<std::string_view, Format> names[] = {{"table", Format::table},
                                                                  {"json", Format::json},
                                                                  {"jsonl", Format::jsonl},
                                                                  {"csv", Format::csv},
                                                                  {"tsv", Format::tsv}};
  for (const auto& [known, format] : names)
    if (known == name) return format;
  return {};
}

}  // namespace

void add_format_flags(CLI::App& command, FormatFlags& flags, bool fields) {
  command.add_option("-o,--output", flags.output, "Form of the output")
      ->type_name("table|json|jsonl|csv|tsv");
  command.add_flag("--json{*}", flags.json,
                   fields ? "The same as -o json; --json=id,model,… picks fields" : "The same as -o json");
  command.add_option("--jq", flags.jq, "Filter the JSON with a jq expression")->type_name("EXPR");
}

Result<FormatChoice> choose_format(const FormatFlags& flags, Format on_terminal, Format piped) {
  FormatChoice choice{.format = stdout_is_terminal() ? on_terminal : piped, .fields = {}};
  if (!flags.json.empty() || !flags.jq.empty()) choice.format = Format::json;
  if (!flags.output.empty()) {
    const auto format = format_of(flags.output);
    if (!format)
      return Error{Errc::invalid,
                   fmt::format("--output: '{}' is not possible; choose table, json, jsonl, csv or tsv",
                               visible(flags.output, false))};
    if (!flags.jq.empty() && *format != Format::json && *format != Format::jsonl)
      return Error{Errc::invalid,
                   fmt::format("--jq filters JSON, not {}; leave out -o, or write -o jsonl", flags.output)};
    choice.format = *format;
  }
  if (!flags.json.empty() && flags.json != k_all_fields) {
    if (choice.format == Format::table)
      return Error{Errc::invalid, "--json= picks fields of json, jsonl, csv and tsv, not of a table"};
    auto fields = log::FieldSet::parse(flags.json);
    if (!fields) return std::move(fields).error().within("--json");
    choice.fields = *std::move(fields);
  }
  return choice;
}

}  // namespace pk::cmd
