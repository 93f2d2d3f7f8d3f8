// The built-in provider's answer in the form of an upstream call, so that it takes the way of every other.
#pragma once

#include "provider/demo.h"
#include "upstream/client.h"

namespace pk::gateway {

class DemoCall final : public upstream::Call {
 public:
  explicit DemoCall(provider::DemoReply reply);

  Task<Result<const upstream::Head*>> head() override;
  Task<Result<std::string_view>> read() override;
  bool ended() const override { return m_next >= m_reply.chunks.size(); }
  void cancel() override { m_cancelled = true; }

 private:
  provider::DemoReply m_reply;
  upstream::Head m_head;
  std::size_t m_next = 0;
  bool m_cancelled = false;
};

}  // namespace pk::gateway
