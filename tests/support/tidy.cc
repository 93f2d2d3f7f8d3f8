#include "support/tidy.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "base/text.h"
#include "support/tidy_text.h"

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
  static const std::vector<Library> all = {{"lmdb.h", {"store", "cache"}},
                                           {"curl/", {"upstream"}},
                                           {"hiredis/", {"cache"}},
                                           {"hnswlib/", {"cache"}},
                                           {"kainjow/", {"prompt"}},
                                           {"openssl/", {"http"}},
                                           {"CLI/", {"cmd"}}};
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

// What is wrong with a quoted include in lib/<name>/, "" if nothing is.
std::string wrong_in_room(const std::string& include, const std::string& name, const std::vector<Room>& rooms,
                          const Tree& tree) {
  const std::string to = include.substr(0, include.find('/'));
  const Room* own = find_room(rooms, name);
  if (!find_room(rooms, to) && !tree.contains("lib/" + include))
    return "\"" + include + "\" is no file of a room";
  if (to != name && !(own && has(own->deps, to)))
    return name + " includes " + include + ", but does not name " + to + " in its DEPS";
  return tree.contains("lib/" + include) ? "" : "\"" + include + "\" is not there";
}

// cmd/ may open every room, has headers of its own, and some that CMake makes.
std::string wrong_in_cmd(const std::string& include, const Tree& tree) {
  const bool made = text_of(tree, "cmd/CMakeLists.txt").find(" " + include + " ") != std::string::npos;
  if (made || tree.contains("lib/" + include) || tree.contains("cmd/" + include)) return "";
  return "\"" + include + "\" is no file of a room";
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
    for (const Include& include : includes_of(text)) {
      if (!include.quoted) continue;
      const std::string wrong =
          name == "cmd" ? wrong_in_cmd(include.path, tree) : wrong_in_room(include.path, name, rooms, tree);
      if (!wrong.empty()) found.push_back(at(path, include.line) + wrong);
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
    if (reason.starts_with("tests/") && !tree.contains(reason))
      found.push_back(path + " is exempt because of " + reason + ", which is not there");
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

}  // namespace pk::tidy
