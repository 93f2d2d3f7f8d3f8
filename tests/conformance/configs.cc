#include "conformance/configs.h"

#include <stdexcept>
#include <vector>

#include "support/catch.h"
#include "support/run_pk.h"

namespace pk::test {
namespace {

std::string and_more(std::string_view more) {
  return more.empty() ? "" : "," + std::string(more);
}

}  // namespace

std::string target(const FakeUpstream& upstream, std::string_view more) {
  return R"({"provider":"openai","api_key":"k-of-target","custom_host":")" + upstream.url() + "\"" +
         and_more(more) + "}";
}

std::string strategy(std::string_view mode, std::initializer_list<std::string> targets, std::string_view more,
                     std::string_view rules) {
  std::string list;
  for (const std::string& one : targets) list += (list.empty() ? "" : ",") + one;
  return R"({"strategy":{"mode":")" + std::string(mode) + "\"" + and_more(rules) + R"(},"targets":[)" + list +
         "]" + and_more(more) + "}";
}

HeaderList under(std::string_view config, const HeaderList& more) {
  HeaderList headers{{"Content-Type", "application/json"}, {"x-portkey-config", std::string(config)}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

Reply ask_at(const Serve& serve, std::string_view path, std::string_view config, const HeaderList& more,
             const std::string& body) {
  return request(serve.port(), "POST", path, under(config, more), body);
}

Reply ask(const Serve& serve, std::string_view config, const HeaderList& more, const std::string& body) {
  return ask_at(serve, "/v1/chat/completions", config, more, body);
}

boost::json::value record_of(const Serve& serve, const Reply& reply) {
  return log_of(serve.data(), reply.header("x-pk-log-id"));
}

std::string status_of(const boost::json::value& record) {
  std::string words;
  for (const auto& word : record.at("status").as_array())
    words += (words.empty() ? "" : ",") + std::string(word.as_string());
  return words;
}

Answer ok(std::string_view content) {
  return Answer::json(200, chat_body(content));
}

Answer busy(const HeaderList& more) {
  const std::string body =
      R"({"error":{"message":"slow down","type":"rate_limit","param":null,"code":null}})";
  HeaderList headers{{"Content-Type", "application/json"}, {"Content-Length", std::to_string(body.size())}};
  headers.insert(headers.end(), more.begin(), more.end());
  return Answer::script().head(429, headers).bytes(body);
}

Answer refused(int status, std::string_view message) {
  return Answer::json(status, R"({"error":{"message":")" + std::string(message) +
                                  R"(","type":"server_error","param":null,"code":"e1"}})");
}

void check_headers(const Reply& reply) {
  CHECK_FALSE(reply.header("x-portkey-trace-id").empty());
  CHECK(reply.header("x-portkey-cache-status") == "DISABLED");
  CHECK_FALSE(reply.header("x-portkey-retry-attempt-count").empty());
  CHECK_FALSE(reply.header("x-portkey-last-used-option-index").empty());
  CHECK(reply.header("x-pk-log-id").size() == 36);
}

std::string keep(const std::filesystem::path& data, const std::initializer_list<std::string>& arguments,
                 const std::string& input) {
  PkCall call;
  call.arguments = {"--data", data.string()};
  call.arguments.insert(call.arguments.end(), arguments.begin(), arguments.end());
  call.input = input;
  const PkOutcome done = call_pk(call);
  if (done.exit != 0)
    throw std::runtime_error("pk ended with " + std::to_string(done.exit) + ": " + done.err);
  return done.out.substr(0, done.out.find('\n'));
}

}  // namespace pk::test
