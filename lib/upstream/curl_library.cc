// The functions of libcurl that this room calls, each forwarded to the library. One that is missing here
// fails to link.
#include "upstream/curl_library.h"

#include <curl/curl.h>

#include <cstdarg>

#include "base/shared_library.h"

namespace pk::upstream {

namespace {

constinit SharedLibrary s_curl("libcurl.so.4", "libcurl4");

}  // namespace

Result<void> load_curl() {
  return s_curl.load();
}

namespace {

// The one argument of a setopt, whose type is in the number of the option. A pointer may be one to a
// function.
template <class Function, class Handle, class Option>
auto set_option(Function* function, Handle* handle, Option option, std::va_list arguments) {
  switch (static_cast<int>(option) / CURLOPTTYPE_OBJECTPOINT) {
    case CURLOPTTYPE_LONG / CURLOPTTYPE_OBJECTPOINT:
      return function(handle, option, va_arg(arguments, long));
    case CURLOPTTYPE_OFF_T / CURLOPTTYPE_OBJECTPOINT:
      return function(handle, option, va_arg(arguments, curl_off_t));
    default:
      return function(handle, option, va_arg(arguments, void*));
  }
}

}  // namespace

}  // namespace pk::upstream

using pk::upstream::s_curl;

extern "C" {

// clang-format off
PK_FORWARD(s_curl, CURLcode, curl_global_init, (long flags), (flags))
PK_FORWARD(s_curl, CURL*, curl_easy_init, (), ())
PK_FORWARD(s_curl, void, curl_easy_cleanup, (CURL* easy), (easy))
PK_FORWARD(s_curl, void, curl_easy_reset, (CURL* easy), (easy))
PK_FORWARD(s_curl, CURLcode, curl_easy_pause, (CURL* easy, int what), (easy, what))
PK_FORWARD(s_curl, const char*, curl_easy_strerror, (CURLcode code), (code))
// clang-format on

CURLcode(curl_easy_setopt)(CURL* easy, CURLoption option, ...) {
  std::va_list arguments;
  va_start(arguments, option);
  const CURLcode code = pk::upstream::set_option(PK_FIND(s_curl, curl_easy_setopt), easy, option, arguments);
  va_end(arguments);
  return code;
}

CURLcode(curl_easy_getinfo)(CURL* easy, CURLINFO info, ...) {
  std::va_list arguments;
  va_start(arguments, info);
  const CURLcode code = PK_FIND(s_curl, curl_easy_getinfo)(easy, info, va_arg(arguments, void*));
  va_end(arguments);
  return code;
}

// clang-format off
PK_FORWARD(s_curl, curl_slist*, curl_slist_append, (curl_slist* list, const char* text), (list, text))
PK_FORWARD(s_curl, void, curl_slist_free_all, (curl_slist* list), (list))
PK_FORWARD(s_curl, CURLM*, curl_multi_init, (), ())
PK_FORWARD(s_curl, CURLMcode, curl_multi_cleanup, (CURLM* multi), (multi))
PK_FORWARD(s_curl, CURLMcode, curl_multi_add_handle, (CURLM* multi, CURL* easy), (multi, easy))
PK_FORWARD(s_curl, CURLMcode, curl_multi_remove_handle, (CURLM* multi, CURL* easy), (multi, easy))
PK_FORWARD(s_curl, CURLMsg*, curl_multi_info_read, (CURLM* multi, int* left), (multi, left))
PK_FORWARD(s_curl, CURLMcode, curl_multi_socket_action,
           (CURLM* multi, curl_socket_t fd, int events, int* running), (multi, fd, events, running))
// clang-format on

CURLMcode(curl_multi_setopt)(CURLM* multi, CURLMoption option, ...) {
  std::va_list arguments;
  va_start(arguments, option);
  const CURLMcode code =
      pk::upstream::set_option(PK_FIND(s_curl, curl_multi_setopt), multi, option, arguments);
  va_end(arguments);
  return code;
}

}  // extern "C"
