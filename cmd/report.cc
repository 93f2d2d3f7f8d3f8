#include "report.h"

#include "base/json.h"
#include "base/text.h"
#include "jq_filter.h"
#include "output.h"
#include "pretty.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_name_columns = 16;
constexpr std::size_t k_block_indent = 2;

std::string as_lines(const std::vector<Fact>& facts, bool color) {
  std::string out;
  for (const Fact& fact : facts) {
    const std::string_view label = fact.label.empty() ? std::string_view(fact.name) : fact.label;
    if (fact.block) {
      out += paint(Color::dim, label, color) + "\n";
      if (fact.text.empty())
        append_pretty(out, fact.json, color, k_block_indent);
      else
        append_indented(out, fact.text, k_block_indent);
    }
    if (fact.block || fact.text.empty()) continue;
    out += paint(Color::dim, pad(label, k_name_columns), color) + " " + visible(fact.text, false) + "\n";
  }
  return out;
}

}  // namespace

std::string facts_json(const std::vector<Fact>& facts) {
  std::string out = "{";
  for (const Fact& fact : facts) {
    if (out.size() > 1) out += ',';
    out += json_string(fact.name) + ":" + fact.json;
  }
  return out + "}";
}

Result<Report> Report::prepare(const FormatFlags& flags) {
  PK_ASSIGN(FormatChoice choice, choose_format(flags, Format::table, Format::json));
  if (choice.format == Format::csv || choice.format == Format::tsv)
    return Error{Errc::invalid, "--output: this is one thing, not a list; choose table, json or jsonl"};
  if (!flags.jq.empty()) PK_TRY(Jq::compile(flags.jq));
  return Report(std::move(choice), flags.jq);
}

Result<void> Report::print(const std::vector<Fact>& facts, bool color) const {
  std::string text = m_choice.format == Format::table ? as_lines(facts, color) : facts_json(facts) + "\n";
  if (!m_jq.empty()) {
    PK_ASSIGN(Jq jq, Jq::compile(m_jq));
    std::string filtered;
    PK_TRY(jq.run(text, filtered));
    text = stdout_is_terminal() ? visible(filtered, true) : filtered;
  } else if (m_choice.format == Format::json && stdout_is_terminal()) {
    std::string pretty;
    append_pretty(pretty, trim(text), color, 0);
    text = pretty;
  }
  Output out(Output::Paging::never);
  out.write(text);
  return out.finish();
}

}  // namespace pk::cmd
