#include "provider/decoder_chain.h"

#include "decoding.h"

namespace pk::provider {
namespace {

// Puts its name around what it is given.
class Marker final : public Decoder {
 public:
  explicit Marker(std::string name, std::string broken = "")
      : m_name(std::move(name)), m_broken(std::move(broken)) {}
  std::string body(std::string_view upstream) override { return m_name + "(" + std::string(upstream) + ")"; }
  void feed(std::string_view bytes, std::string& out) override {
    if (!bytes.empty()) out += m_name + "<" + std::string(bytes) + ">";
  }
  void finish(std::string& out) override { out += m_name + "."; }
  std::string_view broken() const override { return m_broken; }
  Usage usage() const override { return tokens(static_cast<std::int64_t>(m_name.size()), -1, -1); }

 private:
  std::string m_name, m_broken;
};

std::unique_ptr<Decoder> marker(std::string name, std::string broken = "") {
  return std::make_unique<Marker>(std::move(name), std::move(broken));
}

TEST_CASE("What the inner decoder makes goes through the outer one, its last words too") {
  const auto chain = compose(marker("in"), marker("out"));
  CHECK(chain->body("x") == "out(in(x))");
  CHECK(decoded(*chain, "ab", 1) == "out<in<a>>out<in<b>>out<in.>out.");
}

TEST_CASE("The inner decoder's reason goes before the outer one's") {
  CHECK(compose(marker("a", "first"), marker("b", "second"))->broken() == "first");
  CHECK(compose(marker("a"), marker("b", "second"))->broken() == "second");
  CHECK(compose(marker("a"), marker("b"))->broken().empty());
}

TEST_CASE("A missing decoder passes what comes") {
  CHECK(compose(nullptr, marker("b"))->body("x") == "b(x)");
  CHECK(compose(marker("a"), nullptr)->body("x") == "a(x)");
  CHECK(compose(nullptr, nullptr) == nullptr);
}

TEST_CASE("The inner decoder is the one that knows the tokens") {
  CHECK(compose(marker("inner"), marker("o"))->usage() == tokens(5, -1, -1));
}

}  // namespace
}  // namespace pk::provider
