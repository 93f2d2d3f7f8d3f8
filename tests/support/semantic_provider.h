// A provider that chats and embeds at one address, each counted, and pk set up to embed there: the vectors
// are those of the words' spelling (ngram_embedder.h).
#pragma once

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/ngram_embedder.h"
#include "support/serve_fixture.h"

namespace pk::test {

class SemanticProvider {
 public:
  SemanticProvider() {
    upstream.handle([this](const SeenRequest& seen) {
      if (seen.target != "/v1/embeddings")
        return Answer::json(200, chat_body("Answer " + std::to_string(++chats)));
      ++embeddings;
      if (dead) return Answer::json(500, R"({"error":{"message":"down"}})");
      boost::json::array numbers;
      for (const float x : NgramEmbedder().embed(at(parse_json(seen.body), "/input"))) numbers.push_back(x);
      return Answer::json(200, R"({"data":[{"embedding":)" + boost::json::serialize(numbers) + "}]}");
    });
  }

  ServeOptions serve(const TempFolder& data, const std::vector<std::string>& more = {}) const {
    ServeOptions options;
    options.data = data.path();
    options.flags = {"--semantic-cache-provider",    "openai",       "--semantic-cache-model",     "small",
                     "--semantic-cache-custom-host", upstream.url(), "--semantic-cache-threshold", "0.8"};
    options.flags.insert(options.flags.end(), more.begin(), more.end());
    options.environment = {"OPENAI_API_KEY=sk-embedder-of-the-operator"};
    return options;
  }
  Reply ask(const Serve& serve, std::string_view words, const HeaderList& more = {}) const {
    HeaderList headers = {{"content-type", "application/json"}, {"x-portkey-config", config()}};
    headers.insert(headers.end(), more.begin(), more.end());
    return request(serve.port(), "POST", "/v1/chat/completions", headers, chat_request(words));
  }

  std::string config() const {
    return R"({"provider":"openai","api_key":"sk-0123456789abcdef0","cache":{"mode":"semantic"},"custom_host":")" +
           upstream.url() + "\"}";
  }

  FakeUpstream upstream;
  std::atomic<int> chats{0}, embeddings{0};
  std::atomic<bool> dead{false};
};

}  // namespace pk::test
