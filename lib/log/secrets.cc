#include "log/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "base/char_set.h"
#include "base/json.h"
#include "base/text.h"

namespace pk::log {

namespace {

constexpr std::string_view k_stars = "********";
constexpr std::string_view k_withheld = "[withheld: the request carried more secrets than are looked for]";

constexpr CharSet k_plain = CharSet::alphanumeric_and("-_.+/=");
// Neither JSON nor a URL writes these in another way (RFC 3986, 2.3, but for the tilde).
constexpr CharSet k_same_everywhere = CharSet::alphanumeric_and("-_.");

// As in a JSON string, without its quotes.
std::string json_spelling(std::string_view secret) {
  const std::string quoted = json_string(secret);
  return quoted.substr(1, quoted.size() - 2);
}

// PHP and some others write each / of a JSON string as \/.
std::string with_escaped_slashes(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '/' ? "\\/" : std::string_view(&c, 1));
  return out;
}

std::string url_spelling(std::string_view secret) {
  std::string out;
  for (const char c : secret) {
    if (k_same_everywhere.has(c))
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// Where `needle` stands in `text` at or after `from`; npos if nowhere. memmem is several times faster than
// string::find on needles that begin with a common letter.
std::size_t find_bytes(std::string_view text, std::string_view needle, std::size_t from) {
  const void* at = ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return at ? static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) : std::string_view::npos;
}

}  // namespace

bool is_masked(std::string_view text) {
  return text.find(k_stars) != std::string_view::npos;
}

std::string mask(std::string_view secret) {
  if (secret.size() < k_masked_whole_below) return std::string(k_stars);
  const std::string_view head = secret.substr(0, 2), tail = secret.substr(secret.size() - 3);
  if (!k_plain.has_all(head) || !k_plain.has_all(tail)) return std::string(k_stars);
  return std::string(head).append(k_stars).append(tail);
}

void Secrets::add(std::string_view secret) {
  secret = trim(secret);
  if (secret.size() < k_secret_bytes_min) return;
  insert(std::string(secret));
  if (k_same_everywhere.has_all(secret)) return;
  const std::string json = json_spelling(secret);
  insert(json);
  if (secret.find('/') != std::string_view::npos) insert(with_escaped_slashes(json));
  insert(url_spelling(secret));
}

void Secrets::add(const Secrets& more) {
  for (const std::string& spelling : more.m_spellings) insert(spelling);
  m_overflowed = m_overflowed || more.m_overflowed;
}

void Secrets::insert(std::string spelling) {
  const auto longer = [](const std::string& a, const std::string& b) { return a.size() > b.size(); };
  if (std::find(m_spellings.begin(), m_spellings.end(), spelling) != m_spellings.end()) return;
  m_overflowed = m_overflowed || m_spellings.size() == k_secrets_max;
  if (m_overflowed) return;
  m_spellings.insert(std::upper_bound(m_spellings.begin(), m_spellings.end(), spelling, longer),
                     std::move(spelling));
}

void Secrets::scrub_in_place(std::string& text) const {
  if (m_overflowed && !text.empty()) text = k_withheld;
  for (const std::string& secret : m_spellings) {
    std::size_t at = find_bytes(text, secret, 0);
    if (at == std::string_view::npos) continue;
    const std::string shown = mask(secret);
    std::string out;
    std::size_t from = 0;
    for (; at != std::string_view::npos; at = find_bytes(text, secret, from)) {
      out.append(text, from, at - from).append(shown);
      from = at + secret.size();
    }
    text = out.append(text, from);
  }
}

std::string Secrets::scrub(std::string_view text) const {
  std::string out(text);
  scrub_in_place(out);
  return out;
}

void Secrets::scrub_in_place(Headers& headers) const {
  for (auto& [name, value] : headers) scrub_in_place(value);
}

}  // namespace pk::log
