#include "base/error.h"

#include <cerrno>
#include <set>

#include "support/catch.h"

using pk::Errc;
using pk::Error;

TEST_CASE("Each code has a name of its own") {
  std::set<std::string_view> names;
  for (const Errc code : {Errc::invalid, Errc::not_found, Errc::unauthorized, Errc::limit, Errc::timeout,
                          Errc::cancelled, Errc::upstream, Errc::corrupt, Errc::io})
    CHECK(names.insert(pk::errc_name(code)).second);
  CHECK(pk::errc_name(Errc::not_found) == "not_found");
}

TEST_CASE("Each layer adds its context in front") {
  CHECK(Error{Errc::io, "full"}.within("page 3").within("ledger") == Error{Errc::io, "ledger: page 3: full"});
}

TEST_CASE("Errors of the system are sorted by what the caller can do") {
  CHECK(pk::errno_error("open x", ENOENT) == Error{Errc::not_found, "open x: No such file or directory"});
  CHECK(pk::errno_error("x", EACCES).code == Errc::unauthorized);
  CHECK(pk::errno_error("x", EPERM).code == Errc::unauthorized);
  CHECK(pk::errno_error("x", ENOSPC) == Error{Errc::limit, "x: No space left on device"});
  CHECK(pk::errno_error("x", EDQUOT).code == Errc::limit);
  CHECK(pk::errno_error("x", EIO).code == Errc::io);
}
