#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"
#include "store/verify.h"

namespace pk::store::test {

TEST_CASE("What a killed process had open is promoted once it is dead, not before") {
  const TempDir dir;
  { open_env(dir); }
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    auto env = Env::open(dir.path(), Mode::read_write);
    WriterOptions options;
    options.open_rest = std::chrono::milliseconds(0);
    auto writer = LogWriter::start(*env, options);
    log::Sink::Seq last = 0;
    (*writer)->subscribe([&] {
      if ((*writer)->durable() >= 3 && write(ends[1], "x", 1) != 1) _exit(1);
    });
    for (std::uint64_t n = 0; n < 3; ++n) last = (*writer)->open(record_at(k_now_ms, n));
    pause();
    _exit(last == 3);
  }
  char ready = 0;
  REQUIRE(read(ends[0], &ready, 1) == 1);
  const auto env = open_env(dir);
  REQUIRE(must(promote_interrupted(*env)) == 0);
  REQUIRE(entries_of(env, Table::open) == 3);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  REQUIRE(must(promote_interrupted(*env)) == 3);
  REQUIRE(must(promote_interrupted(*env)) == 0);
  for (const log::LogRecord& record : read_all(env)) {
    REQUIRE(record.state == log::State::interrupted);
    REQUIRE(must(LogReader(env).get(record.id))->request.has_value());
  }
  REQUIRE(must(month_count(*env, k_now_ms)).logs == 3);
  REQUIRE(must(verify(*env)).damaged == 0);
}

}  // namespace pk::store::test
