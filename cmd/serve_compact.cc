#include "serve_compact.h"

#include <fmt/format.h>

#include "base/text.h"
#include "store/compact.h"
#include "store/compact_ask.h"
#include "words.h"

namespace pk::cmd {

namespace {

Result<store::CompactReport> compact(store::Env* env, const std::function<bool()>& go_on) {
  if (env == nullptr || env->mode() == store::Mode::read_only)
    return Error{Errc::unauthorized,
                 "the ledger was not compacted: the server cannot write it, and says why in /health"};
  return store::compact(*env, {.go_on = go_on});
}

}  // namespace

CompactDesk::CompactDesk(std::filesystem::path data, std::shared_ptr<store::Env> env,
                         std::function<void(const std::string&)> say)
    : m_data(std::move(data)), m_env(std::move(env)), m_say(std::move(say)) {}

CompactDesk::~CompactDesk() {
  stop();
}

void CompactDesk::poll() {
  if (m_busy) return;
  const auto token = store::take_ask(m_data);
  if (!token) return;
  if (m_thread.joinable()) m_thread.join();
  m_busy = true;
  m_thread = std::thread([this, token = *token] { work(token); });
}

void CompactDesk::work(const std::string& token) {
  const auto report = compact(m_env.get(), [this] { return !m_stopping; });
  if (report)
    m_say(fmt::format("the ledger was compacted from {} to {}; its transactions waited {:.1f} ms",
                      human_bytes(report->bytes_before), human_bytes(report->bytes_after),
                      static_cast<double>(report->held.count()) / 1000));
  else
    m_say(report.error().message);
  if (const auto told = store::answer_ask(m_data, token, report); !told) m_say(told.error().message);
  m_busy = false;
}

void CompactDesk::stop() {
  m_stopping = true;
  if (m_thread.joinable()) m_thread.join();
}

}  // namespace pk::cmd
