#include "upstream/curl_library.h"

#include <curl/curl.h>

#include "support/catch.h"

namespace pk::upstream {

TEST_CASE("What is set on a handle by any type of option arrives at curl") {
  REQUIRE(load_curl());
  CURL* const easy = curl_easy_init();
  REQUIRE(easy);
  int mine = 7;
  const std::string body = "twelve bytes and more";
  CHECK(curl_easy_setopt(easy, CURLOPT_PRIVATE, &mine) == CURLE_OK);
  CHECK(curl_easy_setopt(easy, CURLOPT_URL, "http://127.0.0.1:1/x") == CURLE_OK);
  CHECK(curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(12)) == CURLE_OK);
  CHECK(curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body.c_str()) == CURLE_OK);
  CHECK(curl_easy_setopt(easy, CURLOPT_MAXREDIRS, -2L) == CURLE_BAD_FUNCTION_ARGUMENT);
  CHECK(curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 3L) == CURLE_OK);
  int* private_data = nullptr;
  CHECK(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private_data) == CURLE_OK);
  CHECK(private_data == &mine);
  const char* url = nullptr;
  CHECK(curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK);
  CHECK(std::string_view(url) == "http://127.0.0.1:1/x");
  CHECK(std::string_view(curl_easy_strerror(CURLE_PARTIAL_FILE)).size() > 0);
  curl_easy_cleanup(easy);
}

TEST_CASE("A multi handle takes and gives back transfers") {
  REQUIRE(load_curl());
  CURLM* const multi = curl_multi_init();
  CURL* const easy = curl_easy_init();
  REQUIRE((multi && easy));
  CHECK(curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 3L) == CURLM_OK);
  CHECK(curl_multi_add_handle(multi, easy) == CURLM_OK);
  CHECK(curl_multi_add_handle(multi, easy) == CURLM_ADDED_ALREADY);
  int left = -1;
  CHECK(curl_multi_info_read(multi, &left) == nullptr);
  CHECK(left == 0);
  CHECK(curl_multi_remove_handle(multi, easy) == CURLM_OK);
  curl_easy_cleanup(easy);
  CHECK(curl_multi_cleanup(multi) == CURLM_OK);
}

}  // namespace pk::upstream
