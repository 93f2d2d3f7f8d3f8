#include "provider/demo.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "provider/demo_words.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_json_type = "application/json";
constexpr std::string_view k_stream_type = "text/event-stream";
constexpr std::string_view k_error_prefix = "demo-error-";
constexpr std::string_view k_cut_model = "demo-cut";
constexpr std::size_t k_cut_events = 3;
constexpr std::string_view k_models[] = {"demo-1", "demo-mini", "demo-embed"};

DemoReply json_reply(int status, std::string body) {
  DemoReply reply;
  reply.status = status;
  reply.headers = {{"content-type", std::string(k_json_type)}};
  reply.body = std::move(body);
  return reply;
}

DemoReply error_reply(int status, std::string_view type, std::string_view message) {
  std::string body = R"({"error":{"message":)";
  append_json_string(body, message);
  body += fmt::format(R"(,"type":"{}","param":null,"code":null}}}})", type);
  DemoReply reply = json_reply(status, std::move(body));
  if (status == 429) reply.headers.emplace_back("retry-after", "1");
  return reply;
}

// The status that demo-error-NNN asks for, 0 for another model.
int asked_status(std::string_view model) {
  if (!model.starts_with(k_error_prefix)) return 0;
  const auto status = parse_int(model.substr(k_error_prefix.size()));
  return status && *status >= 400 && *status <= 599 ? static_cast<int>(*status) : 0;
}

std::string usage_json(std::int64_t prompt, std::int64_t completion) {
  return fmt::format(
      R"({{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},)"
      R"("prompt_tokens_details":{{"cached_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":0}}}})",
      prompt, completion, prompt + completion);
}

// What every chunk and body of one reply shares.
struct Envelope {
  std::string id;
  std::string object;
  std::string model;
  std::int64_t created = 0;

  std::string open(std::string_view object_suffix = "") const {
    return fmt::format(R"({{"id":{},"object":"{}{}","created":{},"model":{},)", json_string(id), object,
                       object_suffix, created, json_string(model));
  }
};

std::string event(const std::string& json) {
  return fmt::format("data: {}\n\n", json);
}

std::string tool_call_json(const DemoWords& words, std::string_view seed, std::string_view index) {
  return fmt::format(R"([{{{}"id":{},"type":"function","function":{{"name":{},"arguments":{}}}}}])", index,
                     json_string(fmt::format("call_{}", seed)), json_string(words.tool),
                     json_string(words.tool_arguments));
}

std::string chat_message_json(const DemoWords& words, std::string_view seed) {
  if (words.tool.empty())
    return fmt::format(R"({{"role":"assistant","content":{},"refusal":null}})", json_string(words.reply));
  return fmt::format(R"({{"role":"assistant","content":null,"refusal":null,"tool_calls":{}}})",
                     tool_call_json(words, seed, ""));
}

// The choice's inner part: "message", "delta" or "text" with its value.
std::string choice_json(std::string_view part, const std::string& value, std::string_view finish) {
  return fmt::format(R"("choices":[{{"index":0,"{}":{},"logprobs":null,"finish_reason":{}}}])", part, value,
                     finish.empty() ? "null" : json_string(finish));
}

// Word by word, the space before each word with it.
std::vector<std::string_view> pieces(std::string_view text) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' ', 1), text.size());
    found.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return found;
}

void add_chat_deltas(const DemoWords& words, std::string_view seed, std::vector<std::string>& deltas) {
  if (!words.tool.empty()) {
    deltas.push_back(fmt::format(R"({{"role":"assistant","content":null,"tool_calls":{}}})",
                                 tool_call_json(words, seed, R"("index":0,)")));
    return;
  }
  deltas.emplace_back(R"({"role":"assistant","content":"","refusal":null})");
  for (const std::string_view piece : pieces(words.reply))
    deltas.push_back(fmt::format(R"({{"content":{}}})", json_string(piece)));
}

// The events of a stream: one a choice value, then the finish, the usage if it was asked for, the end mark.
std::vector<std::string> stream(const Envelope& envelope, std::string_view part,
                                const std::vector<std::string>& values, const std::string& last,
                                const DemoWords& words, const BodyFacts& facts) {
  const std::string open = envelope.open(part == "delta" ? ".chunk" : "");
  const std::string tail = facts.include_usage ? R"(,"usage":null})" : "}";
  std::vector<std::string> chunks;
  for (const std::string& value : values) chunks.push_back(event(open + choice_json(part, value, "") + tail));
  chunks.push_back(event(open + choice_json(part, last, words.finish_reason) + tail));
  if (facts.include_usage)
    chunks.push_back(event(fmt::format(R"({}"choices":[],"usage":{}}})", open,
                                       usage_json(words.prompt_tokens, words.completion_tokens))));
  chunks.emplace_back("data: [DONE]\n\n");
  if (facts.model == k_cut_model) chunks.resize(std::min(chunks.size(), k_cut_events));
  return chunks;
}

