#include "log/redact.h"

#include <algorithm>

#include "base/char_set.h"
#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace pk::log {

namespace {

// A name's letters as they are compared: lower case, - for _.
char folded(char c) {
  return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same(std::string_view name, std::string_view word) {
  return name.size() == word.size() &&
         std::equal(name.begin(), name.end(), word.begin(), [](char a, char b) { return folded(a) == b; });
}
bool starts(std::string_view name, std::string_view word) {
  return name.size() >= word.size() && same(name.substr(0, word.size()), word);
}
bool ends(std::string_view name, std::string_view word) {
  return name.size() >= word.size() && same(name.substr(name.size() - word.size()), word);
}

template <class Words>
bool ends_with_any(std::string_view name, const Words& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return ends(name, word); });
}

// Keys that open nothing.
constexpr std::string_view k_harmless_keys[] = {"virtual-key",   "idempotency-key", "cache-key",
                                                "websocket-key", "surrogate-key",   "routing-key",
                                                "object-key",    "public-key"};
// Keys without a hyphen before the word, as camelCase leaves them.
constexpr std::string_view k_joined_keys[] = {"apikey",     "secretkey",  "accesskey",
                                              "privatekey", "accountkey", "subscriptionkey"};

bool is_secret_key(std::string_view name) {
  if (ends(name, "-key")) return !ends_with_any(name, k_harmless_keys);
  return ends_with_any(name, k_joined_keys);
}

// The last letter first: of the headers that every request has, almost none gets past it.
bool is_credential_name(std::string_view name) {
  if (name.empty()) return false;
  switch (folded(name.back())) {
    case 'y':
      return is_secret_key(name);
    case 'n':
      return ends(name, "token") || ends(name, "authorization") || ends(name, "assertion");
    case 't':
      return ends(name, "secret") || ends(name, "-jwt");
    case 'd':
      return ends(name, "password") || ends(name, "passwd");
    case 'e':
      return ends(name, "cookie") || ends(name, "passphrase");
    case 'l':
      return ends(name, "credential");
    case 's':
      return ends(name, "credentials");
    case '2':
      return ends(name, "cookie2");
    case 'a':
      return ends(name, "oidc-data");
    case 'h':
      return same(name, "x-auth");
    default:
      return false;
  }
}

constexpr std::string_view k_prefix = "x-portkey-";
constexpr std::string_view k_cloud_families[] = {"aws-", "azure-", "vertex-", "oracle-"};
// Of these families, what says where something is, not how to get in. Whatever is not listed counts as a
// secret.
constexpr std::string_view k_cloud_places[] = {"-region",          "-resource-name",       "-deployment-id",
                                               "-deployment-name", "-api-version",         "-auth-mode",
                                               "-auth-type",       "-model-name",          "-endpoint-name",
                                               "-project-id",      "-storage-bucket-name", "-s3-bucket",
                                               "-s3-object-key",   "-bedrock-model",       "-foundry-url"};

// `name` without its prefix. Its first letter first: what most requests have of ours is none of these.
bool is_cloud_secret(std::string_view name) {
  const char first = name.empty() ? '\0' : folded(name.front());
  if (first != 'a' && first != 'v' && first != 'o') return false;
  const bool cloud = std::any_of(std::begin(k_cloud_families), std::end(k_cloud_families),
                                 [&](std::string_view family) { return starts(name, family); });
  return cloud && !ends_with_any(name, k_cloud_places);
}

// "aws-access-key-id" of "awsAccessKeyId"; of a run of capitals only the first has a hyphen before it.
std::string kebab_of_camel(std::string_view name) {
  std::string kebab;
  bool after_word = false;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && after_word) kebab += '-';
    after_word = !upper && folded(c) != '-';
    kebab += folded(c);
  }
  return kebab;
}

// A config may spell its names in each of the ways that config/config_fields.h folds.
bool is_secret_json_name(std::string_view name) {
  if (is_credential_name(name) || is_cloud_secret(name)) return true;
  const std::string kebab = kebab_of_camel(name);
  return is_credential_name(kebab) || is_cloud_secret(kebab);
}

bool is_secret_parameter(std::string_view name) {
  constexpr std::string_view k_names[] = {"key", "sig", "auth", "pwd", "pass", "jwt"};
  return is_credential_name(name) || ends(name, "signature") ||
         std::any_of(std::begin(k_names), std::end(k_names),
                     [&](std::string_view word) { return same(name, word); });
}

