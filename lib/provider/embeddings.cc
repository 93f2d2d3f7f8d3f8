#include "provider/embeddings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "base/text.h"
#include "provider/answer_decoder.h"
#include "provider/json_out.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

constexpr std::array<std::string_view, 5> k_openai_members = {"dimensions", "encoding_format", "input",
                                                              "model", "user"};

void append_float(std::string& bytes, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
}

std::string base64_vector(const JsonView& vector) {
  std::string bytes;
  constexpr double k_max = std::numeric_limits<float>::max();
  for (const JsonView number : vector.items())
    append_float(bytes, static_cast<float>(std::clamp(parse_real(number.json()).value_or(0), -k_max, k_max)));
  return base64(bytes);
}

void append_embedding(JsonOut& out, std::size_t index, const JsonView& vector, bool as_base64) {
  out.begin_object().text("object", "embedding").key("embedding");
  if (as_base64 && vector.is_array())
    out.text(base64_vector(vector));
  else
    out.json(vector.json());
  out.number("index", static_cast<std::int64_t>(index)).end_object();
}

class EmbeddingsDecoder final : public WholeDecoder {
 public:
  EmbeddingsDecoder(const AnswerFacts& facts, Embeddings (*read)(const JsonView&))
      : WholeDecoder(facts), m_read(read) {}

 private:
  std::optional<std::string> translated(const JsonView& answer) override {
    const Embeddings found = m_read(answer);
    const bool good = std::ranges::all_of(found.vectors, &JsonView::is_array);
    if (!good || found.vectors.empty()) return {};
    return embedding_list(facts(), "", found.vectors, found.usage);
  }

  Embeddings (*const m_read)(const JsonView&);
};

}  // namespace

Result<EmbedRequest> read_embeddings(std::string_view body) {
  EmbedRequest request;
  JsonView input;
  for (const auto& [name, value] : JsonView(body).members()) {
    if (name == "input") input = value;
    if (name == "dimensions" && value.is_given()) request.dimensions = value;
    if (std::ranges::find(k_openai_members, name) == k_openai_members.end())
      request.own.emplace_back(name, value);
  }
  if (input.is_string()) request.inputs.push_back(input.text());
  bool all_text = true;
  for (const JsonView element : input.items()) {
    all_text = all_text && element.is_string();
    if (all_text && request.inputs.size() <= k_embedding_inputs_max) request.inputs.push_back(element.text());
  }
  if (!all_text || request.inputs.empty())
    return invalid("`input` must be a string or an array of strings for this provider");
  if (request.inputs.size() > k_embedding_inputs_max)
    return Error{Errc::limit, fmt::format("`input` has more than {} texts", k_embedding_inputs_max)};
  return request;
}

bool wants_base64(std::string_view body) {
  return JsonView(body)["encoding_format"].is("base64");
}

std::string embedding_list(const AnswerFacts& facts, std::string_view model,
                           const std::vector<JsonView>& vectors, const Usage& usage) {
  JsonOut out;
  out.begin_object().text("object", "list").begin_array("data");
  for (std::size_t i = 0; i < vectors.size(); ++i) append_embedding(out, i, vectors[i], facts.base64);
  out.end_array().text("model", model.empty() ? facts.model : model).text("provider", facts.provider);
  out.key("usage");
  if (!usage.known())
    out.json("null");
  else
    out.begin_object()
        .number("prompt_tokens", usage.prompt_tokens.value_or(0))
        .number("total_tokens", usage.prompt_tokens.value_or(0))
        .end_object();
  out.end_object();
  return out.take();
}

std::unique_ptr<Decoder> embeddings_decoder(const AnswerFacts& facts,
                                            Embeddings (*read)(const JsonView& answer)) {
  return std::make_unique<EmbeddingsDecoder>(facts, read);
}

}  // namespace pk::provider
