// The reference, section 4, semantic cache: exact first, then by meaning; chat completions and completions,
// at most four messages, fewer than 8191 tokens, at least one of the user's; all other parameters and the
// metadata the same.
#include "support/catch.h"
#include "support/semantic_provider.h"
#include "support/temp_folder.h"

using namespace pk::test;

namespace {

struct Served {
  SemanticProvider provider;
  TempFolder data;
  Serve serve{provider.serve(data)};

  std::string status(const std::string& body, const std::string& path = "/v1/chat/completions",
                     const HeaderList& more = {}) {
    HeaderList headers = {{"content-type", "application/json"}, {"x-portkey-config", provider.config()}};
    headers.insert(headers.end(), more.begin(), more.end());
    const Reply reply = request(serve.port(), "POST", path, headers, body);
    CHECK(reply.status == 200);
    return reply.header("x-portkey-cache-status");
  }
};

// A body with these messages, and more members.
std::string body(std::string_view messages, std::string_view more = "") {
  return R"({"model":"gpt-4o-mini","messages":[)" + std::string(messages) + "]" + std::string(more) + "}";
}

constexpr std::string_view k_first = R"({"role":"user","content":"Why is the sky blue?"})";
constexpr std::string_view k_alike = R"({"role":"user","content":"why is the sky blue"})";

std::string with_system(std::string_view system, std::string_view user) {
  return R"({"role":"system","content":")" + std::string(system) + "\"}," + std::string(user);
}

}  // namespace

TEST_CASE("Exact goes before meaning, and meaning before the provider", "[semantic]") {
  Served pk;
  CHECK(pk.status(body(k_first)) == "MISS");
  CHECK(pk.status(body(k_first)) == "HIT");
  CHECK(pk.status(body(k_alike)) == "SEMANTIC HIT");
  CHECK(pk.provider.chats == 1);
}

TEST_CASE("Other parameters, system prompts and metadata must be the same", "[semantic]") {
  Served pk;
  CHECK(pk.status(body(k_first)) == "MISS");
  CHECK(pk.status(body(k_alike, R"(,"temperature":0)")) == "MISS");
  CHECK(pk.status(body(with_system("Be brief.", k_alike))) == "MISS");
  CHECK(pk.status(body(k_alike), "/v1/chat/completions", {{"x-portkey-metadata", R"({"team":"red"})"}}) ==
        "MISS");
  CHECK(pk.status(body(k_alike, R"(,"stream":false)")) == "SEMANTIC HIT");
  CHECK(pk.status(body(with_system("Be brief.", R"({"role":"user","content":"Why IS the sky blue"})"))) ==
        "SEMANTIC HIT");
}

TEST_CASE("More than four messages are not compared by meaning, nor what has too many tokens or no words",
          "[semantic]") {
  Served pk;
  const std::string turns = R"({"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},)";
  CHECK(pk.status(body(turns + std::string(k_first))) == "MISS");
  CHECK(pk.status(body(turns + std::string(k_alike))) == "SEMANTIC HIT");
  CHECK(pk.status(body(turns + turns + std::string(k_first))) == "MISS");
  const int embedded = pk.provider.embeddings;
  CHECK(pk.status(body(turns + turns + std::string(k_alike))) == "MISS");
  const std::string padding(4 * 8191, 'a');
  CHECK(pk.status(body(with_system(padding, k_first))) == "MISS");
  CHECK(pk.status(body(with_system(padding, k_alike))) == "MISS");
  CHECK(pk.status(body(R"({"role":"system","content":"Why is the sky blue?"})")) == "MISS");
  CHECK(pk.provider.embeddings == embedded);
}

TEST_CASE("Completions are compared by their prompts, embeddings not at all", "[semantic]") {
  Served pk;
  CHECK(pk.status(R"({"model":"m","prompt":"Why is the sky blue?"})", "/v1/completions") == "MISS");
  CHECK(pk.status(R"({"model":"m","prompt":"why is the sky blue"})", "/v1/completions") == "SEMANTIC HIT");
  const int embedded = pk.provider.embeddings;
  CHECK(pk.status(R"({"model":"m","input":"Why is the sky blue?"})", "/v1/embeddings") == "MISS");
  CHECK(pk.status(R"({"model":"m","input":"why is the sky blue"})", "/v1/embeddings") == "MISS");
  CHECK(pk.provider.embeddings == embedded + 2);  // the two requests themselves
}

TEST_CASE("A refresh takes away all that would have been hits", "[semantic]") {
  Served pk;
  CHECK(pk.status(body(k_first)) == "MISS");
  CHECK(pk.status(body(k_alike), "/v1/chat/completions", {{"x-portkey-cache-force-refresh", "true"}}) ==
        "REFRESH");
  CHECK(pk.status(body(k_first)) == "SEMANTIC HIT");
  CHECK(pk.provider.chats == 2);
}
