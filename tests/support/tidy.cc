#include "support/tidy.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "base/text.h"

namespace pk::tidy {
namespace {

namespace fs = std::filesystem;

struct Door {
  const char* room;
  const char* behind;
};
constexpr Door k_bricked[] = {{"gateway", "store"},  {"gateway", "query"},  {"admin", "route"},
                              {"admin", "provider"}, {"admin", "upstream"}, {"admin", "cache"}};

struct Library {
  const char* include;  // how the include's path starts
  Words rooms;          // who may see it; "cmd" is cmd/
};
const std::vector<Library>& libraries() {
  static const std::vector<Library> all = {
      {"lmdb.h", {"store", "cache"}}, {"curl/", {"upstream"}}, {"CLI/", {"cmd"}}};
  return all;
}

const Words& top_allowed() {
  static const Words names = {"CMakeLists.txt",
                              "CMakePresets.json",
                              "CHANGELOG.md",
                              "LICENSE",
                              "README.md",
                              "dev",
                              "cmd",
                              "lib",
                              "tests",
                              "man",
                              "completions"};
  return names;
}

struct Include {
  std::string path;
  bool quoted = false;
  std::size_t line = 0;
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Include> includes_of(std::string_view text) {
  static const std::regex form(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, form)) found.push_back({match[2], match[1] == "\"", number});
  }
  return found;
}

// "lib/store/env.cc" → "store", "cmd/main.cc" → "cmd", else "".
std::string room_of_path(std::string_view path) {
  if (path.starts_with("cmd/")) return "cmd";
  if (!path.starts_with("lib/")) return "";
  const auto end = path.find('/', 4);
  return end == std::string_view::npos ? "" : std::string(path.substr(4, end - 4));
}

bool is_cxx(std::string_view path) {
  return path.ends_with(".h") || path.ends_with(".cc") || path.ends_with(".def");
}

const Room* find_room(const std::vector<Room>& rooms, std::string_view name) {
  const auto it =
      std::find_if(rooms.begin(), rooms.end(), [&](const Room& room) { return room.name == name; });
  return it == rooms.end() ? nullptr : &*it;
}

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string at(std::string_view path, std::size_t line) {
  return std::string(path) + ":" + std::to_string(line) + ": ";
}

std::string stem(std::string_view unit) {
  return std::string(unit.substr(0, unit.rfind('.')));
}

// The words after each match of `form` (its first group) in `text`.
Words all_of(std::string_view text, const char* form) {
  const std::string whole(text);
  const std::regex regex(form);
  Words words;
  for (std::sregex_iterator it(whole.begin(), whole.end(), regex), end; it != end; ++it)
    words.insert((*it)[1]);
  return words;
}

const std::string& text_of(const Tree& tree, std::string_view path) {
  static const std::string none;
  const auto it = tree.find(path);
  return it == tree.end() ? none : it->second;
}

std::string first_word(std::string_view command) {
  return std::string(command.substr(0, command.find(' ')));
}

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

bool names_word(std::string_view text, const std::string& word) {
  const std::regex form("(^|[^A-Za-z0-9_-])" + word + "($|[^A-Za-z0-9_-])");
  return std::regex_search(std::string(text), form);
}

// `i` is at the R of R"x(…)x"; the index of its last quote. Its new lines are kept in `code`.
std::size_t skip_raw_string(std::string_view text, std::size_t i, std::string& code) {
  const auto open = text.find('(', i);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(i + 2, open - i - 2)) + "\"";
  const auto end = text.find(close, open);
  const auto last = end == std::string_view::npos ? text.size() : end + close.size() - 1;
  const std::string_view inside = text.substr(open, last - open);
  code.append(static_cast<std::size_t>(std::count(inside.begin(), inside.end(), '\n')), '\n');
  return last;
}

}  // namespace

