// Whatever a good request body holds, its translation is refused with words or is a good body again; and the
// translation of a message's into a chat completion's can be translated back.
#include "base/json.h"
#include "fuzz.h"
#include "provider/anthropic_request.h"
#include "provider/body.h"
#include "provider/messages_front.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  if (!pk::provider::BodyReader().read(input)) return 0;
  const auto messages = pk::provider::chat_to_messages(input);
  PK_ASSERT(messages ? pk::is_json(*messages) : !messages.error().message.empty());
  const auto chat = pk::provider::messages_to_chat(input, "openai");
  PK_ASSERT(chat ? pk::is_json(*chat) : !chat.error().message.empty());
  if (!chat) return 0;
  const auto back = pk::provider::chat_to_messages(*chat);
  PK_ASSERT(back ? pk::is_json(*back) : !back.error().message.empty());
  return 0;
}
