#include "base/json_scan.h"

#include <string>
#include <vector>

#include "base/rng.h"
#include "support/catch.h"

using namespace pk::json_scan;

namespace {

std::size_t stop_byte_by_byte(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '"' && text[at] != '\\' &&
         static_cast<unsigned char>(text[at]) >= 0x20)
    ++at;
  return at;
}

}  // namespace

TEST_CASE("A string's stop is found wherever it is, and no byte outside the text is looked at") {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain(size, 'x');
    for (std::size_t from = 0; from <= size; ++from) {
      CHECK(string_stop(plain, from) == size);
      CHECK(string_stop(std::string_view(plain + "\"\"").substr(0, size), from) == size);
    }
    for (std::size_t stop = 0; stop < size; ++stop) {
      std::string text = plain;
      text[stop] = '"';
      for (std::size_t from = 0; from <= size; ++from)
        CHECK(string_stop(text, from) == (from <= stop ? stop : size));
    }
  }
}

TEST_CASE("A string's stop is the first quote, backslash or control byte among any bytes") {
  pk::Rng rng(3);
  // Neighbours of the stops too, and of what becomes them with the highest bit off.
  const std::string bytes("\"\\\x1f\x00\x01!#[]\x20\x7f\xa2\xdc\x9f\x80\xffxyz", 20);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto n = rng.next() % 80; n > 0; --n)
      text += rng.next() % 8 == 0 ? bytes[rng.next() % bytes.size()] : bytes[17 + rng.next() % 3];
    const std::size_t from = rng.next() % (text.size() + 1);
    CHECK(string_stop(text, from) == stop_byte_by_byte(text, from));
  }
}

TEST_CASE("Strings end behind their last quote") {
  CHECK(string_end(R"("")", 0) == 2);
  CHECK(string_end(R"("a",)", 0) == 3);
  CHECK(string_end(R"(["a"])", 1) == 4);
  CHECK(string_end(R"("\"\\\/\b\f\n\r\tx")", 0) == 19);
  CHECK(string_end(R"("\u00e9\ud800")", 0) == 14);
  CHECK(string_end(std::string(100, ' ').replace(0, 1, "\"") + "\"", 0) == 101);
  for (const char* bad : {R"(")", R"("a)", R"("\")", R"("\)", R"("\x")", R"("\u")", R"("\u12)", R"("\u12g4")",
                          "\"\n\"", "\"0123456789abcdef\n\"", "\"\\"}) {
    INFO(bad);
    CHECK(string_end(bad, 0) == k_none);
  }
  CHECK(string_end(std::string_view("\"\\\0\"", 4), 0) == k_none);
}

TEST_CASE("Numbers end behind what RFC 8259 takes for one") {
  for (const char* good : {"0", "-0", "7", "10", "-10", "1.0", "0.70", "1e5", "1E+5", "0.1e-5", "0e0",
                           "123456789012345678901", "-1.5E-10"}) {
    INFO(good);
    const std::string text = good;
    CHECK(number_end(text, 0) == text.size());
    CHECK(number_end(text + ",1", 0) == text.size());
    CHECK(number_end("  " + text + "]", 2) == text.size() + 2);
  }
  // What follows is for the grammar to refuse.
  CHECK(number_end("01", 0) == 1);
  CHECK(number_end("-01", 0) == 2);
  CHECK(number_end("1x", 0) == 1);
  CHECK(number_end("1.2.3", 0) == 3);
  for (const char* bad :
       {"", "-", "+1", ".1", "1.", "1.e5", "1e", "1e+", "1E-", "x", "e", "-e", "0.", "0e", "--1"}) {
    INFO(bad);
    CHECK(number_end(bad, 0) == k_none);
  }
}

TEST_CASE("Words and space end where they do") {
  CHECK(word_end("true", 0, "true") == 4);
  CHECK(word_end("[null]", 1, "null") == 5);
  CHECK(word_end("tru", 0, "true") == k_none);
  CHECK(word_end("", 0, "true") == k_none);
  CHECK(space_end("", 0) == 0);
  CHECK(space_end(" \t\r\n x", 0) == 5);
  CHECK(space_end("x ", 0) == 0);
  CHECK(space_end("x ", 1) == 2);
  CHECK(space_end("\x01", 0) == 0);
  CHECK(space_end(" \v", 0) == 1);
}

TEST_CASE("Four hex digits are a number, fewer are none") {
  CHECK(hex4("0000") == 0);
  CHECK(hex4("fFfF9") == 0xffff);
  CHECK(hex4("12aB") == 0x12ab);
  for (const char* bad : {"", "1", "123", "12g4", "+123", " 123", "-001"}) CHECK(hex4(bad) == -1);
}
