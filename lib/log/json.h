// A record as JSON and as cells of a table, by the rules of log/fields.def: order, null, status, times.
//
// Numbers are written in the shortest form that reads back the same; milliseconds with at most three
// decimals. A body that is JSON stands in the record as it came (line breaks between its tokens taken out, so
// that a record is one line); a stream's body is the joined message, or its events if `BodyForm::raw` is
// asked for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "log/fields.h"
#include "log/record.h"

namespace pk::log {

// A body nested deeper is shown as text: jq 1.6 reads 256 levels, and the record adds its own.
inline constexpr std::size_t k_shown_body_depth_max = 200;

enum class BodyForm { joined, raw };

// One object on one line, without a line end: {"id":"…","created_at":"…",…}.
void append_json(std::string& out, const LogRecord& record, const FieldSet& fields,
                 BodyForm form = BodyForm::joined);

// One field's value as JSON.
void append_json(std::string& out, const LogRecord& record, Field field, BodyForm form = BodyForm::joined);

// One field's value as plain text: "" for null, a text as it is (not made visible: that is the terminal's
// matter), the status slugs joined by commas, other objects and arrays as JSON.
std::string cell(const LogRecord& record, Field field, BodyForm form = BodyForm::joined);

// An object of texts.
void append_json(std::string& out, const Metadata& metadata);

// {"headers":{…},"body":…}. A header that came several times has its values joined by ", ".
void append_json(std::string& out, const Content& content, BodyForm form = BodyForm::joined);

// The body alone as JSON: the document, a string, {"base64":"…"} where it is no UTF-8, "" where there is
// none.
void append_body_json(std::string& out, const Content& content, BodyForm form = BodyForm::joined);

}  // namespace pk::log
