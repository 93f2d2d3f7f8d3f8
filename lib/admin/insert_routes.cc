#include "admin/insert_routes.h"

#include <fmt/format.h>

#include <utility>

#include "admin/insert.h"
#include "base/json.h"
#include "base/rng.h"

namespace pk::admin {

namespace {

struct Inserted {
  std::vector<Uuid> ids;
  log::Sink::Seq last = 0;  // 0: none was taken in
};

// An id is made of the log's own time, so that it stands in its place among the others.
Uuid id_at(std::int64_t wall_ms, Rng& random) {
  struct At final : Clock {
    std::int64_t ms = 0;
    std::int64_t wall_ms() const override { return ms; }
    std::int64_t steady_ns() const override { return 0; }
  } clock;
  clock.ms = wall_ms;
  return UuidSource(clock, Rng(random.next())).next();
}

Inserted insert(const Services& services, std::vector<log::LogRecord> records) {
  Inserted inserted;
  Rng random = Rng::from_entropy();
  for (log::LogRecord& record : records) {
    record.id = id_at(record.created_at, random);
    if (record.trace_id.empty()) record.trace_id = record.id.text();
    inserted.ids.push_back(record.id);
  }
  inserted.last = services.sink.close_all(records);
  return inserted;
}

Reply no_room() {
  Reply reply = failure(503, "too many logs wait for the disk: none of these was taken in; try again",
                        "log_unavailable");
  reply.headers.emplace_back("retry-after", "1");
  return reply;
}

Reply reply_of(const Inserted& inserted) {
  if (inserted.last == 0) return no_room();
  std::string json = R"({"status":"success","ids":[)";
  for (const Uuid& id : inserted.ids) {
    if (json.back() != '[') json += ',';
    append_json_string(json, id.text());
  }
  return json_reply(json + "]}");
}

// Who puts logs in may have them nowhere else: they are not told that these are kept where they are not.
Reply not_kept(std::size_t waiting) {
  std::string words = "the ledger cannot be written now; /health says why";
  if (waiting > 0)
    words += fmt::format(". {} of these logs wait in memory, and come in if it can be before the server ends",
                         waiting);
  return failure(503, words, "log_unavailable");
}

// The answer waits until they are on disk, as that of a proxied call does.
Task<void> post(Call& call) {
  const Services& services = call.desk.services;
  if (!services.sink.healthy()) {
    Reply refused = not_kept(0);
    co_await call.answer(std::move(refused));
    co_return;
  }
  std::function<Result<Inserted>()> work = [&call, &services]() -> Result<Inserted> {
    PK_ASSIGN(auto records, read_inserts(call.request.body, call.caller, services.clock.wall_ms()));
    for (log::LogRecord& record : records) {
      services.know.complete(record);
      if (!call.caller.tracked) forget_content(record);
    }
    return insert(services, std::move(records));
  };
  auto result = co_await run_on<Result<Inserted>>(services.pool, call.desk.post, std::move(work));
  const bool taken = result && *result && (*result)->last > 0;
  // Each wait has an end. What a sick store does not write its durable() passes all the same.
  while (taken && services.sink.durable() < (*result)->last && !call.left())
    co_await call.desk.until_kept((*result)->last);
  Reply reply = !result ? too_busy() : *result ? reply_of(**result) : failure(result->error());
  if (taken && !services.sink.is_kept((*result)->last))
    reply = not_kept(services.sink.healthy() ? 0 : (*result)->ids.size());
  co_await call.answer(std::move(reply));
}

}  // namespace

std::vector<Route> insert_routes() {
  return {{"POST", "/v1/logs", {.scope = config::Scope::proxy}, post}};
}

}  // namespace pk::admin
