// What must agree between a question and one that an embedding holds to be the same, before the stored answer
// may be given: embeddings put "5 km" beside "50 km", and "safe" beside "not safe". A guard knows no meaning:
// it compares what is written, refuses where in doubt, and so costs hits, never answers. Pure; any thread.
//
// Limits: letters beyond Latin, Greek, Cyrillic and Armenian have no case here, and Unicode is not normalised
// (a letter with a combining accent differs from the composed one). Number words are English, and few of
// other languages. A writer without capitals hides names, and scripts without capitals have none to show:
// there the words themselves must agree (names). Another topic in otherwise the same words (the capital of
// France, its population) is for embeddings to tell apart. What needs knowledge ("Peking", "Beijing") is a
// miss.
#pragma once

#include <cstddef>
#include <string_view>

namespace pk::cache {

inline constexpr std::size_t k_guard_bytes_max = 64 * 1024;  // of either text

// "" where nothing disagrees, else what does, the first of:
//   "length"      longer than k_guard_bytes_max
//   "language"    another script, or another of a few European languages
//   "quotes"      quoted strings, code, addresses and paths: byte by byte, white space apart
//   "dates"       months, days of the week, ISO dates, words like "tomorrow"
//   "numbers"     values in their order with their units; signs of arithmetic
//   "negation"    how often something is denied, and prefixes (safe, unsafe; careful, careless)
//   "comparison"  more and less, before and after, first and last …
//   "order"       the same words with their roles swapped (from a to b, from b to a)
//   "names"       capitalised words and their order, but those that only begin a sentence
// Symmetric, and "" for a text and itself. Time is linear in the texts.
std::string_view guard(std::string_view asked, std::string_view stored);

}  // namespace pk::cache
