#include "cmd/confirm.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/catch.h"

namespace pk::cmd {

TEST_CASE("Things are counted in words") {
  CHECK(counted(0, "log") == "0 logs");
  CHECK(counted(1, "virtual key") == "1 virtual key");
  CHECK(counted(12, "API key") == "12 API keys");
}

TEST_CASE("Where there is no terminal nobody is asked, and the answer is yes") {
  const int before = ::dup(STDIN_FILENO);
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  CHECK(confirmed("Really?"));
  ::dup2(before, STDIN_FILENO);
  ::close(before);
  ::close(null);
}

}  // namespace pk::cmd
