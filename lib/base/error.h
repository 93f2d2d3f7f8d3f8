// The one error type. Few codes, so that every caller can treat all of them; the message is for a person.
#pragma once

#include <string>
#include <string_view>

namespace pk {

enum class Errc {
  invalid,       // the caller's bytes or values are wrong
  not_found,     // named thing is not there
  unauthorized,  // not allowed, or refused by a rule
  limit,         // a named limit was reached
  timeout,       // a named wait was over
  cancelled,     // the one who asked went away
  upstream,      // the other side of a connection failed
  corrupt,       // stored bytes are damaged
  io,            // the system said no (disk, socket, permission)
};

// "invalid", "not_found" … as in the enum.
std::string_view errc_name(Errc code);

struct [[nodiscard]] Error {
  Errc code = Errc::invalid;
  std::string message;  // one line, no trailing stop; says what to do next where there is something to do

  // "context: message". Each layer adds its context once.
  Error within(std::string_view context) &&;

  bool operator==(const Error&) const = default;
};

// An io error (or not_found for ENOENT, unauthorized for EACCES/EPERM, limit for ENOSPC/EDQUOT) from an errno
// value: "what: No space left on device".
Error errno_error(std::string_view what, int error_number);

}  // namespace pk
