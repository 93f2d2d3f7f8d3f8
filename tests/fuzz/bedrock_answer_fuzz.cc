// Lines of "type payload" are put into frames, since random bytes never have the right checksums; the bytes
// as they are go in, too.
#include "provider/bedrock_answer.h"

#include <algorithm>

#include "decoder.h"
#include "support/event_stream.h"

namespace {

std::string frames(std::string_view lines) {
  std::string stream;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const auto space = std::min(line.find(' '), line.size());
    const std::string_view type = line.substr(0, space), payload = line.substr(space);
    stream += type.ends_with("Exception") ? pk::aws_exception(type, payload) : pk::aws_event(type, payload);
  }
  return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  pk::fuzz::check_decoder(pk::provider::bedrock_decoder, input, frames(input));
  pk::fuzz::check_decoder(pk::provider::bedrock_decoder, input, input);
  return 0;
}
