// Manual pages, completions, help and fields: what people read, against what is there.
#include <algorithm>
#include <regex>

#include "base/text.h"
#include "support/tidy.h"
#include "support/tidy_text.h"

namespace pk::tidy {

namespace {

Words flags_named_in(std::string_view page) {
  return all_of(page, R"(Fl -([a-z][a-z0-9-]*))");
}

// All `Fl -name` of `.It` lines: several may share one line.
Words items_of_page(std::string_view page) {
  Words words;
  for (const std::string& line : lines_of(page))
    if (line.starts_with(".It ")) words.merge(flags_named_in(line));
  return words;
}

// The part of a completion file that follows `# pk COMMAND`, up to the next such line.
std::string section_of(std::string_view text, std::string_view command) {
  const std::string title = command.empty() ? "# pk" : "# pk " + std::string(command);
  std::string section;
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    const std::string_view bare = trim(line);
    if (bare == "# pk" || bare.starts_with("# pk "))
      inside = bare == title;
    else if (inside)
      section += line + '\n';
  }
  return section;
}

// `section`, and behind it the lists that it uses by name ($name) and the functions that its lines begin
// with, as `text` has them above its first section: name=( … ), function name … end, their last line by
// itself.
std::string spread(const std::string& section, std::string_view text) {
  const std::string_view above = text.substr(0, text.find("# pk\n"));
  std::string spread = section;
  for (const std::string& name : all_of(section, R"(\$([A-Za-z_]+))")) {
    const auto start = above.find(name + "=(\n");
    if (start != std::string_view::npos) spread += above.substr(start, above.find("\n)\n", start) - start);
  }
  for (const std::string& name : all_of(section, R"((?:^|\n)(__[a-z_]+))")) {
    const auto start = above.find("function " + name);
    if (start != std::string_view::npos) spread += above.substr(start, above.find("\nend\n", start) - start);
  }
  return spread;
}

}  // namespace

Findings check_fields(std::string_view fields_def, std::string_view page) {
  static const std::regex form(R"(^\s*PK_FIELD(_FULL|_INTERNAL)?\((\d+),\s*(\w+),)");
  Findings found;
  Words numbers;
  Words names;
  Words shown;
  for (const std::string& line : lines_of(fields_def)) {
    std::smatch match;
    if (!std::regex_search(line, match, form)) continue;
    if (!numbers.insert(match[2]).second)
      found.push_back("fields.def: number " + match[2].str() + " is there twice");
    if (!names.insert(match[3]).second) found.push_back("fields.def: " + match[3].str() + " is there twice");
    if (match[1] != "_INTERNAL") shown.insert(match[3]);
  }
  if (shown.empty()) found.push_back("fields.def: no fields");
  const Words items = all_of(page, R"(\n\.It Va ([a-z_]+))");
  for (const std::string& name : shown)
    if (!items.contains(name)) found.push_back("man/pk-api.7 does not explain the field " + name);
  for (const std::string& name : items)
    if (!shown.contains(name)) found.push_back("man/pk-api.7 explains " + name + ", which is no field");
  return found;
}

Findings check_offered_fields(std::string_view fields_def, std::string_view path, std::string_view text) {
  Findings found;
  for (const std::string& name : all_of(fields_def, R"((?:^|\n)\s*PK_FIELD(?:_FULL)?\(\d+,\s*(\w+),)"))
    if (!names_word(text, name)) found.push_back(std::string(path) + " does not offer the field " + name);
  return found;
}

Help help_of(std::string_view text) {
  Help help;
  bool listing = false;
  for (const std::string& line : lines_of(text)) {
    if (!line.empty() && line.front() != ' ') listing = line == "Subcommands:" || line == "Commands:";
    const std::string_view bare = trim(line);
    if (line.empty() || line.front() != ' ' || bare.empty()) continue;
    // Two spaces end the column of names.
    const std::string column(bare.substr(0, bare.find("  ")));
    if (column.front() == '-')
      help.flags.merge(all_of(column, R"((?:^|[ ,])--([a-z][a-z0-9-]*))"));
    else if (listing && line.size() > 2 && line[2] != ' ')
      help.subcommands.insert(first_word(column));
  }
  return help;
}

