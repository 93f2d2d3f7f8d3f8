#include "log/secrets.h"

#include "base/json.h"
#include "support/catch.h"

using pk::log::mask;
using pk::log::Secrets;

TEST_CASE("A mask shows the first two and the last three characters of a long secret") {
  CHECK(mask("sk-abcdefghijklm789") == "sk********789");
  CHECK(mask("0123456789abcdef") == "01********def");  // 16
}

TEST_CASE("A mask shows nothing of a short secret, or of one that would not fit everywhere") {
  for (const char* secret : {"", "x", "0123456789abcde", "\"23456789abcdef0", "0123456789abcd\"\"",
                             "\xc3\xa9-456789abcdef01", "01 3456789abcdef\n"}) {
    INFO(secret);
    CHECK(mask(secret) == "********");
  }
}

TEST_CASE("Each secret in a text becomes its mask") {
  Secrets secrets;
  secrets.add("sk-abcdefghijklmnop");
  secrets.add("tiny-key");
  CHECK(secrets.scrub("key sk-abcdefghijklmnop, again sk-abcdefghijklmnop.") ==
        "key sk********nop, again sk********nop.");
  CHECK(secrets.scrub("tiny-key") == "********");
  CHECK(secrets.scrub("sk-abcdefghijklmno") == "sk-abcdefghijklmno");
  CHECK(secrets.scrub("") == "");
}

TEST_CASE("A secret is found as JSON and URLs spell it") {
  Secrets secrets;
  secrets.add("abc/def\"ghi+jkl=mno");
  CHECK(secrets.scrub(R"({"e":"abc/def\"ghi+jkl=mno"})") == R"({"e":"ab********mno"})");
  CHECK(secrets.scrub(R"({"e":"abc\/def\"ghi+jkl=mno"})") == R"({"e":"ab********mno"})");
  CHECK(secrets.scrub("?k=abc%2Fdef%22ghi%2Bjkl%3Dmno&x") == "?k=ab********mno&x");
  Secrets pem;
  pem.add("-----BEGIN PRIVATE KEY-----\nabcdef\n-----END PRIVATE KEY-----\n");
  CHECK(pem.scrub(R"("-----BEGIN PRIVATE KEY-----\nabcdef\n-----END PRIVATE KEY-----")") ==
        "\"--********---\"");
}

TEST_CASE("A secret inside a longer one does not break it up") {
  Secrets secrets;
  secrets.add("abcdefgh");
  secrets.add("0123-abcdefgh-4567890");
  CHECK(secrets.scrub("0123-abcdefgh-4567890 abcdefgh") == "01********890 ********");
}

TEST_CASE("Words are not taken for secrets") {
  Secrets secrets;
  for (const char* text : {"", "k1", "test", "1234567", "  1234567  "}) secrets.add(text);
  CHECK(secrets.empty());
}

TEST_CASE("With more secrets than are looked for, the text is withheld") {
  Secrets secrets;
  for (int i = 0; i < 300; ++i) secrets.add("secret-number-" + std::to_string(1000 + i));
  CHECK(secrets.scrub("secret-number-1299").find("1299") == std::string::npos);
  CHECK(secrets.scrub("") == "");
}

TEST_CASE("A text without a secret is left where it is") {
  Secrets secrets;
  secrets.add("sk-abcdefghijklmnop");
  std::string text(1000, 's');
  const char* where = text.data();
  secrets.scrub_in_place(text);
  CHECK(text.data() == where);
  CHECK(text == std::string(1000, 's'));
}
