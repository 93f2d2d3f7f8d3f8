// The functions of libjq that jq_filter.cc calls, each forwarded to the library. One that is missing here
// fails to link.
#include "jq_library.h"

extern "C" {
#include <jq.h>
#include <jv.h>
}

#include "base/shared_library.h"

namespace pk::cmd {

namespace {

constinit SharedLibrary s_jq("libjq.so.1", "libjq1");

}  // namespace

Result<void> load_jq() {
  return s_jq.load();
}

}  // namespace pk::cmd

using pk::cmd::s_jq;

extern "C" {

// clang-format off
PK_FORWARD(s_jq, jq_state*, jq_init, (), ())
PK_FORWARD(s_jq, void, jq_teardown, (jq_state* *state), (state))
PK_FORWARD(s_jq, void, jq_set_attr, (jq_state* state, jv name, jv value), (state, name, value))
PK_FORWARD(s_jq, void, jq_set_error_cb, (jq_state* state, jq_msg_cb callback, void* data),
           (state, callback, data))
PK_FORWARD(s_jq, int, jq_compile, (jq_state* state, const char* expression), (state, expression))
PK_FORWARD(s_jq, jv, jq_format_error, (jv message), (message))
PK_FORWARD(s_jq, void, jq_start, (jq_state* state, jv input, int flags), (state, input, flags))
PK_FORWARD(s_jq, jv, jq_next, (jq_state* state), (state))
PK_FORWARD(s_jq, int, jq_halted, (jq_state* state), (state))
PK_FORWARD(s_jq, jv, jv_copy, (jv value), (value))
PK_FORWARD(s_jq, void, jv_free, (jv value), (value))
PK_FORWARD(s_jq, jv_kind, jv_get_kind, (jv value), (value))
PK_FORWARD(s_jq, jv, jv_array, (), ())
PK_FORWARD(s_jq, jv, jv_string, (const char* text), (text))
PK_FORWARD(s_jq, const char*, jv_string_value, (jv text), (text))
PK_FORWARD(s_jq, int, jv_string_length_bytes, (jv text), (text))
PK_FORWARD(s_jq, int, jv_invalid_has_msg, (jv value), (value))
PK_FORWARD(s_jq, jv, jv_invalid_get_msg, (jv value), (value))
PK_FORWARD(s_jq, jv, jv_dump_string, (jv value, int flags), (value, flags))
PK_FORWARD(s_jq, jv, jv_parse_sized, (const char* json, int size), (json, size))
// clang-format on

}  // extern "C"
