#include "replay/blocked.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pk::replay {

log::ReplayBlock block_of(const log::LogRecord& record) {
  const bool gone = record.replay_blocked_by == log::ReplayBlock::none && !record.request;
  return gone ? log::ReplayBlock::no_content : record.replay_blocked_by;
}

std::string reason(const log::LogRecord& record, log::ReplayBlock block) {
  switch (block) {
    case log::ReplayBlock::endpoint:
      return fmt::format(
          "it went to {}, and only chat completions, completions and embeddings are sent again",
          visible(record.path, false));
    case log::ReplayBlock::provider_archived:
      return fmt::format("its virtual key {0} is archived; pk provider unarchive {0} puts it into use again",
                         visible(record.virtual_key, false));
    case log::ReplayBlock::prompt_in_target:
      return "a target of its config called a prompt, and what that was rendered to is not kept";
    case log::ReplayBlock::not_tracked:
      return "it asked not to be tracked, and what it said is not kept";
    case log::ReplayBlock::no_content:
      return "its content is not whole: it was pruned, interrupted or cut";
    case log::ReplayBlock::none:
      break;
  }
  return "";
}

Result<void> check(const log::LogRecord& record) {
  const log::ReplayBlock block = block_of(record);
  if (block == log::ReplayBlock::none) return {};
  return Error{Errc::unauthorized, fmt::format("log {} cannot be replayed ({}): {}", record.id.text(),
                                               log::slug(block), reason(record, block))};
}

}  // namespace pk::replay