Tree read_tree(const fs::path& top, const std::vector<std::string>& folders) {
  Tree tree;
  for (const std::string& folder : folders) {
    if (!fs::exists(top / folder)) continue;
    for (auto it = fs::recursive_directory_iterator(top / folder); it != fs::recursive_directory_iterator();
         ++it) {
      const std::string name = it->path().filename().string();
      if (it->is_directory() && (name == "node_modules" || name == "build")) it.disable_recursion_pending();
      if (!it->is_regular_file()) continue;
      std::ifstream in(it->path(), std::ios::binary);
      tree[fs::relative(it->path(), top).generic_string()] =
          std::string(std::istreambuf_iterator<char>(in), {});
    }
  }
  return tree;
}

std::vector<Room> rooms_of(std::string_view cmake) {
  std::string bare;
  for (const std::string& line : lines_of(cmake)) bare += line.substr(0, line.find('#')) + '\n';
  static const std::regex call(R"(\bpk_room\s*\(([^)]*)\))");
  std::vector<Room> rooms;
  for (std::sregex_iterator it(bare.begin(), bare.end(), call), end; it != end; ++it) {
    std::istringstream words((*it)[1]);
    Room room;
    words >> room.name;
    std::string key;
    for (std::string word; words >> word;) {
      if (word == "FLOOR" || word == "SOURCES" || word == "HEADERS" || word == "DEPS" || word == "LINK")
        key = word;
      else if (key == "FLOOR")
        room.floor = static_cast<int>(parse_int(word).value_or(-1));
      else if (key == "SOURCES")
        room.sources.push_back(word);
      else if (key == "HEADERS")
        room.headers.push_back(word);
      else if (key == "DEPS")
        room.deps.push_back(word);
    }
    if (room.name != "name") rooms.push_back(room);
  }
  return rooms;
}

Findings check_rooms(const std::vector<Room>& rooms, const Tree& tree) {
  Findings found;
  for (const Room& room : rooms) {
    if (room.floor < 0) found.push_back("room " + room.name + " has no FLOOR");
    for (const std::string& dep : room.deps) {
      const Room* below = find_room(rooms, dep);
      if (!below)
        found.push_back("room " + room.name + " names " + dep + " in DEPS, which is no room");
      else if (below->floor >= room.floor)
        found.push_back("room " + room.name + " (floor " + std::to_string(room.floor) + ") names " + dep +
                        " (floor " + std::to_string(below->floor) + ") in DEPS: only lower floors");
    }
  }
  for (const auto& [path, text] : tree) {
    const std::string name = room_of_path(path);
    if (name.empty() || name == "cmd" || !is_cxx(path)) continue;
    const Room* room = find_room(rooms, name);
    const std::string unit = path.substr(4 + name.size() + 1);
    if (!room)
      found.push_back(path + ": lib/" + name + " is no room of lib/CMakeLists.txt");
    else if (path.ends_with(".cc") && !has(room->sources, unit))
      found.push_back(path + ": not listed in pk_room(" + name + ")");
  }
  return found;
}

Findings check_includes(const std::vector<Room>& rooms, const Tree& tree) {
  Findings found;
  for (const auto& [path, text] : tree) {
    const std::string name = room_of_path(path);
    if (name.empty() || !is_cxx(path)) continue;
    const Room* own = find_room(rooms, name);
    for (const Include& include : includes_of(text)) {
      if (!include.quoted) continue;
      const std::string to = first_word(include.path.substr(0, include.path.find('/')));
      const bool in_lib = tree.contains("lib/" + include.path);
      const bool beside =
          tree.contains(path.substr(0, path.rfind('/') + 1) + include.path) || tree.contains(include.path);
      if (name == "cmd" && (in_lib || beside)) continue;
      if (name == "cmd" || (!in_lib && !find_room(rooms, to)))
        found.push_back(at(path, include.line) + "\"" + include.path + "\" is no file of a room");
      else if (to != name && !(own && has(own->deps, to)))
        found.push_back(at(path, include.line) + name + " includes " + include.path + ", but does not name " +
                        to + " in its DEPS");
      else if (!in_lib)
        found.push_back(at(path, include.line) + "\"" + include.path + "\" is not there");
    }
  }
  return found;
}

