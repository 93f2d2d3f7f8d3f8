// The shape of the project as checks on text: rooms and their includes, commands and their pages, fields and
// their names. Pure functions: what they read is given, what they find is returned, one line a finding;
// nothing found, nothing returned. tests/tidy_test.cc runs each on small made-up inputs first, then on the
// project itself.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pk::tidy {

using Findings = std::vector<std::string>;
using Words = std::set<std::string, std::less<>>;
using Tree =
    std::map<std::string, std::string, std::less<>>;  // path from the top, '/' between → the file's text

// Every text file below `folders` of `top` (folders named node_modules or build are left out).
Tree read_tree(const std::filesystem::path& top, const std::vector<std::string>& folders);

struct Room {
  std::string name;
  int floor = -1;
  std::vector<std::string> sources;  // units with a .cc
  std::vector<std::string> headers;  // units that are a header alone
  std::vector<std::string> deps;
};

// The pk_room(…) calls of lib/CMakeLists.txt, comments and other commands left out.
std::vector<Room> rooms_of(std::string_view cmake);

// A room's DEPS are rooms, each from a lower floor; each folder of lib/ is a room, each of its .cc files is
// listed.
Findings check_rooms(const std::vector<Room>& rooms, const Tree& tree);
// A quoted include names a file that is there, in the own room or in one named in DEPS. cmd/ may open every
// room.
Findings check_includes(const std::vector<Room>& rooms, const Tree& tree);
// The doors that are bricked up, whatever DEPS says; and the libraries that only some rooms may see.
Findings check_doors(const std::vector<Room>& rooms, const Tree& tree);
// Every unit of every room has tests/<room>/<unit>_test.cc, unless `exempt` names it: path → why, or the path
// of the test that covers it. An exemption that is not needed is a finding too.
Findings check_tests(const std::vector<Room>& rooms, const Tree& tree,
                     const std::map<std::string, std::string>& exempt);
// No .h or .cc of lib/ or cmd/ is longer than `lines_max` (a .def is a table: a row a line); nothing in lib/
// throws.
Findings check_sources(const Tree& tree, std::size_t lines_max);
// Only what the design allows stands at the top. Names that .gitignore gives as /name/ are not the project's.
Findings check_top(const std::vector<std::string>& names, std::string_view gitignore);
// The numbers of fields.def are unique, its names too, and `page` has each name that is shown as a `.It Va
// name` item, and no other.
Findings check_fields(std::string_view fields_def, std::string_view page);
// The completions at `path` offer each of those names.
Findings check_offered_fields(std::string_view fields_def, std::string_view path, std::string_view text);

// `text` without comments and without what is between quotes, lines kept.
std::string code_of(std::string_view text);

// What `pk [COMMAND …] --help` says.
struct Help {
  Words flags;        // long ones, without the dashes
  Words subcommands;  // in the order of the alphabet
};
Help help_of(std::string_view text);

// "" → pk itself, "logs" → pk logs, "logs list" → pk logs list …
using Commands = std::map<std::string, Help, std::less<>>;

// Commands against pages: each first word has man/pk-WORD.1, its subcommands are in it as `Cm` words, its
// long flags are `Fl -name` there (or an `.It Fl` of pk.1), and each `.It Fl` of the page is a flag of the
// command.
Findings check_pages(const Commands& commands, const Tree& tree);
// Commands against one completion file: the section after a line `# pk COMMAND` names each flag and
// subcommand of that command, and no flag that it has not. `flag_mark` stands before a flag's name: "--", or
// "-l " in fish.
Findings check_completion(const Commands& commands, std::string_view path, std::string_view text,
                          std::string_view flag_mark);
// Each command without subcommands is run by some file of tests/: "logs", "list" side by side in an argument
// list, or `pk logs list` in a script.
Findings check_command_tests(const Commands& commands, const Tree& tree);

}  // namespace pk::tidy
