// A single thing that a command reports: names and values, as JSON or as lines for a person.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "command.h"
#include "format.h"

namespace pk::cmd {

struct Fact {
  std::string name;
  std::string json;             // its value as JSON
  std::string text;             // and in words; "" is left out
  std::string_view label = {};  // what stands before the words, where the name would not do
  bool block = false;  // shown below its label: the words line by line or, without any, its JSON laid out
};

// One object, on one line without its end.
std::string facts_json(const std::vector<Fact>& facts);

// Checks the flags before anything is done; then prints, on a terminal as lines, into a pipe as one JSON
// object.
class Report {
 public:
  static Result<Report> prepare(const FormatFlags& flags);
  Result<void> print(const std::vector<Fact>& facts, bool color) const;
  // Whether it is to be lines for a person, for who lays them out otherwise.
  bool is_table() const { return m_choice.format == Format::table; }

 private:
  explicit Report(FormatChoice choice, std::string jq) : m_choice(std::move(choice)), m_jq(std::move(jq)) {}

  FormatChoice m_choice;
  std::string m_jq;
};

}  // namespace pk::cmd
