#include "store/compress.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("Bytes of every size come back from a frame") {
  Compressor compressor;
  Decompressor decompressor;
  const std::string all = conversation(80);
  REQUIRE(all.size() > 64 * 1024);  // with the dictionary and without
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{700}, std::size_t{32 * 1024},
                                 std::size_t{32 * 1024 + 1}, all.size()}) {
    std::string frame = "before";
    compressor.append_frame(frame, std::string_view(all).substr(0, size));
    std::string out = "kept ";
    must(decompressor.append(out, std::string_view(frame).substr(6), size));
    REQUIRE(out == "kept " + all.substr(0, size));
  }
}

TEST_CASE("Bytes that do not shrink, and short ones, are kept as they are") {
  Compressor compressor;
  std::string noise;
  Rng rng(3);
  for (int i = 0; i < 1000; ++i) noise += static_cast<char>(rng.next());
  for (const std::string& bytes : {noise, std::string("{}"), std::string()}) {
    std::string out;
    REQUIRE_FALSE(compressor.append_shorter(out, bytes));
    REQUIRE(out == bytes);
  }
}

TEST_CASE("What a chat sends shrinks to less than half") {
  const log::LogRecord record = record_at(k_now_ms);
  const std::string body =
      R"({"id":"chatcmpl-9","object":"chat.completion","created":1760000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"Paris is the capital of France."},"finish_reason":"stop"}],"usage":{"prompt_tokens":14,"completion_tokens":7,"total_tokens":21}})";
  Compressor compressor;
  std::string out;
  REQUIRE(compressor.append_shorter(out, body));
  REQUIRE(out.size() * 2 < body.size());
}

TEST_CASE("A frame of another size, cut, changed, or of an unknown dictionary is corrupt and adds nothing") {
  Compressor compressor;
  Decompressor decompressor;
  const std::string body = conversation(1);
  std::string frame;
  compressor.append_frame(frame, body);
  std::string out;
  for (const std::size_t size : {std::size_t{0}, body.size() - 1, body.size() + 1})
    REQUIRE_FALSE(decompressor.append(out, frame, size));
  for (std::size_t cut = 0; cut < frame.size(); cut += 7)
    REQUIRE_FALSE(decompressor.append(out, std::string_view(frame).substr(0, cut), body.size()));
  std::string other = frame;
  other[6] ^= 1;  // the number of the dictionary: behind magic, flags and window
  REQUIRE_FALSE(decompressor.append(out, other, body.size()));
  REQUIRE(out.empty());
}

}  // namespace pk::store::test