// Whether a comma list has the name. Some write it as an array: ['A', "B"].
bool lists(std::string_view list, std::string_view name) {
  constexpr std::string_view k_around = " \t[]'\"";
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view part = list.substr(0, comma);
    part.remove_prefix(std::min(part.find_first_not_of(k_around), part.size()));
    part = part.substr(0, part.find_last_not_of(k_around) + 1);
    if (!part.empty() && iequals(part, name)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

void collect(Secrets* collected, std::string_view secret) {
  if (collected) collected->add(secret);
}

// The length of the scheme word of an authorization value with the space after it; 0 if it has none that is
// known: then the first word may be the secret.
std::size_t scheme_size(std::string_view value) {
  constexpr std::string_view k_schemes[] = {"bearer ",    "basic ",    "token ",  "apikey ",
                                            "api-key ",   "key ",      "digest ", "aws4-hmac-sha256 ",
                                            "negotiate ", "signature "};
  for (const std::string_view scheme : k_schemes)
    if (istarts_with(value, scheme)) return scheme.size();
  return 0;
}

// "Basic dXNlcjpwYXNz": an upstream may repeat the password itself.
void collect_basic(Secrets* collected, std::string_view credentials) {
  const auto pair = base64_decode(credentials);
  if (!pair) return;
  if (const auto colon = pair->find(':'); colon != std::string::npos)
    collect(collected, std::string_view(*pair).substr(colon + 1));
}

// Values only: "a=1; session=…; Path=/". Short ones are words of a site, not secrets.
void collect_cookies(Secrets* collected, std::string_view value) {
  constexpr std::size_t k_cookie_bytes_min = 16;
  if (!collected) return;
  for (const std::string_view pair : split_list(value, ';'))
    if (const auto equals = pair.find('=');
        equals != std::string_view::npos && pair.size() - equals > k_cookie_bytes_min)
      collect(collected, pair.substr(equals + 1));
}

std::string redact_value(std::string_view name, std::string_view value, Secrets* collected) {
  const std::size_t scheme = ends(name, "authorization") ? scheme_size(value) : 0;
  const std::string_view secret = trim(value.substr(scheme));
  collect(collected, secret);
  if (scheme && istarts_with(value, "basic ")) collect_basic(collected, secret);
  if (ends(name, "cookie")) collect_cookies(collected, value);
  if (secret.starts_with('{') && is_json(secret))
    redact_json(secret, collected);  // a service account: its key too
  return std::string(value.substr(0, scheme)).append(mask(secret));
}

// A saved config's id, which is no secret.
bool is_config_id(std::string_view value) {
  constexpr std::size_t k_id_bytes_max = 128;
  return value.size() <= k_id_bytes_max && istarts_with(value, "pc-") &&
         value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@") ==
             std::string_view::npos;
}

std::string redact_config(std::string value, Secrets* collected, const Masked* known = nullptr) {
  if (known && value == known->text) {
    if (collected) collected->add(known->secrets);
    return known->masked;
  }
  const std::string_view text = trim(value);
  return is_config_id(text) ? std::move(value) : redact_json(text, collected);
}

bool may_hold_url(std::string_view value) {
  return value.find('?') != std::string_view::npos || value.find("://") != std::string_view::npos;
}

// Other headers of ours that hold JSON. Metadata is shown as a field of its own: it is the user's text.
bool may_hold_json(std::string_view name, std::string_view value) {
  return (value[0] == '{' || value[0] == '[') && starts(name, k_prefix) && !same(name, "x-portkey-metadata");
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return std::string_view("0123456789abcdef").find(static_cast<char>(text[at] | 0x20));
    };
    const bool escape = text[i] == '%' && i + 2 < text.size() && digit(i + 1) < 16 && digit(i + 2) < 16;
    out += escape ? static_cast<char>(digit(i + 1) << 4 | digit(i + 2)) : text[i];
    if (escape) i += 2;
  }
  return out;
}

// What ends a URL's part: its own marks, or what stands behind a URL in a text.
constexpr CharSet k_after_authority("/?# \t\r\n\"'<>\\");
constexpr CharSet k_after_name("=&#? \t\r\n\"'<>\\");
constexpr CharSet k_after_value("&# \t\r\n\"'<>\\");
constexpr CharSet k_parameter_marks("?&#");

// "user:password@" after each "://".
std::string redact_user_info(std::string text, Secrets* collected) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at)) {
    at += 3;
    const std::size_t end = k_after_authority.find_in(text, at);
    const std::size_t sign = std::string_view(text).substr(at, end - at).rfind('@');
    if (sign == std::string::npos) continue;
    const std::string user_info = text.substr(at, sign);
    const auto colon = std::min(user_info.find(':'), user_info.size() - 1);
    collect(collected, percent_decoded(std::string_view(user_info).substr(colon + 1)));
    collect(collected, percent_decoded(user_info));
    text.replace(at, sign, "********");
  }
  return text;
}

struct Parameter {
  std::string_view name, value;
};

Parameter parameter_at(std::string_view text, std::size_t at) {
  const auto until = [&](std::size_t from, const CharSet& marks) {
    return text.substr(from, marks.find_in(text, from) - from);
  };
  const std::string_view name = until(at, k_after_name);
  const std::size_t equals = at + name.size();
  if (equals >= text.size() || text[equals] != '=') return {};
  return {name, until(equals + 1, k_after_value)};
}

