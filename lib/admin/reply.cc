#include "admin/reply.h"

#include "http/failure.h"

namespace pk::admin {

namespace {

struct Kind {
  int status;
  std::string_view type;
};

Kind kind_of(Errc code) {
  switch (code) {
    case Errc::invalid:
      return {400, "invalid_request_error"};
    case Errc::not_found:
      return {404, "not_found"};
    case Errc::unauthorized:
      return {409, "conflict"};
    case Errc::limit:
      return {507, "limit"};
    case Errc::io:
      return {503, "unavailable"};
    case Errc::timeout:
      return {504, "timeout"};
    case Errc::upstream:
      return {502, "upstream_error"};
    case Errc::corrupt:
    case Errc::cancelled:
      return {500, "server_error"};
  }
  return {500, "server_error"};
}

}  // namespace

Reply json_reply(std::string body) {
  Reply reply;
  reply.body = std::move(body);
  return reply;
}

Reply failure(int status, std::string_view message, std::string_view type) {
  Reply reply;
  reply.status = status;
  reply.body = http::failure_json(message, type);
  return reply;
}

Reply failure(const Error& error) {
  const Kind kind = kind_of(error.code);
  return failure(kind.status, error.message, kind.type);
}

Reply not_found(std::string_view message) {
  return failure({Errc::not_found, std::string(message)});
}

Reply bad_request(std::string_view message) {
  return failure({Errc::invalid, std::string(message)});
}

http::ResponseHead reply_head(const Reply& reply) {
  http::ResponseHead head;
  head.status = reply.status;
  if (!reply.type.empty()) head.headers.emplace_back("content-type", reply.type);
  if (!http::find_header(reply.headers, "cache-control"))
    head.headers.emplace_back("cache-control", "no-store");
  head.headers.emplace_back("x-content-type-options", "nosniff");
  head.headers.insert(head.headers.end(), reply.headers.begin(), reply.headers.end());
  return head;
}

}  // namespace pk::admin
