#include "admin/replay_routes.h"

#include <utility>

#include "admin/log_routes.h"
#include "admin/replayer.h"

namespace pk::admin {

namespace {

Task<void> replay(Call& call) {
  const Services& services = call.desk.services;
  if (!services.env || !call.desk.replayer) {
    Reply refused = no_ledger(services);
    co_await call.answer(std::move(refused));
    co_return;
  }
  std::function<Result<log::LogRecord>()> read = [&] {
    return log_of(store::LogReader(services.env), call.parts[0]);
  };
  auto record = co_await run_on<Result<log::LogRecord>>(services.pool, call.desk.post, std::move(read));
  if (!record || !*record) {
    Reply refused = record ? failure(record->error()) : too_busy();
    co_await call.answer(std::move(refused));
    co_return;
  }
  Task<std::optional<Reply>> task =
      call.desk.replayer->replay(**std::move(record), call.request.body, call.caller, call.responder);
  std::optional<Reply> refused = co_await std::move(task);
  if (!refused) co_return;
  Reply reply = *std::move(refused);
  co_await call.answer(std::move(reply));
}

}  // namespace

std::vector<Route> replay_routes() {
  return {{"POST", "/v1/logs/{id}/replay", {config::Scope::admin}, replay}};
}

}  // namespace pk::admin
