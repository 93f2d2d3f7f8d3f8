#include "admin/session.h"

#include <sodium.h>

#include <algorithm>

#include "base/assert.h"
#include "base/text.h"
#include "http/cookie.h"

namespace pk::admin {

namespace {

constexpr std::size_t k_nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t k_tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::string_view k_purpose = "pk session 1";
constexpr std::size_t k_token_chars_max = 400;
constexpr int k_base64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string encoded(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), k_base64), '\0');
  ::sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), k_base64);
  text.pop_back();  // its 0
  return text;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (::sodium_base642bin(bytes_of(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, &end,
                          k_base64) != 0 ||
      end != text.data() + text.size())
    return {};
  bytes.resize(size);
  return bytes;
}

}  // namespace

Sessions::Sessions() {
  PK_ASSERT(::sodium_init() >= 0);
  m_seals.with([](Seals& seals) { ::crypto_aead_xchacha20poly1305_ietf_keygen(seals.key.data()); });
}

std::string Sessions::seal(std::string_view key_id, std::int64_t now_ms) const {
  const std::string text = std::to_string(now_ms + k_session_ms) + ' ' + std::string(key_id);
  std::string sealed(k_nonce_bytes + text.size() + k_tag_bytes, '\0');
  ::randombytes_buf(sealed.data(), k_nonce_bytes);
  const auto key = m_seals.with([](const Seals& seals) { return seals.key; });
  ::crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + k_nonce_bytes, nullptr, bytes_of(text),
                                               text.size(), bytes_of(k_purpose), k_purpose.size(), nullptr,
                                               bytes_of(sealed), key.data());
  return encoded(sealed);
}

std::optional<Sessions::Opened> Sessions::unsealed(const Seals& seals, std::string_view token,
                                                   std::int64_t now_ms) {
  if (token.size() > k_token_chars_max) return {};
  const auto sealed = decoded(token);
  if (!sealed || sealed->size() < k_nonce_bytes + k_tag_bytes) return {};
  std::string text(sealed->size() - k_nonce_bytes - k_tag_bytes, '\0');
  if (::crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes_of(text), nullptr, nullptr, bytes_of(std::string_view(*sealed)) + k_nonce_bytes,
          sealed->size() - k_nonce_bytes, bytes_of(k_purpose), k_purpose.size(),
          bytes_of(std::string_view(*sealed)), seals.key.data()) != 0)
    return {};
  const auto space = text.find(' ');
  const auto until_ms = parse_int(std::string_view(text).substr(0, space));
  if (!until_ms || now_ms >= *until_ms) return {};
  // By what it says, for a text that differs may say the same.
  std::string nonce = sealed->substr(0, k_nonce_bytes);
  if (seals.ended.contains(nonce)) return {};
  return Opened{text.substr(space + 1), std::move(nonce), *until_ms};
}

std::optional<std::string> Sessions::open(std::string_view token, std::int64_t now_ms) const {
  auto opened = m_seals.with([&](const Seals& seals) { return unsealed(seals, token, now_ms); });
  if (!opened) return {};
  return std::move(opened->key_id);
}

void Sessions::end(std::string_view token, std::int64_t now_ms) {
  m_seals.with([&](Seals& seals) {
    const auto opened = unsealed(seals, token, now_ms);
    if (!opened) return;
    if (seals.ended.size() >= k_ended_sessions_max)
      std::erase_if(seals.ended, [&](const auto& one) { return now_ms >= one.second; });
    if (seals.ended.size() >= k_ended_sessions_max) {
      seals.ended.clear();
      ::crypto_aead_xchacha20poly1305_ietf_keygen(seals.key.data());
    } else {
      seals.ended.emplace(opened->nonce, opened->until_ms);
    }
  });
}

std::optional<std::string> Sessions::of(const http::Request& request, std::int64_t now_ms) const {
  const auto token = http::cookie_of(request.headers, http::k_session_cookie);
  return token ? open(*token, now_ms) : std::nullopt;
}

bool Sessions::may_try(std::int64_t now_ms) const {
  return m_wrong.with([&](const std::deque<std::int64_t>& wrong) {
    return wrong.size() < k_wrong_logins_max || now_ms - wrong.front() >= k_wrong_logins_ms;
  });
}

void Sessions::was_wrong(std::int64_t now_ms) {
  m_wrong.with([&](std::deque<std::int64_t>& wrong) {
    wrong.push_back(now_ms);
    if (wrong.size() > k_wrong_logins_max) wrong.pop_front();
  });
}

}  // namespace pk::admin
