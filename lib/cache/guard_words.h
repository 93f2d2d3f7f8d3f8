// The words that a guard knows: what each may deny, compare, count or measure. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace pk::cache {

// One of a few European languages that share a script; bits.
enum Language : std::uint8_t {
  english = 1,
  german = 2,
  french = 4,
  spanish = 8,
  italian = 16,
  portuguese = 32,
  dutch = 64
};

struct GuardWord {
  bool denies = false;           // not, never, without
  bool function = false;         // the, is, of: carries no matter of its own
  bool begins = false;           // how, tell, please: a capital at the start of a sentence says nothing
  bool date_if_capital = false;  // may, march, sat: a date only with a capital letter or beside a number
  bool leads = false;            // from, to, than: what follows has a role
  bool scale = false;            // hundred and more: `value` is the factor
  std::uint8_t languages = 0;    // whose everyday words it is among
  std::uint8_t axis = 0;         // of a comparison; 0: none
  std::uint8_t pole = 0;         // which end of the axis, from 1
  bool strict = false;           // the axis must be named by both or none
  std::int64_t value = -1;       // of a number word
  bool ordinal = false;          // third
  std::string_view date;         // "jan", "mon", "tomorrow": the same for all languages
  std::string_view unit;         // "km" for kilometers
};

// Of a word in small letters; null for one that is not known.
const GuardWord* guard_word(std::string_view word);

// As many axes as there are.
inline constexpr std::size_t k_guard_axes = 64;

}  // namespace pk::cache
