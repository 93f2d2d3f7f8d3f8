#include "imports/form.h"

#include "imports/values.h"

namespace pk::imports {

std::string_view name_of(Form form) {
  return form == Form::portkey ? "Portkey" : "LiteLLM";
}

std::optional<Form> form_of(const Row& row) {
  if (row.has("request_id") && (row.has("startTime") || row.has("call_type"))) return Form::litellm;
  if (row.has("created_at") && (row.has("ai_org") || row.has("ai_model") || row.has("response_status_code") ||
                                row.has("req_units") || row.has("response_time")))
    return Form::portkey;
  return {};
}

Result<log::LogRecord> to_record(const Row& row) {
  const auto form = form_of(row);
  if (!form) return Error{Errc::invalid, "it is no log of LiteLLM or Portkey"};
  return *form == Form::litellm ? litellm_record(row) : portkey_record(row);
}

}  // namespace pk::imports
