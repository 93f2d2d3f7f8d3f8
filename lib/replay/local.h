// Replays through a gateway in this process.
#pragma once

#include "replay/plane.h"
#include "replay/way.h"

namespace pk::replay {

class Local final : public Way {
 public:
  Local(Plane& plane, Ground ground) : m_plane(plane), m_ground(std::move(ground)) {}

  Result<void> check(const log::LogRecord& original, const Overrides& overrides) override;
  Task<Result<Replayed>> send(log::LogRecord original, const Overrides& overrides) override;

 private:
  Plane& m_plane;
  const Ground m_ground;
};

}  // namespace pk::replay
