#include "replay/blocked.h"

#include "replay/records.h"
#include "support/catch.h"

namespace pk::replay {

TEST_CASE("Each reason that keeps a log from being replayed is told with its word") {
  using log::ReplayBlock;
  const std::pair<ReplayBlock, const char*> cases[] = {
      {ReplayBlock::endpoint, "(endpoint): it went to /v1/messages, and only"},
      {ReplayBlock::provider_archived,
       "(provider-archived): its virtual key vk-team is archived; pk provider unarchive"},
      {ReplayBlock::prompt_in_target, "(prompt-in-target): a target of its config called a prompt"},
      {ReplayBlock::not_tracked, "(not-tracked): it asked not to be tracked"},
      {ReplayBlock::no_content, "(no-content): its content is not whole"}};
  for (const auto& [block, words] : cases) {
    log::LogRecord record = test::chat_record();
    record.path = "/v1/messages";
    record.virtual_key = "vk-team";
    record.replay_blocked_by = block;
    const Result<void> checked = check(record);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Errc::unauthorized);
    CHECK(checked.error().message.find(words) != std::string::npos);
  }
}

TEST_CASE("A log without its request has no content, whatever it says") {
  log::LogRecord record = test::chat_record();
  CHECK(check(record));
  record.request.reset();
  CHECK(block_of(record) == log::ReplayBlock::no_content);
}

}  // namespace pk::replay
