// The forms of output that commands share: -o, --json[=fields], --jq.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "log/fields.h"

namespace CLI {
class App;
}

namespace pk::cmd {

enum class Format { table, json, jsonl, csv, tsv };

// As given on the command line.
struct FormatFlags {
  std::string output = {};  // -o
  std::string json = {};    // --json: "" not given, "*" without fields
  std::string jq = {};      // --jq
};
// `fields`: whether --json= picks fields.
void add_format_flags(CLI::App& command, FormatFlags& flags, bool fields);

struct FormatChoice {
  Format format = Format::json;
  std::optional<log::FieldSet> fields;  // those picked
};
// What the flags mean; without any, `on_terminal` or `piped`. invalid where they contradict each other or
// name no field.
Result<FormatChoice> choose_format(const FormatFlags& flags, Format on_terminal, Format piped);

}  // namespace pk::cmd
