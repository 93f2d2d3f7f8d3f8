// Rows of saved things whose sums happen to be right, and what is packed in a sealed one: whatever the bytes,
// an Error or a value, and a value that encodes and decodes to itself.
#include <string>
#include <string_view>

#include "fuzz.h"
#include "store/saved_prompt_rows.h"
#include "store/saved_rows.h"
#include "store/wire.h"

namespace {

using namespace pk::store;

constexpr std::string_view k_id = "vk-a-000001";

std::string sealed(std::string_view key, std::string_view bytes) {
  std::string row(k_sum_bytes, '\0');
  row.append(bytes);
  seal(key, row.data(), row.size());
  return row;
}

void config(std::string_view bytes) {
  const std::string key = version_key(k_id, 1);
  const auto read = read_config(key, sealed(key, bytes));
  if (!read) return;
  const auto again = read_config(key, row_of(*read));
  PK_ASSERT(again && *again == *read);
}

void prompt(std::string_view bytes) {
  const std::string key = version_key(k_id, 1), labels_key = version_key(k_id, 0);
  if (const auto read = read_prompt(key, sealed(key, bytes))) {
    const auto again = read_prompt(key, row_of(*read));
    PK_ASSERT(again && *again == *read);
  }
  if (const auto read = read_prompt_labels(labels_key, sealed(labels_key, bytes))) {
    const auto again = read_prompt_labels(labels_key, row_of(k_id, *read));
    PK_ASSERT(again && *again == *read);
  }
}

void virtual_key(std::string_view bytes) {
  auto read = read_virtual_key(k_id, sealed(k_id, bytes));
  if (!read) return;
  for (StoredOption& option : read->options)
    if (option.sealed) option.value.clear();
  const auto again = read_virtual_key(k_id, row_of(*read));
  PK_ASSERT(again && *again == *read);
}

void api_key(std::string_view bytes) {
  const auto read = read_api_key(k_id, sealed(k_id, bytes));
  if (!read) return;
  const auto again = read_api_key(k_id, row_of(*read));
  PK_ASSERT(again && row_of(*again) == row_of(*read));
}

void secrets(std::string_view bytes) {
  const auto read = unpack_secrets(k_id, bytes);
  if (!read) return;
  const auto again = unpack_secrets(k_id, pack(*read));
  PK_ASSERT(again && again->secret == read->secret && again->options == read->options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = pk::fuzz::text(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      config(bytes);
      break;
    case 1:
      virtual_key(bytes);
      break;
    case 2:
      api_key(bytes);
      break;
    case 3:
      prompt(bytes);
      break;
    default:
      secrets(bytes);
  }
  versioned_id_of(bytes);
  return 0;
}
