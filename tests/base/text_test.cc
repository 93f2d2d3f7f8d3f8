#include "base/text.h"

#include "support/catch.h"

using Parts = std::vector<std::string_view>;

TEST_CASE("Space is trimmed at both ends only") {
  CHECK(pk::trim("  a b\t\r\n") == "a b");
  CHECK(pk::trim("") == "");
  CHECK(pk::trim(" \t\r\n") == "");
  CHECK(pk::trim("a") == "a");
  CHECK(pk::trim("\v\fa") == "\v\fa");
}

TEST_CASE("Letter case is ASCII's") {
  CHECK(pk::ascii_lower("AZaz@[`{\xc3\x84") == "azaz@[`{\xc3\x84");
  CHECK(pk::iequals("Content-TYPE", "content-type"));
  CHECK(pk::iequals("", ""));
  CHECK_FALSE(pk::iequals("a", "ab"));
  CHECK_FALSE(pk::iequals("@", "`"));  // 32 apart, and no letters
  CHECK_FALSE(pk::iequals("[", "{"));
  CHECK(pk::istarts_with("Bearer x", "bearer "));
  CHECK(pk::istarts_with("x", ""));
  CHECK_FALSE(pk::istarts_with("Bear", "bearer"));
}

TEST_CASE("A needle is found in any letter case") {
  CHECK(pk::ifind("The Quick", "quick") == 4);
  CHECK(pk::ifind("aaAB", "ab") == 2);
  CHECK(pk::ifind("abc", "") == 0);
  CHECK(pk::ifind("", "") == 0);
  CHECK(pk::ifind("", "a") == std::string_view::npos);
  CHECK(pk::ifind("ab", "abc") == std::string_view::npos);
}

TEST_CASE("A list is split, trimmed and without empty parts") {
  CHECK(pk::split_list("a, b,,c ") == Parts{"a", "b", "c"});
  CHECK(pk::split_list("") == Parts{});
  CHECK(pk::split_list(" , ,") == Parts{});
  CHECK(pk::split_list("a") == Parts{"a"});
  CHECK(pk::split_list("a=1; b=2;", ';') == Parts{"a=1", "b=2"});
}