Findings check_pages(const Commands& commands, const Tree& tree) {
  Findings found;
  const Words common = items_of_page(text_of(tree, "man/pk.1"));
  std::map<std::string, Words> flags_of;  // page → flags of all its commands
  Words everywhere;
  for (const auto& [command, help] : commands) {
    const std::string path = command.empty() ? "man/pk.1" : "man/pk-" + first_word(command) + ".1";
    flags_of[path].insert(help.flags.begin(), help.flags.end());
    everywhere.insert(help.flags.begin(), help.flags.end());
    if (!tree.contains(path)) {
      found.push_back("pk " + command + " has no " + path);
      continue;
    }
    const std::string& page = text_of(tree, path);
    const Words named = flags_named_in(page);
    for (const std::string& flag : help.flags)
      if (!named.contains(flag) && !common.contains(flag))
        found.push_back(path + " does not explain --" + flag + " of pk " + command);
    for (const std::string& word : help.subcommands)
      if (!std::regex_search(page, std::regex("(Cm|Xr pk-)\\s?" + word + "\\b")))
        found.push_back(path + " does not name the command " + word);
  }
  const Words global = commands.contains("") ? commands.at("").flags : Words{};
  for (const auto& [path, flags] : flags_of)
    for (const std::string& flag : items_of_page(text_of(tree, path)))
      if (!flags.contains(flag) && !global.contains(flag) &&
          !(path == "man/pk.1" && everywhere.contains(flag)))
        found.push_back(path + " explains --" + flag + ", which is no flag of it");
  return found;
}

Findings check_completion(const Commands& commands, std::string_view path, std::string_view text,
                          std::string_view flag_mark) {
  Findings found;
  const std::string mark = flag_mark == "--" ? R"((?:^|[^a-z-])--)" : R"((?:^|\s))" + std::string(flag_mark);
  const std::string form = mark + "([a-z][a-z0-9-]*)";
  const Words global = commands.contains("") ? commands.at("").flags : Words{};
  for (const auto& [command, help] : commands) {
    const std::string section = spread(section_of(text, command), text);
    const std::string where = std::string(path) + " (# pk" + (command.empty() ? "" : " ") + command + ")";
    const Words offered = all_of(section, form.c_str());
    for (const std::string& flag : help.flags)
      if (!offered.contains(flag) && !(command.empty() ? false : global.contains(flag)))
        found.push_back(where + " does not offer --" + flag);
    for (const std::string& flag : offered)
      if (!help.flags.contains(flag))
        found.push_back(where + " offers --" + flag + ", which is no flag of it");
    for (const std::string& word : help.subcommands)
      if (!names_word(section, word)) found.push_back(where + " does not offer the command " + word);
  }
  return found;
}

Findings check_command_tests(const Commands& commands, const Tree& tree) {
  std::vector<std::string> scripts;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("tests/") || path.starts_with("tests/support/") ||
        path.starts_with("tests/tidy_test") || path.starts_with("tests/completions_test"))
      continue;
    scripts.push_back(text);
    std::replace(scripts.back().begin(), scripts.back().end(), '\'', '"');
  }
  Findings found;
  for (const auto& [command, help] : commands) {
    if (command.empty() || !help.subcommands.empty()) continue;
    const std::string arguments = "\"" + std::regex_replace(command, std::regex(" "), "\", \"") + "\"";
    const bool run = std::any_of(scripts.begin(), scripts.end(), [&](const std::string& text) {
      return text.find(arguments) != std::string::npos || names_word(text, "pk " + command);
    });
    if (!run) found.push_back("pk " + command + " is run by no test");
  }
  return found;
}

}  // namespace pk::tidy
