// What a response says about itself does not depend on where the network cut it, and is never out of range.
#include "fuzz.h"
#include "provider/usage.h"

namespace {

void check(const std::optional<std::int64_t>& count) {
  PK_ASSERT(!count || (*count >= 0 && *count <= 4 * pk::provider::k_tokens_max));
}

void check(const pk::provider::UsageReader& reader) {
  const pk::provider::Usage usage = reader.usage();
  for (const auto& count : {usage.prompt_tokens, usage.completion_tokens, usage.total_tokens,
                            usage.cached_tokens, usage.cache_write_tokens, usage.reasoning_tokens})
    check(count);
  PK_ASSERT(reader.model().size() <= pk::provider::k_response_model_bytes_max);
  PK_ASSERT(reader.error().find('\n') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  pk::provider::UsageReader body;
  body.read_body(input);
  check(body);
  pk::provider::UsageReader whole, pieces;
  whole.feed(input);
  whole.finish();
  pk::fuzz::in_pieces(input, input.substr(0, size % 5), [&](std::string_view piece) { pieces.feed(piece); });
  pieces.finish();
  check(whole);
  PK_ASSERT(whole.usage() == pieces.usage());
  PK_ASSERT(whole.model() == pieces.model());
  PK_ASSERT(whole.error() == pieces.error());
  PK_ASSERT(whole.ended() == pieces.ended());
  return 0;
}
