// Whatever edits are made of a good body: they are refused with words, or the result is a good body, in which
// what was overridden stands as it was said; edits of nothing leave every byte alone. Of other text nothing
// is asked but that it does no harm. Input: one line each with an edit (`d` default, `o` override, `x` drop,
// then name and, after a tab, value), an empty line, the body.
#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "fuzz.h"
#include "provider/body.h"
#include "provider/body_edit.h"

namespace {

using namespace pk;

// An edit a line; what is no edit is passed over.
config::BodyEdits take_edits(std::string_view& input) {
  config::BodyEdits edits;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    if (line.empty()) break;
    const std::string_view name = line.substr(1, line.substr(1).find('\t'));
    std::string value(line.substr(std::min(line.size(), 2 + name.size())));
    if (line[0] == 'd') edits.default_params.emplace_back(name, std::move(value));
    if (line[0] == 'o') edits.override_params.emplace_back(name, std::move(value));
    if (line[0] == 'x') edits.drop_params.emplace_back(name);
  }
  return edits;
}

bool has_broken_name(const config::BodyEdits& edits) {
  for (const auto* members : {&edits.default_params, &edits.override_params})
    for (const auto& [name, value] : *members)
      if (!is_utf8(name)) return true;
  return false;
}

void check_edited(std::string_view body, config::BodyEdits edits) {
  const auto result = provider::edited_body(body, edits);
  PK_ASSERT(result || !result.error().message.empty());
  if (!result) return;
  PK_ASSERT(provider::BodyReader().read(*result));
  if (has_broken_name(edits)) return;  // written as U+FFFD, so not the same name a second time
  edits.drop_params.clear();
  const auto kept = provider::edited_body(body, edits);
  PK_ASSERT(kept && provider::BodyReader().read(*kept));
  for (const auto& [name, value] : edits.default_params) PK_ASSERT(provider::find_top_level(*kept, name));
  PK_ASSERT(provider::edited_body(*kept, edits).value_or("") == *kept);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = fuzz::text(data, size);
  const config::BodyEdits edits = take_edits(body);
  if (!provider::BodyReader().read(body)) {
    (void)provider::edited_body(body, edits);
    provider::with_model(body, "m");
    return 0;
  }
  check_edited(body, edits);
  PK_ASSERT(provider::edited_body(body, {}).value_or("") == body);
  const std::string other = provider::with_model(body, "m");
  const auto facts = provider::BodyReader().read(other);
  PK_ASSERT(facts && facts->model == "m");
  return 0;
}
