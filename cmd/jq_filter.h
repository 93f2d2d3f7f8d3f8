// Filters JSON with a jq expression, through libjq.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct jq_state;

namespace pk::cmd {

class Jq {
 public:
  // invalid, with what jq says, if `expression` is none.
  static Result<Jq> compile(const std::string& expression);

  // Runs it on one JSON text; appends what it gives to `out`, a line each: texts as they are, the rest as
  // JSON. io, with what jq says, if it fails on this value; what it gave before has been appended.
  Result<void> run(std::string_view json, std::string& out);

 private:
  struct End {
    void operator()(jq_state* state) const;
  };
  explicit Jq(jq_state* state) : m_state(state) {}
  std::unique_ptr<jq_state, End> m_state;
};

}  // namespace pk::cmd
