#include "provider/cohere_answer.h"

#include "decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  pk::fuzz::check_decoder(pk::provider::cohere_decoder, input, input);
  return 0;
}
