#include "replay/body.h"

#include "base/json.h"
#include "provider/body.h"
#include "provider/body_edit.h"

namespace pk::replay {

namespace {

config::BodyEdits edits_of(const Overrides& overrides) {
  config::BodyEdits edits;
  edits.override_params = overrides.set;
  if (!overrides.model.empty()) edits.override_params.emplace_back("model", json_string(overrides.model));
  if (overrides.stream) edits.override_params.emplace_back("stream", *overrides.stream ? "true" : "false");
  // OpenAI refuses these of a request that is not streamed.
  if (overrides.stream && !*overrides.stream) edits.drop_params.emplace_back("stream_options");
  return edits;
}

}  // namespace

Result<std::string> body_of(const log::LogRecord& record, const Overrides& overrides) {
  std::string body = overrides.body ? *overrides.body : record.request->body;
  const config::BodyEdits edits = edits_of(overrides);
  if (!overrides.body && edits.empty()) return body;
  // Splicing wants a body that was read; what is spliced is read once more on its way.
  if (auto read = provider::BodyReader().read(body); !read) return std::move(read).error();
  if (edits.empty()) return body;
  return provider::edited_body(body, edits);
}

}  // namespace pk::replay
