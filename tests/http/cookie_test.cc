#include "http/cookie.h"

#include "support/catch.h"

using namespace pk::http;

TEST_CASE("A cookie is found among others, by its whole name") {
  CHECK(cookie_of({{"Accept", "*/*"}, {"Cookie", "a=b; pk_session=TOKEN; pk_session_other=no"}},
                  k_session_cookie) == "TOKEN");
  CHECK(cookie_of({{"cookie", "a=b"}, {"COOKIE", "pk_session="}}, k_session_cookie) == "");
  CHECK_FALSE(cookie_of({{"cookie", "pk_sessions=x; xpk_session=y; pk_session"}}, k_session_cookie));
  CHECK_FALSE(cookie_of({}, k_session_cookie));
}
