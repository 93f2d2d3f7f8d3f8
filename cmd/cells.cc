#include "cells.h"

#include <string_view>

namespace pk::cmd {

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

}  // namespace

std::string tsv_cell(std::string cell) {
  replace_all(cell, "\t", "\\t");
  replace_all(cell, "\n", "\\n");
  replace_all(cell, "\r", "\\r");
  return cell;
}

std::string csv_cell(std::string cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  replace_all(cell, "\"", "\"\"");
  return '"' + cell + '"';
}

}  // namespace pk::cmd
