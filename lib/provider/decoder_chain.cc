#include "provider/decoder_chain.h"

#include <utility>

namespace pk::provider {

namespace {

class DecoderChain final : public Decoder {
 public:
  DecoderChain(std::unique_ptr<Decoder> inner, std::unique_ptr<Decoder> outer)
      : m_inner(std::move(inner)), m_outer(std::move(outer)) {}

  std::string body(std::string_view upstream) override { return m_outer->body(m_inner->body(upstream)); }

  void feed(std::string_view bytes, std::string& out) override {
    m_between.clear();
    m_inner->feed(bytes, m_between);
    m_outer->feed(m_between, out);
  }

  void finish(std::string& out) override {
    m_between.clear();
    m_inner->finish(m_between);
    m_outer->feed(m_between, out);
    m_outer->finish(out);
  }

  Usage usage() const override { return m_inner->usage(); }

  std::string_view broken() const override {
    return m_inner->broken().empty() ? m_outer->broken() : m_inner->broken();
  }

 private:
  std::unique_ptr<Decoder> m_inner, m_outer;
  std::string m_between;
};

}  // namespace

std::unique_ptr<Decoder> compose(std::unique_ptr<Decoder> inner, std::unique_ptr<Decoder> outer) {
  if (!inner) return outer;
  if (!outer) return inner;
  return std::make_unique<DecoderChain>(std::move(inner), std::move(outer));
}

}  // namespace pk::provider
