#include "replay/replayer.h"

#include <fmt/format.h>

#include <utility>

#include "replay/blocked.h"
#include "replay/prepare.h"
#include "store/saved_configs.h"

namespace pk::replay {

namespace {

// The usual error, with the word of the record.
admin::Reply blocked_reply(const log::LogRecord& record, log::ReplayBlock block) {
  admin::Reply reply = admin::failure(
      409, fmt::format("this log cannot be replayed ({}): {}", log::slug(block), reason(record, block)),
      "conflict");
  reply.body.insert(1, fmt::format("\"replay_blocked_by\":\"{}\",", log::slug(block)));
  return reply;
}

// What the gateway would refuse is the request's fault, not an upstream's.
admin::Reply refusal(const Error& error) {
  return error.code == Errc::upstream ? admin::bad_request(error.message) : admin::failure(error);
}

}  // namespace

Task<std::optional<admin::Reply>> Replayer::replay(log::LogRecord original, std::string_view overrides,
                                                   const admin::Caller& caller, http::Responder& responder) {
  if (const log::ReplayBlock block = block_of(original); block != log::ReplayBlock::none)
    co_return blocked_reply(original, block);
  const Result<Overrides> wanted = read_overrides(overrides);
  if (!wanted) co_return refusal(wanted.error());
  Ground ground;
  ground.rules = m_gateway.rules();
  ground.environment = m_environment;
  ground.find_config =
      [this](std::string_view id_or_name,
             std::optional<std::int64_t> version) -> Result<std::optional<store::StoredConfig>> {
    if (!m_env) return std::optional<store::StoredConfig>{};
    return store::find_config(*m_env, id_or_name, version);
  };
  Result<Prepared> prepared = prepare(original, *wanted, ground);
  if (!prepared) co_return refusal(prepared.error());
  prepared->replay.api_key = caller.key_id;
  prepared->replay.tracked = caller.tracked;
  Task<void> task =
      m_gateway.replay(std::move(prepared->replay), std::move(prepared->rules), prepared->request, responder);
  co_await std::move(task);
  co_return std::nullopt;
}

}  // namespace pk::replay