Findings check_doors(const std::vector<Room>& rooms, const Tree& tree) {
  Findings found;
  for (const Door& door : k_bricked) {
    const Room* room = find_room(rooms, door.room);
    if (room && has(room->deps, door.behind))
      found.push_back(std::string("room ") + door.room + " names " + door.behind +
                      " in DEPS: that door is bricked up");
  }
  for (const auto& [path, text] : tree) {
    const std::string name = room_of_path(path);
    if (name.empty() || !is_cxx(path)) continue;
    for (const Include& include : includes_of(text)) {
      for (const Door& door : k_bricked)
        if (name == door.room && include.path.starts_with(std::string(door.behind) + "/"))
          found.push_back(at(path, include.line) + name + " includes " + include.path +
                          ": that door is bricked up");
      for (const Library& library : libraries())
        if (include.path.starts_with(library.include) && !library.rooms.contains(name))
          found.push_back(at(path, include.line) + name + " may not include " + include.path);
    }
  }
  return found;
}

Findings check_tests(const std::vector<Room>& rooms, const Tree& tree,
                     const std::map<std::string, std::string>& exempt) {
  Findings found;
  for (const Room& room : rooms) {
    std::vector<std::string> units = room.sources;
    units.insert(units.end(), room.headers.begin(), room.headers.end());
    for (const std::string& unit : units) {
      const std::string test = "tests/" + room.name + "/" + stem(unit) + "_test.cc";
      const bool excused = exempt.contains("lib/" + room.name + "/" + unit);
      if (!tree.contains(test) && !excused)
        found.push_back("lib/" + room.name + "/" + unit + " has no " + test);
      if (tree.contains(test) && excused)
        found.push_back("lib/" + room.name + "/" + unit + " is exempt, yet has " + test);
    }
  }
  for (const auto& [path, reason] : exempt) {
    if (!tree.contains(path)) found.push_back(path + " is exempt, but is not there");
    if (reason.empty()) found.push_back(path + " is exempt without a reason");
  }
  return found;
}

Findings check_sources(const Tree& tree, std::size_t lines_max) {
  Findings found;
  for (const auto& [path, text] : tree) {
    const std::string name = room_of_path(path);
    if (name.empty() || !is_cxx(path)) continue;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines > lines_max && !path.ends_with(".def"))
      found.push_back(path + " has " + std::to_string(lines) + " lines; " + std::to_string(lines_max) +
                      " are allowed");
    if (name == "cmd") continue;
    std::size_t number = 0;
    for (const std::string& line : lines_of(code_of(text))) {
      ++number;
      if (names_word(line, "throw")) found.push_back(at(path, number) + "throw: lib/ returns Result instead");
    }
  }
  return found;
}

std::string code_of(std::string_view text) {
  std::string code;
  enum class In { plain, line_comment, block_comment, string, character } in = In::plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\n') {
      code += c;
      if (in != In::block_comment) in = In::plain;
      continue;
    }
    switch (in) {
      case In::plain:
        if (c == '/' && next == '/')
          in = In::line_comment;
        else if (c == '/' && next == '*')
          in = In::block_comment, ++i;
        else if (c == 'R' && next == '"')
          i = skip_raw_string(text, i, code);
        else if (c == '"')
          in = In::string;
        // A quote inside a number (100'000) separates digits.
        else if (c == '\'' && !(i > 0 && std::isxdigit(static_cast<unsigned char>(text[i - 1]))))
          in = In::character;
        else
          code += c;
        break;
      case In::block_comment:
        if (c == '*' && next == '/') in = In::plain, ++i;
        break;
      case In::string:
        if (c == '\\')
          ++i;
        else if (c == '"')
          in = In::plain;
        break;
      case In::character:
        if (c == '\\')
          ++i;
        else if (c == '\'')
          in = In::plain;
        break;
      case In::line_comment:
        break;
    }
  }
  return code;
}

Findings check_top(const std::vector<std::string>& names, std::string_view gitignore) {
  Words ignored;
  for (const std::string& line : lines_of(gitignore))
    if (line.size() > 2 && line.front() == '/' && line.back() == '/')
      ignored.insert(line.substr(1, line.size() - 2));
  Findings found;
  for (const std::string& name : names)
    if (!name.starts_with(".") && !top_allowed().contains(name) && !ignored.contains(name))
      found.push_back(name + " does not belong at the top");
  return found;
}

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
    const std::string section = section_of(text, command);
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
