#include "cache/redis_mail.h"

#include <poll.h>

#include "support/catch.h"

namespace pk::cache {

namespace {

bool rings(const RedisBell& bell) {
  pollfd end{bell.fd(), POLLIN, 0};
  return ::poll(&end, 1, 0) == 1;
}

}  // namespace

TEST_CASE("Room is taken up to its bound and given back") {
  std::atomic<std::size_t> held{0};
  {
    const RedisRoom first(held, 60, 100);
    CHECK(first.taken());
    CHECK_FALSE(RedisRoom(held, 41, 100).taken());
    CHECK(RedisRoom(held, 40, 100).taken());
    CHECK(held == 60);
    RedisRoom moved(held, 40, 100), other;
    other = std::move(moved);
    CHECK(held == 100);
  }
  CHECK(held == 0);
}

TEST_CASE("A bell rings until it is quieted, and again after that") {
  RedisBell bell;
  REQUIRE(bell.good());
  CHECK_FALSE(rings(bell));
  bell.quiet();
  bell.ring();
  bell.ring();
  CHECK(rings(bell));
  bell.quiet();
  CHECK_FALSE(rings(bell));
  bell.ring();
  CHECK(rings(bell));
}

TEST_CASE("A closed mailbox takes nothing, and leaves what was offered as it is") {
  RedisMail mail;
  RedisJob job;
  job.question = std::make_shared<RedisQuestion>();
  mail.box.with([](RedisMail::Box& box) { box.closed = true; });
  CHECK_FALSE(mail.post(job));
  CHECK(job.question != nullptr);
}

TEST_CASE("A question is answered once") {
  int answers = 0;
  RedisQuestion question;
  question.post = [](std::function<void()> f) { f(); };
  question.done = [&](EntryPtr) { ++answers; };
  question.answer(nullptr);
  question.answer(nullptr);
  CHECK(answers == 1);
  CHECK(question.answered());
}

}  // namespace pk::cache
