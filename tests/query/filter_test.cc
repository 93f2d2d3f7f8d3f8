#include "query/filter.h"

#include <map>
#include <set>

#include "base/time_text.h"
#include "support/catch.h"

namespace pk::query {

namespace {

constexpr std::int64_t k_now = 1'772'357'400'000;  // 2026-03-01T09:30:00Z

std::string error_of(const Result<Filter>& parsed) {
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message.find('\n') == std::string::npos);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("Filter text reads back as the same filter in its canonical form") {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"  \t\n ", ""},
      {"status:cache-hit", "status:cache-hit"},
      {"status:cache-hit,cache-miss", "status:cache-hit status:cache-miss"},
      {"STATUS:Cache-Hit", "status:cache-hit"},
      {"status:retry-success-2", "status:retry-success-2"},
      {"status:retry-success-02", "status:retry-success-2"},
      {"model:gpt-4o", "model:gpt-4o"},
      {"model=gpt-4o", "model:gpt-4o"},
      {"model:gpt-4o,o3*", "model:gpt-4o model:o3*"},
      {"model:\"a, b\"", "model:\"a, b\""},
      {"cost>=0.01", "cost>=0.01"},
      {"cost>0.01 cost<1", "cost>0.01 cost<1"},
      {"cost:0", "cost:0"},
      {"min-cost:0.01 max-cost:1e-3", "cost>=0.01 cost<=0.001"},
      {"tokens<=500", "tokens<=500"},
      {"latency>2s", "latency>2000"},
      {"latency>=0.5", "latency>=0.5"},
      {"feedback>=-3.5", "feedback>=-3.5"},
      {"since:2h", "since:2026-03-01T07:30:00.000Z"},
      {"since:100w until:2026-02-01", "since:2024-03-31T09:30:00.000Z until:2026-02-01T00:00:00.000Z"},
      {"since:99999999d", nullptr},
      {"http-status:200", "http-status:200"},
      {"http-status:5xx,404,400-402", "http-status:5xx http-status:404 http-status:400-402"},
      {"http_status:500-599", "http-status:5xx"},
      {"endpoint:embeddings state:aborted", "endpoint:embeddings state:aborted"},
      {"trace-id:a,b", "trace-id:a,b"},
      {"trace_id:\"a b\"", "trace-id:\"a b\""},
      {"metadata:team=red", "metadata:team=red"},
      {"metadata:\"team=the \\\"reds\\\" \\\\o/\"", "metadata:\"team=the \\\"reds\\\" \\\\o/\""},
      {"metadata:a==", "metadata:a=="},
      {"stream:true errors:false untracked:1", "stream:true errors:false untracked:true"},
      {"\"out of memory\"", "\"out of memory\""},
      {"timeout", "\"timeout\""},
      {"search:timeout", "\"timeout\""},
      {"C:\\temp \"a\\b\"", nullptr},
      {"say\"hi", "\"say\\\"hi\""},
      {"\"status:cache-hit\"", "\"status:cache-hit\""},
      {"{\"x\":1}", "\"{\\\"x\\\":1}\""},
      {"replay-of:0195 user:ann@example.com", "replay-of:0195 user:ann@example.com"},
      {"user:=x virtual-key:vk-1,vk-2", "user:=x virtual-key:vk-1 virtual-key:vk-2"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const auto filter = parse_text(text, k_now);
    if (!expected) {
      CHECK_FALSE(filter);
      continue;
    }
    if (!filter) FAIL(filter.error().message);
    CHECK(to_text(*filter) == expected);
    const auto again = parse_text(to_text(*filter), k_now + 5);
    REQUIRE(again);
    CHECK(*again == *filter);
  }
}

TEST_CASE("A wrong term says what would be right") {
  const std::pair<const char*, const char*> cases[] = {
      {"modl:gpt", "no filter is called 'modl'; there are status since"},
      {"http://x", "no filter is called 'http'"},
      {"status:cached", "no status is called 'cached'; there are cache-disabled cache-miss"},
      {"status:retry-success-0", "no status is called 'retry-success-0'"},
      {"status:retry-success-x", "no status is called"},
      {"status:", "status wants a value"},
      {"status:,", "status wants a value"},
      {"model:", "model wants a value"},
      {"model:\"\"", "model wants a value"},
      {"\"\"", "search wants a value"},
      {"model>=a", "model is compared with ':' only"},
      {"min-cost>=1", "min-cost is compared with ':' only"},
      {"cost>=", "cost wants a value"},
      {"cost>=cheap", "'cheap' is no cost; write a number from 0"},
      {"cost>=-1", "'-1' is no cost"},
      {"cost>=nan", "is no cost"},
      {"cost>=1e999", "is no cost"},
      {"tokens>=1.5", "'1.5' is no tokens; write a whole number from 0"},
      {"latency>=soon", "write milliseconds, or a duration such as 2s"},
      {"feedback>=11", "write a number from -10 to 10"},
      {"since:soon", "since: 'soon' is no time"},
      {"since:2026-02-30", "is no time"},
      {"http-status:99", "is no http-status; write 200, 5xx or 400-499"},
      {"http-status:xxx", "is no http-status"},
      {"http-status:499-400", "is no http-status"},
      {"http-status:0xx", "is no http-status"},
      {"endpoint:chat", "no endpoint is called 'chat'; there are chat-completions"},
      {"state:done", "no state is called 'done'; there are complete interrupted aborted"},
      {"metadata:team", "'team' is no metadata; write key=value"},
      {"metadata:=red", "is no metadata"},
      {"stream:maybe", "'maybe' is no value for stream"},
      {"\"open", "a quote is not closed"},
      {"user:\"open\\\"", "a quote is not closed"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const std::string message = error_of(parse_text(text, k_now));
    CAPTURE(message);
    CHECK(message.find(expected) != std::string::npos);
  }
}

TEST_CASE("Flags make the same terms as the text") {
  Filter filter;
  REQUIRE(add(filter, "status", "cache-hit, cache-miss", k_now));
  REQUIRE(add(filter, "min-cost", "0.01", k_now));
  REQUIRE(add(filter, "max-feedback", "-2", k_now));
  REQUIRE(add(filter, "stream", "", k_now));
  REQUIRE(add(filter, "metadata", "k=a b", k_now));
  REQUIRE(add(filter, "search", "a, \"b\"", k_now));
  CHECK(to_text(filter) ==
        "status:cache-hit status:cache-miss cost>=0.01 feedback<=-2 stream:true metadata:\"k=a b\" \"a, "
        "\\\"b\\\"\"");
  CHECK(parse_text(to_text(filter), k_now).value() == filter);
}

TEST_CASE("A filter that could not be added to is as it was") {
  Filter filter;
  REQUIRE(add(filter, "model", "a", k_now));
  const Filter before = filter;
  CHECK_FALSE(add(filter, "status", "cache-hit,nonsense", k_now));
  CHECK_FALSE(add(filter, "nonsense", "x", k_now));
  CHECK(filter == before);
}

TEST_CASE("A filter has an end") {
  Filter filter;
  CHECK_FALSE(add(filter, "search", std::string(k_value_bytes_max + 1, 'x'), k_now));
  for (std::size_t i = 0; i < k_terms_max; ++i) REQUIRE(add(filter, "model", "m", k_now));
  const auto over = add(filter, "model", "m", k_now);
  REQUIRE_FALSE(over);
  CHECK(over.error().code == Errc::limit);
  CHECK(filter.terms.size() == k_terms_max);
}

TEST_CASE("Every name in the table of terms can be added, and has words for help") {
  const std::map<std::string_view, const char*> samples = {
      {"status", "cache-hit"}, {"since", "2h"},       {"until", "now"},     {"endpoint", "other"},
      {"http-status", "200"},  {"state", "complete"}, {"metadata", "a=b"},  {"min-cost", "1"},
      {"max-cost", "1"},       {"min-tokens", "1"},   {"max-tokens", "1"},  {"min-latency", "1"},
      {"max-latency", "1"},    {"min-feedback", "1"}, {"max-feedback", "1"}};
  std::set<std::string_view> names;
  for (const TermInfo& info : terms()) {
    CAPTURE(info.name);
    CHECK(names.insert(info.name).second);
    CHECK_FALSE(info.help.empty());
    const auto sample = samples.find(info.name);
    Filter filter;
    CHECK(add(filter, info.name,
              sample != samples.end() ? sample->second
              : info.argument.empty() ? ""
                                      : "x",
              k_now));
    CHECK(filter.terms.size() == 1);
  }
}

}  // namespace pk::query
