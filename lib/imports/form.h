// Rows of other gateways' logs as records of this one. Pure: the same row always gives the same record, with
// the same id, so that an import can be taken twice.
#pragma once

#include <string_view>

#include "base/result.h"
#include "imports/row.h"
#include "log/record.h"

namespace pk::imports {

enum class Form { portkey, litellm };
std::string_view name_of(Form form);  // "Portkey", "LiteLLM"

// By the names of a row's values; nothing if it is of no form that is known.
std::optional<Form> form_of(const Row& row);

// invalid, saying what is wrong: it is of no known form, has no time, or one that cannot be.
Result<log::LogRecord> to_record(const Row& row);

// One file each; `row` is of that form.
Result<log::LogRecord> portkey_record(const Row& row);
Result<log::LogRecord> litellm_record(const Row& row);

}  // namespace pk::imports
