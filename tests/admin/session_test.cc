#include "admin/session.h"

#include "support/catch.h"

using namespace pk::admin;

namespace {
constexpr std::int64_t k_now_ms = 1'772'357'400'000;
}

TEST_CASE("A token opens to the key that it was sealed for, until its time is over") {
  const Sessions sessions;
  const std::string token = sessions.seal("pk-laptop-3fa29c", k_now_ms);
  CHECK(sessions.open(token, k_now_ms) == "pk-laptop-3fa29c");
  CHECK(sessions.open(token, k_now_ms + k_session_ms - 1) == "pk-laptop-3fa29c");
  CHECK_FALSE(sessions.open(token, k_now_ms + k_session_ms));
  CHECK(token.find_first_of("=+/; ") == std::string::npos);
  CHECK(sessions.seal("pk-laptop-3fa29c", k_now_ms) != token);
}

TEST_CASE("A token that was changed, or made by another server, opens nothing") {
  const Sessions sessions, other;
  const std::string token = sessions.seal("pk-laptop-3fa29c", k_now_ms);
  CHECK_FALSE(other.open(token, k_now_ms));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(sessions.open(changed, k_now_ms).value_or("pk-laptop-3fa29c") == "pk-laptop-3fa29c");
    if (i + 1 < token.size()) CHECK_FALSE(sessions.open(changed, k_now_ms));
  }
  for (const std::string& bad : {std::string(), std::string("x"), token + "A", token.substr(0, 30),
                                 std::string(5000, 'A'), std::string("%%%")})
    CHECK_FALSE(sessions.open(bad, k_now_ms));
}

TEST_CASE(
    "A token that was ended opens nothing, and others go on, until too many were ended to keep in mind") {
  Sessions sessions;
  const std::string token = sessions.seal("pk-a-1", k_now_ms), other = sessions.seal("pk-a-1", k_now_ms);
  sessions.end(token, k_now_ms);
  sessions.end(token, k_now_ms);
  sessions.end("nonsense", k_now_ms);
  CHECK_FALSE(sessions.open(token, k_now_ms));
  for (const char last : {'A', 'B', 'C', 'D', 'Q', 'g', 'w'}) {
    std::string twin = token;
    twin.back() = last;
    CHECK_FALSE(sessions.open(twin, k_now_ms));
  }
  CHECK(sessions.open(other, k_now_ms) == "pk-a-1");
  for (std::size_t i = 1; i < k_ended_sessions_max; ++i)
    sessions.end(sessions.seal("pk-a-1", k_now_ms), k_now_ms);
  CHECK(sessions.open(other, k_now_ms) == "pk-a-1");
  sessions.end(sessions.seal("pk-a-1", k_now_ms), k_now_ms);
  CHECK_FALSE(sessions.open(other, k_now_ms));
  CHECK_FALSE(sessions.open(token, k_now_ms));
  const std::string next = sessions.seal("pk-a-1", k_now_ms);
  CHECK(sessions.open(next, k_now_ms) == "pk-a-1");
}

TEST_CASE("A request's session is that of its cookie") {
  const Sessions sessions;
  pk::http::Request request;
  CHECK_FALSE(sessions.of(request, k_now_ms));
  request.headers = {{"Cookie", "a=b; pk_session=" + sessions.seal("pk-a-1", k_now_ms)}};
  CHECK(sessions.of(request, k_now_ms) == "pk-a-1");
}

TEST_CASE("After many wrong keys nobody can try for a while") {
  Sessions sessions;
  for (std::size_t i = 0; i < k_wrong_logins_max; ++i) {
    CHECK(sessions.may_try(k_now_ms));
    sessions.was_wrong(k_now_ms);
  }
  CHECK_FALSE(sessions.may_try(k_now_ms + k_wrong_logins_ms - 1));
  CHECK(sessions.may_try(k_now_ms + k_wrong_logins_ms));
}
