#include "admin/exports.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"

namespace pk::admin {

namespace {

std::string new_id() {
  std::array<char, 8> random{};
  ::randombytes_buf(random.data(), random.size());
  return "ex-" + hex({random.data(), random.size()});
}

}  // namespace

std::string to_json(const Export& one) {
  return fmt::format(
      R"({{"id":"{}","object":"export","created_at":"{}","description":{},"filter":{},"total":{}}})", one.id,
      rfc3339(one.created_at), json_string(one.description), json_string(query::to_text(one.filter)),
      one.total);
}

Export Exports::add(Export wanted) {
  wanted.id = new_id();
  m_all.with([&](std::deque<Export>& all) {
    all.push_front(wanted);
    if (all.size() > k_exports_max) all.pop_back();
  });
  return wanted;
}

std::optional<Export> Exports::find(std::string_view id) const {
  return m_all.with([&](const std::deque<Export>& all) -> std::optional<Export> {
    const auto found = std::ranges::find(all, id, &Export::id);
    if (found == all.end()) return {};
    return *found;
  });
}

std::vector<Export> Exports::list() const {
  return m_all.with(
      [](const std::deque<Export>& all) { return std::vector<Export>(all.begin(), all.end()); });
}

}  // namespace pk::admin
