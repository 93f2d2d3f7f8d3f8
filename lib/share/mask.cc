#include "share/mask.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "log/joined.h"
#include "log/redact.h"

namespace pk::share {

namespace {

using log::LogRecord;
namespace kind = log::kind;

constexpr std::int64_t k_pattern_memory_bytes = 4 << 20;

// Forms of addresses and of keys that providers and clouds hand out; group 1 is the secret part.
constexpr std::pair<std::string_view, const char*> k_built_in[] = {
    {"email", R"([\pL\pN._%+'~-]+(?:@|%40|\\u0040)[\pL\pN-]+(?:\.[\pL\pN-]+)+)"},
    {"key",
     R"(\b(?:sk|pk|rk|ak|gsk|xai|hf|r8|vk|key|fw|csk|npm|pplx|tvly|nvapi|glpat|whsec|shpat|SG|gh[opsur]|github_pat|xox[abeoprs]|lsv2|dop_v1)[-_.][A-Za-z0-9_.-]{15,}[A-Za-z0-9_-])"},
    {"key", R"(\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}|\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_.-]{16,})"},
    {"key", R"(\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)"},
    {"key", R"((?i)\bbearer\s+([A-Za-z0-9_.~+/=-]{8,}))"},
    {"key",
     R"(-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=,:\s\\-]*-----END [A-Z ]*PRIVATE KEY-----|[A-Za-z0-9+/=\s\\]*))"},
    {"key", R"(://[^/\s:@"']*:([^/\s@"']+)@)"},
    {"key",
     R"((?i)(?:\b|_)(?:api[_-]?key|secret|token|password|passwd|pwd|access[_-]?key|secret[_-]?key|private[_-]?key|signature|sig)\\?["']?\s*[:=]\s*\\?["']?([^\s"'\\&,;<>\[\]{}()]{6,}))"},
};

struct Found {
  std::size_t begin, end;
  std::string_view name;
};

void find_all(const RE2& pattern, std::string_view name, std::string_view text, std::vector<Found>& found) {
  const re2::StringPiece piece(text.data(), text.size());
  const int groups = pattern.NumberOfCapturingGroups() > 0 ? 2 : 1;
  std::size_t at = 0;
  re2::StringPiece match[2];
  while (at <= text.size() && pattern.Match(piece, at, text.size(), RE2::UNANCHORED, match, groups)) {
    const auto offset = [&](const re2::StringPiece& part) {
      return static_cast<std::size_t>(part.data() - text.data());
    };
    const re2::StringPiece& part = groups == 2 && match[1].data() ? match[1] : match[0];
    if (!part.empty()) found.push_back({offset(part), offset(part) + part.size(), name});
    // What matched nothing does not hold up the search.
    at = std::max(offset(match[0]) + match[0].size(), at + 1);
  }
}

void join_overlapping(std::vector<Found>& found) {
  std::ranges::stable_sort(found, [](const Found& a, const Found& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<Found> joined;
  for (const Found& one : found) {
    if (joined.empty() || one.begin >= joined.back().end)
      joined.push_back(one);
    else
      joined.back().end = std::max(joined.back().end, one.end);
  }
  found = std::move(joined);
}

std::string withheld(std::string_view what, const std::string& body) {
  return fmt::format("[{} of {} bytes withheld]", what, body.size());
}

// The kinds of fields.def: texts are masked, all else is no text.
template <class T>
void mask_field(const Mask&, T&) {}
void mask_field(const Mask& mask, std::string& text) {
  text = mask.text(text);
}
void mask_field(const Mask& mask, kind::metadata& pairs) {
  for (auto& [name, value] : pairs) {
    name = mask.text(name);
    value = mask.text(value);
  }
}
void mask_field(const Mask& mask, kind::attempts& attempts) {
  for (log::Attempt& attempt : attempts)
    for (std::string* text : {&attempt.option, &attempt.provider, &attempt.model, &attempt.error})
      *text = mask.text(*text);
}

}  // namespace

Mask::Mask(Mask&&) noexcept = default;
Mask::~Mask() = default;

Result<void> Mask::add(std::string_view name, const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(k_pattern_memory_bytes);
  auto compiled = std::make_unique<RE2>(pattern, options);
  if (!compiled->ok())
    return Error{Errc::invalid, fmt::format("pattern '{}': {}", visible(name, false), compiled->error())};
  m_rules.push_back({std::string(name), std::move(compiled)});
  return {};
}

Result<Mask> Mask::make(std::span<const config::NamedPattern> patterns) {
  Mask mask;
  for (const auto& [name, pattern] : k_built_in) PK_TRY(mask.add(name, pattern));
  // A user's group is one of their own: the whole match is hidden.
  for (const config::NamedPattern& one : patterns) PK_TRY(mask.add(one.name, "(" + one.pattern + ")"));
  return mask;
}

std::string Mask::text(std::string_view text) const {
  std::vector<Found> found;
  for (const Rule& rule : m_rules) find_all(*rule.pattern, rule.name, text, found);
  if (found.empty()) return std::string(text);
  join_overlapping(found);
  std::string out;
  std::size_t at = 0;
  for (const Found& one : found) {
    out.append(text.substr(at, one.begin - at)).append("[").append(one.name).append("]");
    at = one.end;
  }
  return out.append(text.substr(at));
}

std::string Mask::json(std::string_view json) const {
  std::string out;
  std::size_t copied = 0;
  JsonReader reader(json);
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next()) {
    const bool quoted = token == JsonToken::string || token == JsonToken::key;
    if (!quoted && token != JsonToken::number) continue;
    const std::string plain = quoted ? json_unquoted(reader.token()) : std::string(reader.token());
    const std::string masked = text(plain);
    if (masked == plain) continue;
    out.append(json.substr(copied, reader.offset() - copied));
    append_json_string(out, masked);
    copied = reader.offset() + reader.token().size();
  }
  return out.append(json.substr(copied));
}

void Mask::body(log::Content& content) const {
  std::string& body = content.body;
  if (log::is_event_stream(content)) {
    auto joined = log::joined_message(body);
    if (!joined && !is_json(body)) {
      body = withheld("stream", body);
      return;
    }
    if (joined) body = *std::move(joined);
  }
  if (is_json(body))
    body = json(log::redact_json(body));
  else if (is_utf8(body))
    body = text(body);
  else
    body = withheld("binary data", body);
}

LogRecord Mask::record(LogRecord record) const {
#define PK_FIELD(number, name, kind_) mask_field(*this, record.name);
#include "log/fields.def"
  for (kind::content* side : {&record.request, &record.response}) {
    if (!*side) continue;
    for (auto& [name, value] : (*side)->headers) value = text(value);
    body(**side);
  }
  return record;
}

}  // namespace pk::share
