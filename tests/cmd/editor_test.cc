#include "cmd/editor.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

#include "support/catch.h"
#include "support/temp_folder.h"

namespace pk::cmd {

namespace {

// $EDITOR for one test, and a folder for its drafts.
struct Editor {
  explicit Editor(const std::string& command) {
    ::unsetenv("VISUAL");
    ::setenv("EDITOR", command.c_str(), 1);
    ::setenv("TMPDIR", folder.path().c_str(), 1);
  }
  ~Editor() {
    ::unsetenv("EDITOR");
    ::unsetenv("TMPDIR");
  }
  bool is_empty() const { return std::filesystem::is_empty(folder.path()); }

  test::TempFolder folder;
};

Draft draft(const std::string& text) {
  auto made = Draft::make(text, "text.json");
  REQUIRE(made);
  return *std::move(made);
}

}  // namespace

TEST_CASE("What the editor leaves is read, and the draft is gone afterwards") {
  const Editor editor("sh -c 'printf \" more\" >>\"$1\"' sh");
  {
    const auto text = draft("some").edit(100);
    REQUIRE(text);
    CHECK(*text == "some more");
  }
  CHECK(editor.is_empty());
}

TEST_CASE("VISUAL counts before EDITOR, an empty one counts as unset") {
  const Editor editor("false");
  ::setenv("VISUAL", "true", 1);
  CHECK(draft("text").edit(100));
  ::setenv("VISUAL", "", 1);
  CHECK_FALSE(draft("text").edit(100));
  ::unsetenv("VISUAL");
}

TEST_CASE("A draft is private to its user") {
  const Editor editor(
      "sh -c 'stat -c %a \"$1\" \"$(dirname \"$1\")\" >\"$1.mode\"; mv \"$1.mode\" \"$1\"' sh");
  const auto modes = draft("text").edit(100);
  REQUIRE(modes);
  CHECK(modes->ends_with("700\n"));
  CHECK(modes->find("4\n") == std::string::npos);  // nothing for others
}

TEST_CASE("An editor that fails, is not there or leaves too much is an error in one line") {
  for (const char* command : {"false", "/nonexistent/editor", "sh -c 'kill -9 $$'"}) {
    const Editor editor(command);
    const auto text = draft("text").edit(100);
    REQUIRE_FALSE(text);
    CHECK(text.error().code == Errc::io);
    CHECK(text.error().message.find("nothing was done") != std::string::npos);
    CHECK(editor.is_empty());
  }
  const Editor editor("true");
  const auto text = draft(std::string(200, 'x')).edit(100);
  REQUIRE_FALSE(text);
  CHECK(text.error().code == Errc::invalid);
}

TEST_CASE("A draft that is kept stays") {
  const Editor editor("true");
  std::filesystem::path kept;
  {
    Draft one = draft("precious");
    kept = one.keep();
    const Draft moved = std::move(one);
  }
  std::string text;
  std::getline(std::ifstream(kept), text);
  CHECK(text == "precious");
}

TEST_CASE("A text that was edited is saved once, and stays in its file where it cannot be") {
  std::string saved;
  const auto save = [&saved](const std::string& text) -> Result<void> {
    saved = text;
    return {};
  };
  const auto refuse = [](const std::string&) -> Result<void> { return Error{Errc::invalid, "no JSON"}; };
  const Editor editor("sh -c 'printf more >>\"$1\"' sh");
  CHECK(*edit_text("some", "text.json", 100, save));
  CHECK(saved == "somemore");
  CHECK(editor.is_empty());
  for (const std::size_t bytes_max : {std::size_t{100}, std::size_t{4}}) {
    const auto refused = edit_text("some", "text.json", bytes_max, refuse);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::invalid);
    const std::string& words = refused.error().message;
    std::string kept;
    std::getline(std::ifstream(words.substr(words.rfind(' ') + 1)), kept);
    CHECK(kept == "somemore");
  }
}

TEST_CASE("A text that is left alone is not saved") {
  const Editor editor("true");
  const auto never = [](const std::string&) -> Result<void> { return Error{Errc::invalid, "called"}; };
  CHECK_FALSE(*edit_text("some", "text.json", 100, never));
  CHECK(editor.is_empty());
}

}  // namespace pk::cmd
