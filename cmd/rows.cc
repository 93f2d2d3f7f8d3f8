#include "rows.h"

#include "base/text.h"
#include "base/time_text.h"
#include "cells.h"
#include "log/json.h"
#include "words.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

class JsonWriter final : public RowWriter {
 public:
  JsonWriter(log::FieldSet fields, bool lines, bool terminal)
      : m_fields(std::move(fields)), m_lines(lines), m_terminal(terminal) {}

  void row(std::string& out, const LogRecord& record) override {
    if (!m_lines) out += m_first ? "[\n" : ",\n";
    m_first = false;
    const std::size_t from = out.size();
    log::append_json(out, record, m_fields);
    // JSON has no raw control characters but DEL and C1; made visible they are JSON's own escapes.
    if (m_terminal) out.replace(from, std::string::npos, visible(std::string_view(out).substr(from), true));
    if (m_lines) out += '\n';
  }
  void end(std::string& out) override {
    if (!m_lines) out += m_first ? "[]\n" : "\n]\n";
  }

 private:
  log::FieldSet m_fields;
  bool m_lines, m_terminal;
  bool m_first = true;
};

class TsvWriter final : public RowWriter {
 public:
  TsvWriter(log::FieldSet fields, bool terminal) : m_fields(std::move(fields)), m_terminal(terminal) {}

  void row(std::string& out, const LogRecord& record) override {
    bool first = true;
    for (const log::Field field : m_fields) {
      if (!first) out += '\t';
      first = false;
      const std::string cell = tsv_cell(log::cell(record, field));
      out += m_terminal ? visible(cell, false) : cell;
    }
    out += '\n';
  }

 private:
  log::FieldSet m_fields;
  bool m_terminal;
};

// RFC 4180, but lines end with a line feed, as the tools that read them here expect.
class CsvWriter final : public RowWriter {
 public:
  CsvWriter(log::FieldSet fields, bool terminal) : m_fields(std::move(fields)), m_terminal(terminal) {}

  void row(std::string& out, const LogRecord& record) override {
    header(out);
    bool first = true;
    for (const log::Field field : m_fields) {
      if (!first) out += ',';
      first = false;
      const std::string cell = log::cell(record, field);
      out += csv_cell(m_terminal ? visible(cell, true) : cell);
    }
    out += '\n';
  }
  void end(std::string& out) override { header(out); }

 private:
  void header(std::string& out) {
    if (m_has_header) return;
    m_has_header = true;
    std::string_view between;
    for (const log::Field field : m_fields) {
      out.append(between).append(log::field_name(field));
      between = ",";
    }
    out += '\n';
  }

  log::FieldSet m_fields;
  bool m_terminal;
  bool m_has_header = false;
};

// Below this many columns words are shorter.
constexpr std::size_t k_ample_columns = 100;

class TableWriter final : public RowWriter {
 public:
  explicit TableWriter(const RowStyle& style)
      : m_table(columns(), style.columns, style.color),
        m_now_ms(style.now_ms),
        m_room(style.columns < k_ample_columns ? Room::little : Room::ample) {}

  void row(std::string& out, const LogRecord& record) override {
    // A streamed one has a bolt before its model; the others leave its place free, so that models stand in
    // line.
    const Span bolt = record.stream ? Span{"↯", Color::yellow} : Span{" ", Color::plain};
    const std::string& model = record.model.empty() ? record.requested_model : record.model;
    m_table.row(out, {{{time(record), Color::dim}},
                      {{short_id(record.id, m_room), Color::plain}},
                      {bolt, {model.empty() ? "–" : visible(model, false), Color::plain}},
                      {{friendly_path(record, m_room), Color::plain}},
                      {{record.user.empty() ? "–" : visible(record.user, false), Color::plain}},
                      {{tokens_and_cost(record), Color::plain}},
                      status_cell(record, m_room)});
  }
  void settle(std::string& out) override { m_table.settle(out); }
  void end(std::string& out) override { m_table.settle(out); }

 private:
  static std::vector<Column> columns() {
    constexpr std::size_t never_cut = 100;
    return {{"Time", false, never_cut}, {"Id", false, never_cut, 4}, {" Model", false, 12},
            {"Path", false, 9, 2},      {"User", false, 6, 3},       {"Tokens (Cost)", true, never_cut, 1},
            {"Status", false, 12}};
  }

  std::string time(const LogRecord& record) const {
    std::string text = relative_time(record.created_at, m_now_ms);
    if (m_room == Room::little && text.ends_with(" ago")) text.resize(text.size() - 4);
    return text;
  }

  Table m_table;
  std::int64_t m_now_ms;
  Room m_room;
};

}  // namespace

log::FieldSet piped_fields() {
  using log::Field;
  return log::FieldSet({Field::id, Field::created_at, Field::model, Field::path, Field::user,
                        Field::total_tokens, Field::cost_usd, Field::status});
}

std::unique_ptr<RowWriter> make_row_writer(Format format, log::FieldSet fields, const RowStyle& style) {
  switch (format) {
    case Format::table:
      return std::make_unique<TableWriter>(style);
    case Format::json:
      return std::make_unique<JsonWriter>(std::move(fields), false, style.terminal);
    case Format::jsonl:
      return std::make_unique<JsonWriter>(std::move(fields), true, style.terminal);
    case Format::csv:
      return std::make_unique<CsvWriter>(std::move(fields), style.terminal);
    case Format::tsv:
      break;
  }
  return std::make_unique<TsvWriter>(std::move(fields), style.terminal);
}

}  // namespace pk::cmd
