// A request body is taken exactly when it is a JSON object within the depth; the places of its members lie in
// it in order; and the demo provider answers it with JSON, whatever it holds.
#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"
#include "provider/body.h"
#include "provider/demo.h"

namespace {

using namespace pk;

void check_places(std::string_view json) {
  std::size_t end = 0;
  for (const provider::Member& member : provider::top_level(json)) {
    PK_ASSERT(member.key.offset > end);
    PK_ASSERT(member.value.offset > member.key.offset + member.key.length);
    end = member.value.offset + member.value.length - 1;
    PK_ASSERT(end < json.size());
    PK_ASSERT(is_json(member.key.of(json)));
    PK_ASSERT(is_json(member.value.of(json)));
  }
}

void check_demo(std::string_view json, provider::BodyFacts facts) {
  facts.model += "m";  // none is refused for having no model
  for (const auto endpoint :
       {log::Endpoint::chat_completions, log::Endpoint::completions, log::Endpoint::embeddings}) {
    const provider::DemoReply reply = provider::answer(endpoint, "POST", "", facts, json, "seed", 1);
    if (reply.chunks.empty()) PK_ASSERT(is_json(reply.body));
    for (const std::string& chunk : reply.chunks) {
      PK_ASSERT(chunk.starts_with("data: ") && chunk.ends_with("\n\n"));
      const std::string_view data = trim(std::string_view(chunk).substr(6));
      PK_ASSERT(data == "[DONE]" || is_json(data));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text(data, size);
  const auto facts = provider::BodyReader().read(input);
  const bool object = trim(input).starts_with('{') && is_json(input, provider::k_body_depth_max);
  const bool long_name = !facts && facts.error().message.ends_with("1024 bytes");
  PK_ASSERT(bool(facts) == (object && !long_name));
  provider::top_level(input);
  provider::find_top_level(input, "model");
  if (!facts) return 0;
  check_places(input);
  check_demo(input, *facts);
  return 0;
}
