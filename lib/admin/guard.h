// Who may use a route of the control plane: asked here, answered by whom serve wires behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "admin/reply.h"
#include "config/saved.h"
#include "http/message.h"

namespace pk::admin {

// What a route wants of who calls it.
struct Need {
  std::optional<config::Scope> scope = {};  // none: no key is asked for
  bool linked = false;  // pages of other origins may lead here: it shows or does nothing by itself
  bool page =
      false;  // a person reads it: who is refused for want of a key gets the page all the same, to log in
};

struct Caller {
  std::string key_id;  // of an API key, sent or of a session; "" if none was needed or none was asked for
  std::uint8_t scopes = 0;
  bool tracked = true;        // neither key nor settings ask not to track
  bool login_wanted = false;  // API keys are wanted of who asks for more than open routes
};

struct Admission {
  std::optional<Reply> refused;  // 400, 401, 403: it was counted, and is answered with this
  Caller caller;
};

// Lives on one worker's thread.
class Guard {
 public:
  virtual ~Guard() = default;
  virtual Admission admit(const http::Request& request, const Need& need) = 0;
  // Whether admit() would refuse nothing. Nothing is counted.
  virtual bool lets_in(const http::Request& head, const Need& need) const = 0;
  // Whose API key that is; nothing if it is none of ours.
  virtual std::optional<Caller> holder_of(std::string_view secret) const = 0;
};

}  // namespace pk::admin
