// The words of the filter: names, slugs and how values are written. Shared by filter.cc (reading) and
// filter_match.cc.
#pragma once

#include <optional>
#include <string_view>

#include "query/filter.h"

namespace pk::query {

// A name that terms go by: "cost", or "min-cost", which has its comparison in it.
struct Name {
  std::string_view name;
  Field field;
  Op op = Op::is;
};
const Name* find_name(std::string_view name);  // any case, _ for -; null if there is none
std::string_view name_of(Field field);
Error unknown_name(std::string_view name);

bool is_number(Field field);   // compared with > < = …
bool is_switch(Field field);   // true or false
bool takes_list(Field field);  // a value may be several, with commas

// The values that `value` lists, if the field takes lists; else itself.
std::vector<std::string_view> values_of(const Name& name, std::string_view value);
// Adds a term a value; with an error `filter` is as it was.
Result<void> add_terms(Filter& filter, const Name& name, Op op, const std::vector<std::string_view>& values,
                       std::int64_t now_ms);

// The four groups of status.
enum class StatusGroup : std::uint8_t { cache, retry, fallback, loadbalance };

struct StatusSlug {
  std::string_view slug;
  StatusGroup group;
  std::uint8_t value;  // of the group's enum in log/record.h
};
std::span<const StatusSlug> status_slugs();  // all twelve

// A status term holds the slug's place in status_slugs() as `low`, and the retry count of retry-success-N as
// `high` (0: any).
const StatusSlug& slug_of(const Term& status);

// "team" of the metadata term "team=red".
std::string_view metadata_key(const Term& term);
std::string_view metadata_value(const Term& term);

// Whether it is enough that one of the two holds.
bool same_group(const Term& a, const Term& b);

// Whether the term's comparison holds for a number.
bool compares(const Term& term, double number);

// `pattern` with * for any text, against all of `text`.
bool glob(std::string_view pattern, std::string_view text);

}  // namespace pk::query
