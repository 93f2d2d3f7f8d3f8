#include "store/openers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A process that has a file open is named, the asking one is not") {
  const TempDir dir;
  const auto file = dir.path() / "file";
  write_file(file, "x");
  const FileLock own(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(openers_text(file).empty());
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    char last = 0;
    ::close(ends[1]);
    _exit(static_cast<int>(::read(ends[0], &last, 1)));
  }
  ::close(ends[0]);
  const std::string text = openers_text(file);
  REQUIRE(text.starts_with("process " + std::to_string(child) + " ("));
  ::close(ends[1]);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(openers_text(file).empty());
}

TEST_CASE("Nobody has a file open that is not there") {
  REQUIRE(openers_text("/nowhere/at/all").empty());
}

}  // namespace pk::store::test