// Behind the next ? & or #: where a parameter's name may begin. The size if there is none.
std::size_t after_mark(std::string_view text, std::size_t from) {
  return std::min(k_parameter_marks.find_in(text, from) + 1, text.size());
}

// Masks the secret parameters from `at` on.
std::string redact_parameters(std::string_view text, std::size_t at, Secrets* collected) {
  std::string out;
  std::size_t copied = 0;
  for (; at < text.size(); at = after_mark(text, std::max(at, copied))) {
    const auto [name, value] = parameter_at(text, at);
    if (value.empty() || !is_secret_parameter(percent_decoded(name))) continue;
    const std::string secret = percent_decoded(value);
    collect(collected, secret);
    collect(collected, value);
    const auto begin = static_cast<std::size_t>(value.data() - text.data());
    out.append(text.substr(copied, begin - copied)).append(mask(secret));
    copied = begin + value.size();
  }
  return out.append(text.substr(copied));
}

// One pass over a valid JSON text. Only the bytes of what is replaced change.
class JsonRedactor {
 public:
  JsonRedactor(std::string_view json, Secrets* collected)
      : m_json(json), m_collected(collected), m_reader(json) {}

  std::string run() {
    for (JsonToken token = m_reader.next(); token != JsonToken::end; token = m_reader.next()) {
      if (m_reader.depth() < m_secret_depth) m_secret_depth = 0;
      if (token == JsonToken::key) {
        m_named = is_secret_json_name(json_unquoted(m_reader.token()));
        continue;
      }
      take(token);
      m_named = false;
    }
    return m_out.append(m_json.substr(m_copied));
  }

 private:
  void take(JsonToken token) {
    const bool secret = m_named || m_secret_depth > 0;
    if (token == JsonToken::object_begin || token == JsonToken::array_begin) {
      if (m_named && m_secret_depth == 0) m_secret_depth = m_reader.depth();
    } else if (token == JsonToken::string) {
      const std::string text = json_unquoted(m_reader.token());
      const std::string safe =
          secret ? redact_value("authorization", text, m_collected) : redact_urls(text, m_collected);
      if (safe != text) replace(safe);
    } else if (token == JsonToken::number && secret) {
      collect(m_collected, m_reader.token());
      replace(mask(m_reader.token()));
    }
  }

  void replace(std::string_view with) {
    m_out.append(m_json, m_copied, m_reader.offset() - m_copied);
    append_json_string(m_out, with);
    m_copied = m_reader.offset() + m_reader.token().size();
  }

  std::string_view m_json;
  Secrets* m_collected;
  JsonReader m_reader;
  std::string m_out;
  std::size_t m_copied = 0;
  bool m_named = false;            // the value to come stands under a secret name
  std::size_t m_secret_depth = 0;  // so does all inside this depth; 0: nothing
};

}  // namespace

bool is_secret_header(std::string_view name) {
  if (is_credential_name(name)) return true;
  const std::string_view behind = name.substr(std::min(k_prefix.size(), name.size()));
  return is_cloud_secret(behind) && starts(name, k_prefix);
}

Masked mask_config(std::string_view text) {
  Masked known;
  known.text = text;
  known.masked = redact_config(std::string(text), &known.secrets);
  return known;
}

Headers redact_headers(Headers headers, std::string_view sensitive_list, Secrets* collected,
                       const Masked* known) {
  std::string own_list;
  for (const auto& [name, value] : headers)
    if (same(name, "x-portkey-sensitive-headers")) own_list.append(value).append(",");
  const bool listed = !sensitive_list.empty() || !own_list.empty();
  for (auto& [name, value] : headers) {
    if (value.empty()) continue;
    if (is_secret_header(name) || (listed && (lists(sensitive_list, name) || lists(own_list, name))))
      value = redact_value(name, value, collected);
    else if (same(name, "x-portkey-config"))
      value = redact_config(std::move(value), collected, known);
    else if (may_hold_json(name, value) && is_json(value))
      value = redact_json(value, collected);
    else if (may_hold_url(value))
      value = redact_urls(std::move(value), collected);
  }
  return headers;
}

std::string redact_query(std::string query, Secrets* collected) {
  return redact_parameters(redact_user_info(std::move(query), collected), 0, collected);
}

std::string redact_urls(std::string text, Secrets* collected) {
  if (!may_hold_url(text)) return text;
  text = redact_user_info(std::move(text), collected);
  return redact_parameters(text, after_mark(text, 0), collected);
}

std::string redact_json(std::string_view json, Secrets* collected) {
  if (is_json(json)) return JsonRedactor(json, collected).run();
  collect(collected, json);
  return mask(json);
}

}  // namespace pk::log