DemoReply stream_reply(std::vector<std::string> chunks) {
  DemoReply reply;
  reply.headers = {{"content-type", std::string(k_stream_type)}, {"cache-control", "no-cache"}};
  reply.chunks = std::move(chunks);
  return reply;
}

DemoReply whole_reply(const Envelope& envelope, const std::string& choice, const DemoWords& words) {
  return json_reply(200, fmt::format(R"({}{},"usage":{}}})", envelope.open(), choice,
                                     usage_json(words.prompt_tokens, words.completion_tokens)));
}

DemoReply chat(const BodyFacts& facts, std::string_view body, std::string_view seed, std::int64_t now_s) {
  const DemoWords words = chat_words(body);
  if (words.problem) return error_reply(400, "invalid_request_error", words.problem);
  const Envelope envelope{fmt::format("chatcmpl-{}", seed), "chat.completion", facts.model, now_s};
  if (!facts.stream)
    return whole_reply(envelope, choice_json("message", chat_message_json(words, seed), words.finish_reason),
                       words);
  std::vector<std::string> deltas;
  add_chat_deltas(words, seed, deltas);
  return stream_reply(
      stream({envelope.id, "chat.completion", facts.model, now_s}, "delta", deltas, "{}", words, facts));
}

DemoReply completion(const BodyFacts& facts, std::string_view body, std::string_view seed,
                     std::int64_t now_s) {
  const DemoWords words = completion_words(body);
  if (words.problem) return error_reply(400, "invalid_request_error", words.problem);
  const Envelope envelope{fmt::format("cmpl-{}", seed), "text_completion", facts.model, now_s};
  if (!facts.stream)
    return whole_reply(envelope, choice_json("text", json_string(words.reply), words.finish_reason), words);
  std::vector<std::string> texts;
  for (const std::string_view piece : pieces(words.reply)) texts.push_back(json_string(piece));
  return stream_reply(stream(envelope, "text", texts, R"("")", words, facts));
}

DemoReply embeddings(const BodyFacts& facts, std::string_view body) {
  const DemoEmbeddings found = embed(body);
  if (found.problem) return error_reply(400, "invalid_request_error", found.problem);
  std::string data;
  for (std::size_t i = 0; i < found.vectors.size(); ++i)
    data += fmt::format(R"({}{{"object":"embedding","index":{},"embedding":{}}})", i == 0 ? "" : ",", i,
                        found.vectors[i]);
  return json_reply(200, fmt::format(R"({{"object":"list","data":[{}],"model":{},)"
                                     R"("usage":{{"prompt_tokens":{},"total_tokens":{}}}}})",
                                     data, json_string(facts.model), found.tokens, found.tokens));
}

std::string model_json(std::string_view model) {
  return fmt::format(R"({{"id":{},"object":"model","created":1700000000,"owned_by":"pk"}})",
                     json_string(model));
}

DemoReply models(std::string_view path) {
  constexpr std::string_view k_list = "/v1/models";
  if (path == k_list) {
    std::string data;
    for (const std::string_view model : k_models) data += (data.empty() ? "" : ",") + model_json(model);
    return json_reply(200, fmt::format(R"({{"object":"list","data":[{}]}})", data));
  }
  const std::string_view asked = path.substr(std::min(path.size(), k_list.size() + 1));
  for (const std::string_view model : k_models)
    if (model == asked) return json_reply(200, model_json(model));
  return error_reply(404, "invalid_request_error",
                     fmt::format("The model '{}' does not exist", visible(asked, false)));
}

}  // namespace

DemoReply answer(log::Endpoint endpoint, std::string_view method, std::string_view path,
                 const BodyFacts& facts, std::string_view body, std::string_view id_seed,
                 std::int64_t now_s) {
  if (const int status = asked_status(facts.model); status != 0)
    return error_reply(status, status == 429 ? "rate_limit_error" : "demo_error",
                       fmt::format("The model {} always fails with {}", facts.model, status));
  const bool unified = endpoint != log::Endpoint::other;
  if (unified && facts.model.empty())
    return error_reply(400, "invalid_request_error", "you must provide a model parameter");
  switch (endpoint) {
    case log::Endpoint::chat_completions:
      return chat(facts, body, id_seed, now_s);
    case log::Endpoint::completions:
      return completion(facts, body, id_seed, now_s);
    case log::Endpoint::embeddings:
      return embeddings(facts, body);
    default:
      break;
  }
  if (method == "GET" && (path == "/v1/models" || path.starts_with("/v1/models/"))) return models(path);
  return error_reply(404, "invalid_request_error",
                     fmt::format("The demo provider has no {} {}", method, visible(path, false)));
}

}  // namespace pk::provider
