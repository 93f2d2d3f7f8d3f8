// A text has a form exactly where it is JSON. Its fingerprint does not change with the white space around it,
// and a body that is served both ways has one that is told apart by any added member.
#include <string>
#include <tuple>

#include "base/json.h"
#include "base/json_reader.h"
#include "cache/canonical.h"
#include "cache/fingerprint.h"
#include "cache/restream.h"
#include "fuzz.h"

namespace {

pk::cache::Fingerprint of(std::string_view body) {
  pk::cache::RequestFacts facts;
  facts.endpoint = pk::log::Endpoint::chat_completions;
  facts.body = body;
  return pk::cache::fingerprint(facts);
}

void check_form(std::string_view text) {
  pk::JsonReader reader(text);
  std::string form;
  const bool whole =
      pk::cache::append_canonical(form, reader, reader.next()) && reader.next() == pk::JsonToken::end;
  if (pk::is_json(text)) PK_ASSERT(whole);
}

void check_fingerprint(std::string_view text) {
  const pk::cache::Fingerprint fields = of(text);
  if (fields.empty()) return;
  std::string wide = " \n";
  wide.append(text).append("\t ");
  PK_ASSERT(of(wide) == fields);
  PK_ASSERT(pk::cache::differing(fields, fields).empty());
  const std::size_t begin = text.find('{');
  std::string more = "{\"\":0";
  const std::string_view rest = text.substr(begin + 1);
  if (rest.find_first_not_of(" \n\r\t") != rest.find('}')) more += ',';
  more += rest;
  const pk::cache::Fingerprint other = of(more);
  if (!other.empty()) PK_ASSERT(pk::cache::key_of(other) != pk::cache::key_of(fields));
}

void check_stream(std::string_view text) {
  for (const auto endpoint : {pk::log::Endpoint::chat_completions, pk::log::Endpoint::messages}) {
    const auto events = pk::cache::stream_of(endpoint, text, true);
    if (events) std::ignore = pk::cache::whole_of(endpoint, *events);
    std::ignore = pk::cache::whole_of(endpoint, text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  check_form(input);
  check_fingerprint(input);
  check_stream(input);
  return 0;
}
