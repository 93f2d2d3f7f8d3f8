#include "listing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "cells.h"
#include "jq_filter.h"
#include "output.h"
#include "table.h"
#include "terminal.h"

namespace pk::cmd {

namespace {

constexpr std::string_view k_all_fields = "*";  // what --json alone stands for

// A value as a cell: texts without their quotes, null as nothing, an array's elements with commas.
std::string plain(std::string_view json) {
  JsonReader reader(json);
  std::string cell;
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next()) {
    if (token == JsonToken::object_begin) return std::string(json);
    if (token == JsonToken::array_begin || token == JsonToken::array_end || token == JsonToken::null)
      continue;
    if (!cell.empty()) cell += ',';
    cell += token == JsonToken::string ? json_unquoted(reader.token()) : std::string(reader.token());
  }
  return cell;
}

Result<std::vector<std::size_t>> pick(std::string_view names, std::span<const ListColumn> columns) {
  std::vector<std::size_t> picked;
  for (const std::string_view name : split_list(names)) {
    const auto column = std::ranges::find(columns, name, &ListColumn::name);
    if (column == columns.end()) {
      std::string valid;
      for (const ListColumn& one : columns) valid.append(valid.empty() ? "" : ", ").append(one.name);
      return Error{Errc::invalid, fmt::format("--json: there is no field '{}'; choose from {}",
                                              visible(name, false), valid)};
    }
    picked.push_back(static_cast<std::size_t>(column - columns.begin()));
  }
  if (picked.empty()) return Error{Errc::invalid, "--json=: name a field, or leave out the ="};
  return picked;
}

}  // namespace

Result<Listing> Listing::prepare(const FormatFlags& flags, std::span<const ListColumn> columns) {
  const bool picks = !flags.json.empty() && flags.json != k_all_fields;
  FormatFlags plain_flags = flags;
  if (picks) plain_flags.json = k_all_fields;
  PK_ASSIGN(const FormatChoice choice, choose_format(plain_flags, Format::table, Format::tsv));
  if (!flags.jq.empty()) PK_TRY(Jq::compile(flags.jq));
  if (picks && choice.format == Format::table)
    return Error{Errc::invalid, "--json= picks fields of json, jsonl, csv and tsv, not of a table"};
  Listing listing(choice.format, flags.jq, columns);
  if (picks) {
    PK_ASSIGN(listing.m_shown, pick(flags.json, columns));
    return listing;
  }
  const bool is_json = choice.format == Format::json || choice.format == Format::jsonl;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (is_json || columns[i].piped) listing.m_shown.push_back(i);
  return listing;
}

Result<void> Listing::print(const std::vector<FactRow>& rows, bool color) const {
  PK_ASSIGN(const std::string text, text_of(rows, {stdout_is_terminal(), color, terminal_columns()}));
  Output out(Output::Paging::on_terminal);
  out.write(text);
  return out.finish();
}

Result<std::string> Listing::text_of(const std::vector<FactRow>& rows, const ListStyle& style) const {
  if (!m_jq.empty()) {
    PK_ASSIGN(std::string text, filtered(rows));
    return style.terminal ? visible(text, true) : text;
  }
  if (m_format == Format::table) return as_table(rows, style);
  if (m_format == Format::json || m_format == Format::jsonl) return as_json(rows, style.terminal);
  return as_cells(rows, style.terminal);
}

// jq reads the whole array, or each line.
Result<std::string> Listing::filtered(const std::vector<FactRow>& rows) const {
  PK_ASSIGN(Jq jq, Jq::compile(m_jq));
  std::string text;
  if (m_format == Format::json) {
    PK_TRY(jq.run(as_json(rows, false), text));
    return text;
  }
  for (const FactRow& row : rows) PK_TRY(jq.run(object_of(row), text));
  return text;
}

std::string Listing::object_of(const FactRow& row) const {
  std::string object;
  for (const std::size_t i : m_shown)
    object.append(object.empty() ? "{" : ",")
        .append(json_string(row[i].name))
        .append(":")
        .append(row[i].json);
  return object + "}";
}

std::string Listing::as_json(const std::vector<FactRow>& rows, bool visible_only) const {
  const bool lines = m_format == Format::jsonl;
  std::string text;
  for (const FactRow& row : rows) {
    if (!lines) text += text.empty() ? "[\n" : ",\n";
    const std::string object = object_of(row);
    text += visible_only ? visible(object, true) : object;
    if (lines) text += '\n';
  }
  if (!lines) text += text.empty() ? "[]\n" : "\n]\n";
  return text;
}

std::string Listing::as_cells(const std::vector<FactRow>& rows, bool terminal) const {
  const bool csv = m_format == Format::csv;
  std::string text;
  const auto line = [&](const auto& cell_of) {
    std::string_view between;
    for (const std::size_t i : m_shown) {
      std::string cell = cell_of(i);
      if (terminal) cell = visible(cell, true);
      text.append(between).append(csv ? csv_cell(cell) : tsv_cell(cell));
      between = csv ? "," : "\t";
    }
    text += '\n';
  };
  if (csv) line([&](std::size_t i) { return std::string(m_columns[i].name); });
  for (const FactRow& row : rows) line([&](std::size_t i) { return plain(row[i].json); });
  return text;
}

std::string Listing::as_table(const std::vector<FactRow>& rows, const ListStyle& style) const {
  constexpr std::size_t k_least_of_first = 16;  // what a row is of
  constexpr std::size_t k_whole = std::string::npos;
  std::vector<Column> columns;
  for (const ListColumn& column : m_columns) {
    if (column.title.empty()) continue;
    columns.push_back({.title = column.title, .spare = column.figure ? columns.size() + 1 : 0});
    if (columns.size() == 1) columns.back().least = k_least_of_first;
    if (column.figure) columns.back().least = k_whole;
  }
  Table table(std::move(columns), style.columns, style.color);
  std::string text;
  for (const FactRow& row : rows) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < row.size(); ++i)
      if (!m_columns[i].title.empty()) cells.push_back({{visible(row[i].text, false), Color::plain}});
    table.row(text, std::move(cells));
  }
  table.settle(text);
  return text;
}

}  // namespace pk::cmd
