#include "admin/call.h"

#include <optional>
#include <utility>

namespace pk::admin {

namespace {

Error has_left() {
  return {Errc::cancelled, "the client has left"};
}

bool only_reads(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

Call::Call(const Desk& desk_, http::Request& request_, http::Responder& responder_)
    : desk(desk_), request(request_), responder(responder_) {
  responder.on_client_left([this] {
    m_left.store(true, std::memory_order_relaxed);
    // It may be the end of this call.
    if (const auto then = std::move(m_on_left)) then();
  });
}

void Call::on_left(std::function<void()> left_) {
  if (left_ && left())
    left_();
  else
    m_on_left = std::move(left_);
}

store::LogReader Call::reader(const std::shared_ptr<store::Env>& env) const {
  store::LogReader reader(env);
  reader.set_given_up([this] { return left(); });
  return reader;
}

Call::~Call() {
  responder.on_client_left({});
}

Task<void> Call::answer(Reply reply) {
  http::ResponseHead head = reply_head(reply);
  head.content_length = reply.body.size();
  responder.head(head);
  responder.body(reply.body);
  responder.end();
  co_await responder.flush();
}

Task<void> Call::answer_from(std::function<Result<Reply>(const std::shared_ptr<store::Env>& env)> work) {
  const std::shared_ptr<store::Env>& env = desk.services.env;
  if (!env) {
    Reply refused = no_ledger(desk.services);
    co_await answer(std::move(refused));
    co_return;
  }
  std::function<Result<Reply>()> job = [this, &work, &env]() -> Result<Reply> {
    // What was to be changed is changed, whoever hears of it.
    if (left() && only_reads(request)) return has_left();
    return work(env);
  };
  auto result = co_await run_on<Result<Reply>>(desk.services.pool, desk.post, std::move(job));
  Reply reply = !result ? too_busy() : *result ? **std::move(result) : failure(result->error());
  co_await answer(std::move(reply));
}

Task<void> Call::stream(Reply head,
                        std::function<Result<Piece>(const std::shared_ptr<store::Env>& env)> next) {
  const std::shared_ptr<store::Env>& env = desk.services.env;
  if (!env) {
    Reply refused = no_ledger(desk.services);
    co_await answer(std::move(refused));
    co_return;
  }
  const std::function<Result<Piece>()> job = [this, &next, &env]() -> Result<Piece> {
    if (left()) return has_left();
    return next(env);
  };
  bool begun = false;
  for (;;) {
    auto result = co_await run_on<Result<Piece>>(desk.services.pool, desk.post, job);
    if (!begun && (!result || !*result)) {
      Reply refused = result ? failure(result->error()) : too_busy();
      co_await answer(std::move(refused));
      co_return;
    }
    if (!result || !*result) {
      responder.cut();
      co_return;
    }
    const Piece& piece = **result;
    if (!begun && piece.last) {  // it is whole: its length is known
      head.body = piece.text;
      co_await answer(std::move(head));
      co_return;
    }
    if (!begun) responder.head(reply_head(head));
    begun = true;
    responder.body(piece.text);
    const bool over = piece.last || is_head();
    if (over) responder.end();
    const bool taken = co_await responder.flush();
    if (!taken) responder.cut();
    if (over || !taken) co_return;
  }
}

Reply no_ledger(const Services& services) {
  return failure(503, "there is no ledger: " + services.trouble, "unavailable");
}

Reply too_busy() {
  Reply reply = failure(503, "too many requests are waiting for the ledger; try again", "unavailable");
  reply.headers.emplace_back("retry-after", "1");
  return reply;
}

}  // namespace pk::admin
