#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace pk {

std::string_view errc_name(Errc code) {
  switch (code) {
    case Errc::invalid:
      return "invalid";
    case Errc::not_found:
      return "not_found";
    case Errc::unauthorized:
      return "unauthorized";
    case Errc::limit:
      return "limit";
    case Errc::timeout:
      return "timeout";
    case Errc::cancelled:
      return "cancelled";
    case Errc::upstream:
      return "upstream";
    case Errc::corrupt:
      return "corrupt";
    case Errc::io:
      return "io";
  }
  return "io";
}

Error Error::within(std::string_view context) && {
  message.insert(0, ": ").insert(0, context);
  return std::move(*this);
}

Error errno_error(std::string_view what, int error_number) {
  Errc code = Errc::io;
  if (error_number == ENOENT) code = Errc::not_found;
  if (error_number == EACCES || error_number == EPERM) code = Errc::unauthorized;
  if (error_number == ENOSPC || error_number == EDQUOT) code = Errc::limit;
  return Error{code, std::generic_category().message(error_number)}.within(what);
}

}  // namespace pk
