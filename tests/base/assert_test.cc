#include "base/assert.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support/catch.h"

TEST_CASE("An invariant that does not hold ends the process, in release too") {
  int asked = 0;
  PK_ASSERT(++asked == 1);
  CHECK(asked == 1);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);  // Catch2 reports signals; this one is wanted
    PK_ASSERT(asked == 2);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}
