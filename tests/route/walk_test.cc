#include "route/walk.h"

#include "route/plays.h"

namespace pk::route {
namespace {

using namespace plays;

std::vector<Note::Kind> kinds(const Play& play) {
  std::vector<Note> notes;
  const Decision noted = Walk(play.facts, play.history, &notes).decide(play.config.root);
  CHECK(noted == play.next());
  std::vector<Note::Kind> found;
  for (const Note& note : notes) found.push_back(note.kind);
  return found;
}

TEST_CASE("What is noted follows the way, and noting changes nothing") {
  using Kind = Note::Kind;
  Play play(R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo"},
      {"provider":"demo","retry":{"attempts":1}},
      {"strategy":{"mode":"single"},"targets":[{"provider":"demo"}]}]})");
  play.facts.open.set(0);
  CHECK(kinds(play) == std::vector<Kind>{Kind::skipped, Kind::started});
  play.run({500, 500, 404});
  CHECK(kinds(play) == std::vector<Kind>{Kind::skipped, Kind::started, Kind::retried, Kind::ended,
                                         Kind::fell_back, Kind::chosen, Kind::ended, Kind::none_left});
  play.history.front().leaf = 2;
  CHECK(kinds(play).back() == Kind::strayed);
}

}  // namespace
}  // namespace pk::route
