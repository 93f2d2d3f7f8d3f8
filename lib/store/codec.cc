#include "store/codec.h"

#include <type_traits>

#include "store/wire.h"

namespace pk::store {

namespace {

enum Wire : std::uint8_t { w_zigzag = 0, w_real = 1, w_text = 2, w_true = 3 };

constexpr std::size_t k_row_head_bytes = k_sum_bytes + 2;
constexpr unsigned k_id_number = 1;
constexpr unsigned k_trace_number = 3;

void append_tag(std::string& out, unsigned number, Wire wire) {
  append_varint(out, number * 4 + wire);
}

// --- one `put` per C++ type of log::kind: nothing is written for a default

void put(std::string& out, unsigned number, const std::string& value) {
  if (value.empty()) return;
  append_tag(out, number, w_text);
  append_text(out, value);
}

void put(std::string& out, unsigned number, std::int64_t value) {
  if (value == 0) return;
  append_tag(out, number, w_zigzag);
  append_zigzag(out, value);
}

void put(std::string& out, unsigned number, const std::optional<std::int64_t>& value) {
  if (!value) return;
  append_tag(out, number, w_zigzag);
  append_zigzag(out, *value);
}

void put(std::string& out, unsigned number, double value) {
  if (std::bit_cast<std::uint64_t>(value) == 0) return;  // -0.0 is written: it reads back as it was
  append_tag(out, number, w_real);
  append_fixed(out, value);
}

void put(std::string& out, unsigned number, const std::optional<double>& value) {
  if (!value) return;
  append_tag(out, number, w_real);
  append_fixed(out, *value);
}

void put(std::string& out, unsigned number, bool value) {
  if (value) append_tag(out, number, w_true);
}

template <class Enum>
requires std::is_enum_v<Enum>
void put(std::string& out, unsigned number, Enum value) {
  put(out, number, static_cast<std::int64_t>(value));
}

void put(std::string& out, unsigned number, const Uuid& value) {
  append_tag(out, number, w_text);
  append_text(out, as_view(value));
}

void put(std::string& out, unsigned number, const std::optional<Uuid>& value) {
  if (value) put(out, number, *value);
}

// A value made of several: its packed form as one text.
template <class Value, class Append>
void put_packed(std::string& out, unsigned number, const Value& value, Append append) {
  if (value.empty()) return;
  std::string packed;
  append(packed, value);
  append_tag(out, number, w_text);
  append_text(out, packed);
}

void put(std::string& out, unsigned number, const log::Metadata& value) {
  put_packed(out, number, value, append_metadata);
}

void append_attempts(std::string& out, const std::vector<log::Attempt>& attempts) {
  for (const log::Attempt& attempt : attempts) {
    append_text(out, attempt.option);
    append_text(out, attempt.provider);
    append_text(out, attempt.model);
    append_zigzag(out, attempt.http_status ? *attempt.http_status + 1 : 0);
    append_text(out, attempt.error);
    append_fixed(out, attempt.latency_ms);
    append_fixed(out, attempt.wait_ms);
  }
}

void put(std::string& out, unsigned number, const std::vector<log::Attempt>& value) {
  put_packed(out, number, value, append_attempts);
}

// Kept elsewhere, or worked out when read.
void put(std::string&, unsigned, const log::kind::content&) {}
void put(std::string&, unsigned, const log::kind::derived_status&) {}
void put(std::string&, unsigned, const log::kind::derived_replayable&) {}
void put(std::string&, unsigned, const log::kind::derived_feedback&) {}

// --- one `get` per type: false if the bytes are not of it

constexpr int last_of(log::Endpoint) {
  return static_cast<int>(log::Endpoint::responses);
}
constexpr int last_of(log::State) {
  return static_cast<int>(log::State::aborted);
}
constexpr int last_of(log::Cache) {
  return static_cast<int>(log::Cache::semantic_hit);
}
constexpr int last_of(log::Retry) {
  return static_cast<int>(log::Retry::failed);
}
constexpr int last_of(log::Active) {
  return static_cast<int>(log::Active::active);
}
constexpr int last_of(log::ReplayBlock) {
  return static_cast<int>(log::ReplayBlock::no_content);
}

bool get(WireReader& in, unsigned wire, std::string& out) {
  if (wire != w_text) return false;
  out.assign(in.text());
  return in.ok();
}

bool get(WireReader& in, unsigned wire, std::int64_t& out) {
  if (wire != w_zigzag) return false;
  out = in.zigzag();
  return in.ok();
}

bool get(WireReader& in, unsigned wire, double& out) {
  if (wire != w_real) return false;
  out = in.fixed<double>();
  return in.ok();
}

bool get(WireReader&, unsigned wire, bool& out) {
  out = wire == w_true;
  return out;
}

template <class Enum>
requires std::is_enum_v<Enum>
bool get(WireReader& in, unsigned wire, Enum& out) {
  std::int64_t number = 0;
  if (!get(in, wire, number) || number < 0 || number > last_of(Enum{})) return false;
  out = static_cast<Enum>(number);
  return true;
}

bool get(WireReader& in, unsigned wire, Uuid& out) {
  if (wire != w_text) return false;
  const std::string_view bytes = in.text();
  if (bytes.size() != out.bytes.size()) return false;
  out = as_uuid(bytes);
  return true;
}

template <class T>
bool get(WireReader& in, unsigned wire, std::optional<T>& out) {
  return get(in, wire, out.emplace());
}

bool get(WireReader& in, unsigned wire, log::Metadata& out) {
  return wire == w_text && read_metadata(in.text(), out);
}

bool get(WireReader& in, unsigned wire, std::vector<log::Attempt>& out) {
  if (wire != w_text) return false;
  WireReader packed(in.text());
  while (!packed.done()) {
    log::Attempt& attempt = out.emplace_back();
    attempt.option = packed.text();
    attempt.provider = packed.text();
    attempt.model = packed.text();
    const std::int64_t status = packed.zigzag();
    if (status > 0) attempt.http_status = status - 1;
    attempt.error = packed.text();
    attempt.latency_ms = packed.fixed<double>();
    attempt.wait_ms = packed.fixed<double>();
  }
  return in.ok() && packed.ok();
}

// Never in a row: their numbers in one are damage.
bool get(WireReader&, unsigned, log::kind::content&) {
  return false;
}
bool get(WireReader&, unsigned, log::kind::derived_status&) {
  return false;
}
bool get(WireReader&, unsigned, log::kind::derived_replayable&) {
  return false;
}
bool get(WireReader&, unsigned, log::kind::derived_feedback&) {
  return false;
}

bool skip(WireReader& in, unsigned wire) {
  switch (wire) {
    case w_zigzag:
      in.varint();
      break;
    case w_real:
      in.fixed<double>();
      break;
    case w_text:
      in.text();
      break;
    default:
      break;
  }
  return in.ok();
}

// To the default, keeping what memory it has.
template <class T>
void reset(T& value) {
  value = T{};
}
void reset(std::string& value) {
  value.clear();
}
void reset(log::Metadata& value) {
  value.clear();
}
void reset(std::vector<log::Attempt>& value) {
  value.clear();
}

void reset_all(log::LogRecord& record) {
#define PK_FIELD(number, name, kind) reset(record.name);
#define PK_FIELD_INTERNAL(number, name, kind) reset(record.name);
#include "log/fields.def"
}

bool read_field(WireReader& in, std::uint64_t number, unsigned wire, log::LogRecord& out) {
  switch (number) {
#define PK_FIELD(number, name, kind) \
  case number:                       \
    return get(in, wire, out.name);
#define PK_FIELD_INTERNAL(number, name, kind) \
  case number:                                \
    return get(in, wire, out.name);
#include "log/fields.def"
  }
  return skip(in, wire);
}

bool is_own_trace(const log::LogRecord& record) {
  return record.trace_id.size() == 36 && record.trace_id == record.id.text();
}

}  // namespace

void append_metadata(std::string& out, const log::Metadata& metadata) {
  for (const auto& [name, value] : metadata) {
    append_text(out, name);
    append_text(out, value);
  }
}

bool read_metadata(std::string_view bytes, log::Metadata& out) {
  WireReader in(bytes);
  while (!in.done()) {
    const std::string_view name = in.text();
    out.emplace_back(name, in.text());
  }
  return in.ok();
}

Error damage(const Uuid& id, std::string_view what) {
  return Error{Errc::corrupt, "log " + id.text() + " is damaged: " + std::string(what)};
}

void append_row(std::string& out, const log::LogRecord& record) {
  const bool own_trace = is_own_trace(record);
  out.append(k_sum_bytes, '\0');
  out.push_back(static_cast<char>(k_row_version));
  out.push_back(static_cast<char>(own_trace ? row_flag::own_trace : 0));
#define PK_FIELD(number, name, kind) \
  if (number != k_id_number && !(number == k_trace_number && own_trace)) put(out, number, record.name);
#define PK_FIELD_INTERNAL(number, name, kind) put(out, number, record.name);
#include "log/fields.def"
}

void set_flags(const Uuid& id, char* row, std::size_t size, std::uint8_t flags) {
  PK_ASSERT(size >= k_row_head_bytes);
  char& byte = row[k_sum_bytes + 1];
  byte = static_cast<char>((byte & row_flag::own_trace) | (flags & ~row_flag::own_trace));
  seal(as_view(id), row, size);
}

std::uint8_t flags_of(std::string_view row) {
  return row.size() < k_row_head_bytes ? 0 : static_cast<std::uint8_t>(row[k_sum_bytes + 1]);
}

Result<void> decode_row(const Uuid& id, std::string_view row, log::LogRecord& out) {
  if (!is_sealed(as_view(id), row)) return damage(id, "its row's sum is wrong");
  return decode_fields(id, row, out);
}

Result<void> decode_fields(const Uuid& id, std::string_view row, log::LogRecord& out) {
  reset_all(out);
  out.id = id;
  if (row.size() < k_row_head_bytes) return damage(id, "its row is cut");
  if (static_cast<std::uint8_t>(row[k_sum_bytes]) != k_row_version)
    return damage(id, "its row has a version that this pk does not know");
  WireReader in(row.substr(k_row_head_bytes));
  while (!in.done()) {
    const std::uint64_t tag = in.varint();
    if (!in.ok() || tag / 4 == k_id_number || !read_field(in, tag / 4, tag % 4, out))
      return damage(id, "field " + std::to_string(tag / 4) + " of its row cannot be read");
  }
  const std::uint8_t flags = flags_of(row);
  if (flags & row_flag::own_trace) out.trace_id = id.text();
  if ((flags & row_flag::content_gone) && out.replay_blocked_by == log::ReplayBlock::none)
    out.replay_blocked_by = log::ReplayBlock::no_content;
  return {};
}

}  // namespace pk::store
