#include "cache/entry.h"

#include <algorithm>
#include <cstring>

#include "store/wire.h"

namespace pk::cache {

namespace {

constexpr std::uint8_t k_version = 1;
constexpr std::uint8_t k_flag_event_stream = 1;
constexpr std::size_t k_embedding_max = 16'384;  // dimensions

Error damaged(std::string_view what) {
  return Error{Errc::corrupt, "a cache entry is damaged: " + std::string(what)};
}

template <class Bytes>
void append_bytes(std::string& out, const Bytes& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

template <class Bytes>
void read_bytes(store::WireReader& in, Bytes& out) {
  const std::string_view bytes = in.bytes(out.size());
  if (in.ok()) std::memcpy(out.data(), bytes.data(), out.size());
}

void read_fingerprint(store::WireReader& in, Fingerprint& out) {
  const std::uint64_t count = in.varint();
  if (count > in.left()) return in.fail();  // each field takes more than a byte
  out.resize(static_cast<std::size_t>(count));
  for (Field& field : out) {
    field.name = in.text();
    read_bytes(in, field.digest);
  }
}

void read_embedding(store::WireReader& in, std::vector<float>& out) {
  const std::uint64_t count = in.varint();
  if (count > k_embedding_max) return in.fail();
  const std::string_view bytes = in.bytes(count * sizeof(float));
  if (!in.ok() || bytes.empty()) return;
  out.resize(static_cast<std::size_t>(count));
  std::memcpy(out.data(), bytes.data(), bytes.size());
}

}  // namespace

std::string encode(const Entry& entry) {
  std::string out(store::k_sum_bytes, '\0');
  out.reserve(entry.body.size() + entry.words.size() + entry.embedding.size() * sizeof(float) +
              entry.fingerprint.size() * 40 + 128);
  store::append_fixed(out, k_version);
  store::append_fixed(out, entry.created_ms);
  store::append_fixed(out, entry.expires_ms);
  append_bytes(out, entry.log_id.bytes);
  store::append_fixed(out, entry.event_stream ? k_flag_event_stream : std::uint8_t{0});
  store::append_zigzag(out, entry.status);
  store::append_text(out, entry.content_type);
  store::append_varint(out, entry.fingerprint.size());
  for (const Field& field : entry.fingerprint) {
    store::append_text(out, field.name);
    append_bytes(out, field.digest);
  }
  append_bytes(out, entry.partition);
  store::append_text(out, entry.words);
  store::append_varint(out, entry.embedding.size());
  out.append(reinterpret_cast<const char*>(entry.embedding.data()), entry.embedding.size() * sizeof(float));
  store::append_text(out, entry.body);
  store::seal({}, out.data(), out.size());
  return out;
}

Result<Entry> decode(std::string_view bytes, Parts parts) {
  if (!store::is_sealed({}, bytes)) return damaged("its sum is wrong");
  store::WireReader in(bytes.substr(store::k_sum_bytes));
  if (in.fixed<std::uint8_t>() != k_version) return damaged("its version is unknown");
  Entry entry;
  entry.created_ms = in.fixed<std::int64_t>();
  entry.expires_ms = in.fixed<std::int64_t>();
  read_bytes(in, entry.log_id.bytes);
  entry.event_stream = (in.fixed<std::uint8_t>() & k_flag_event_stream) != 0;
  entry.status = static_cast<int>(in.zigzag());
  entry.content_type = in.text();
  read_fingerprint(in, entry.fingerprint);
  read_bytes(in, entry.partition);
  entry.words = in.text();
  read_embedding(in, entry.embedding);
  const std::string_view body = in.text();
  if (!in.ok() || !in.done()) return damaged("its bytes make no sense");
  if (parts == Parts::all) entry.body = body;
  return entry;
}

Result<EntryHead> decode_head(std::string_view bytes) {
  if (bytes.size() < k_entry_head_bytes) return damaged("it is too short");
  store::WireReader in(bytes.substr(store::k_sum_bytes));
  if (in.fixed<std::uint8_t>() != k_version) return damaged("its version is unknown");
  EntryHead head;
  head.created_ms = in.fixed<std::int64_t>();
  head.expires_ms = in.fixed<std::int64_t>();
  read_bytes(in, head.log_id.bytes);
  return head;
}

std::int64_t expires_for(const Entry& entry, std::int64_t max_age_s) {
  return std::min(entry.expires_ms, entry.created_ms + max_age_s * 1000);
}

}  // namespace pk::cache
