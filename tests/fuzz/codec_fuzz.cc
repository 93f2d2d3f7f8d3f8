// Rows, contents, nodes and feedback of a ledger whose sums happen to be right: whatever the bytes, an Error
// or a value, and a value that encodes and decodes to itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/codec.h"
#include "store/compress.h"
#include "store/content.h"
#include "store/nodes.h"
#include "store/split.h"
#include "store/summary.h"
#include "store/wire.h"

namespace {

using namespace pk;
using namespace pk::store;

void check(bool holds) {
  if (!holds) std::abort();
}

std::string sealed(std::string_view key, std::string_view bytes) {
  std::string value(k_sum_bytes, '\0');
  value.append(bytes);
  seal(key, value.data(), value.size());
  return value;
}

void row(std::string_view bytes) {
  const Uuid id = Uuid::lowest_of(1);
  log::LogRecord record;
  if (!decode_row(id, sealed(as_view(id), bytes), record)) return;
  std::string again;
  append_row(again, record);
  set_flags(id, again.data(), again.size(), 0);
  log::LogRecord second;
  check(static_cast<bool>(decode_row(id, again, second)));
  std::string third;
  append_row(third, second);
  check(third.substr(k_sum_bytes) == again.substr(k_sum_bytes));  // not the records: a NaN is not itself
}

void content(std::string_view bytes) {
  const Uuid id = Uuid::lowest_of(1);
  const std::string value = sealed(as_view(id), bytes);
  const auto view = view_content(id, value);
  constexpr std::uint64_t k_unpacked_max = 1 << 20;
  if (!view || view->kind == ContentView::Kind::recipe || view->raw_bytes > k_unpacked_max) return;
  std::string raw(view->payload);
  Decompressor decompressor;
  if (view->kind == ContentView::Kind::frame) {
    raw.clear();
    if (!decompressor.append(raw, view->payload, view->raw_bytes)) return;
  }
  std::ignore = static_cast<bool>(read_content(id, raw, view->head_bytes));
}

void split(std::string_view bytes) {
  std::string body(bytes);
  if (body.size() < k_split_min) body.append(k_split_min - body.size(), ' ');
  std::size_t at = 0;
  for (const Stretch& stretch : find_stretches(body)) {
    check(stretch.begin >= at && !stretch.ends.empty());
    at = stretch.begin;
    for (const std::size_t end : stretch.ends) {
      check(end > at);
      at = end;
    }
  }
  check(at <= body.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      row(bytes);
      break;
    case 1:
      content(bytes);
      break;
    case 2:
      std::ignore = static_cast<bool>(view_node(NodeKey{}, sealed(as_view(NodeKey{}), bytes)));
      break;
    case 3:
      std::ignore = static_cast<bool>(read_feedback(Uuid{}, sealed(as_view(Uuid{}), bytes)));
      break;
    default:
      split(bytes);
  }
  return 0;
}