TEST_CASE("A number is the whole text or none") {
  CHECK(pk::parse_int("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(pk::parse_int("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(pk::parse_uint("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(pk::parse_int("007") == 7);
  CHECK(pk::parse_real("-1.5e3") == -1500.0);
  CHECK(pk::parse_real("10") == 10.0);
  for (const char* bad :
       {"", " ", "+1", "1 ", " 1", "1x", "0x10", "1,000", "--1", "1e", "e5", "-", "9223372036854775808"}) {
    INFO(bad);
    CHECK_FALSE(pk::parse_int(bad).has_value());
  }
  for (const char* bad : {"", "-1", "18446744073709551616", "1.0"})
    CHECK_FALSE(pk::parse_uint(bad).has_value());
  for (const char* bad :
       {"", "inf", "-inf", "nan", "NaN", "infinity", "1e999", "1.0x", " 1", "+1", "0x1p3", "."}) {
    INFO(bad);
    CHECK_FALSE(pk::parse_real(bad).has_value());
  }
}

TEST_CASE("UTF-8 is told from other bytes") {
  for (const char* good :
       {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"})
    CHECK(pk::is_utf8(good));
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "a\xfe"})
    CHECK_FALSE(pk::is_utf8(bad));
}

TEST_CASE("Bytes that are no UTF-8 are replaced one by one") {
  CHECK(pk::utf8_repaired("a\xffz") == "a\ufffdz");
  CHECK(pk::utf8_repaired("\xe2\x82") == "\ufffd\ufffd");
  CHECK(pk::utf8_repaired("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");
  CHECK(pk::utf8_repaired("\xf0\x9f\x98\x80\xc3") == "\U0001F600\ufffd");
  CHECK(pk::utf8_repaired("plain \u00e9") == "plain \u00e9");
}

TEST_CASE("A code point is written in its shortest form") {
  const std::vector<std::pair<std::uint32_t, std::string>> cases = {{0, std::string(1, '\0')},
                                                                    {0x7f, "\x7f"},
                                                                    {0x80, "\xc2\x80"},
                                                                    {0x7ff, "\xdf\xbf"},
                                                                    {0x800, "\xe0\xa0\x80"},
                                                                    {0xffff, "\xef\xbf\xbf"},
                                                                    {0x10000, "\xf0\x90\x80\x80"},
                                                                    {0x10ffff, "\xf4\x8f\xbf\xbf"}};
  for (const auto& [point, bytes] : cases) {
    std::string out;
    pk::append_utf8(out, point);
    CHECK(out == bytes);
  }
}

TEST_CASE("What a terminal would act on is made visible") {
  CHECK(pk::visible("a\x1b[31mred", false) == "a\\u001b[31mred");
  CHECK(pk::visible("a\nb\tc\rd", false) == "a\\u000ab\\u0009c\\u000dd");
  CHECK(pk::visible("a\nb\tc\rd", true) == "a\nb\tc\\u000dd");
  CHECK(pk::visible(std::string("\0\x7f", 2), true) == "\\u0000\\u007f");
  CHECK(pk::visible("\xc2\x9b"
                    "31m",
                    true) == "\\u009b31m");  // CSI as one C1 character
  CHECK(pk::visible("\x9b"
                    "31m\xff",
                    true) == "\\x9b31m\\xff");
  CHECK(pk::visible("\u202eevil\u2066\u2069\u202a", true) == "\\u202eevil\\u2066\\u2069\\u202a");
  CHECK(pk::visible("h\u00e9 \u20ac \U0001F600 \u00a0\u2029\u202f\u2065", true) ==
        "h\u00e9 \u20ac \U0001F600 \u00a0\u2029\u202f\u2065");
  CHECK(pk::visible("", true) == "");
}

TEST_CASE("Base64 is written and read back") {
  const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {"\xff\xfe\xfb", "//77"}};  // RFC 4648, 10
  for (const auto& [bytes, text] : cases) {
    CHECK(pk::base64(bytes) == text);
    CHECK(pk::base64_decode(text) == bytes);
  }
  CHECK(pk::base64_decode("Zg") == "f");  // unpadded, as many write it
  CHECK(pk::base64_decode("Zm8") == "fo");
  for (const char* bad : {"Z", "Zm9vY", "Zm9v=", "Zm=v", "Zm9vYg=", "Zg===", "====", "Zm9v Zm9v", "Zm9v\n",
                          "Zm-_", "Zh==", "Zm9"}) {
    INFO(bad);
    CHECK_FALSE(pk::base64_decode(bad).has_value());
  }
}

TEST_CASE("Bytes are shown as hex digits") {
  CHECK(pk::hex(std::string("\x00\x0f\xff", 3)) == "000fff");
  CHECK(pk::hex("") == "");
}

TEST_CASE("Sizes are shown in powers of a thousand") {
  const std::vector<std::pair<std::uint64_t, std::string>> cases = {
      {0, "0 B"},
      {999, "999 B"},
      {1000, "1.0 kB"},
      {1049, "1.0 kB"},
      {999'949, "999.9 kB"},
      {999'950, "1.0 MB"},
      {12'345'678, "12.3 MB"},
      {1'000'000'000'000, "1.0 TB"},
      {18'446'744'073'709'551'615u, "18446.7 PB"}};
  for (const auto& [bytes, text] : cases) CHECK(pk::human_bytes(bytes) == text);
}

TEST_CASE("Sizes are read as people write them") {
  CHECK(pk::parse_bytes("100") == 100u);
  CHECK(pk::parse_bytes("10 MB") == 10'000'000u);
  CHECK(pk::parse_bytes("512k") == 512'000u);
  CHECK(pk::parse_bytes("1.5GiB") == 1'610'612'736u);
  CHECK(pk::parse_bytes("0") == 0u);
  for (const char* bad :
       {"", "MB", "-1", "1 XB", "1e3", "1.2.3", ".", "99999999999 TB", "10 M B", "inf", " 5"}) {
    INFO(bad);
    CHECK_FALSE(pk::parse_bytes(bad).has_value());
  }
}

TEST_CASE("The front of a text is not cut inside a character") {
  CHECK(pk::utf8_front("abc", 3) == "abc");
  CHECK(pk::utf8_front("abc", 2) == "ab");
  CHECK(pk::utf8_front("abc", 0).empty());
  const std::string euro = "a\u20acb";  // one, three and one byte
  CHECK(pk::utf8_front(euro, 4) == "a\u20ac");
  for (const std::size_t inside : {1, 2, 3}) CHECK(pk::utf8_front(euro, inside) == "a");
  CHECK(pk::utf8_front("\x80\x80\x80", 2).empty());
}
