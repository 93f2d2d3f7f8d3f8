#include "admin/selection.h"

#include "support/catch.h"

using namespace pk::admin;

namespace {

constexpr std::int64_t k_now_ms = 1'772'357'400'000;

std::string asked(std::string_view query) {
  const auto selection = read_selection(*Parameters::parse(query), k_now_ms);
  if (!selection) return "error: " + selection.error().message;
  const auto& q = selection->query;
  return pk::query::to_text(q.filter) + " | " + std::to_string(q.limit) +
         (q.order == pk::store::Order::oldest_first ? " reverse" : "") +
         (q.skip > 0 ? " skip " + std::to_string(q.skip) : "") + " " + selection->after;
}

}  // namespace

TEST_CASE("Parameters are the filters of the command line by their names") {
  CHECK(asked("") == " | 50 ");
  CHECK(asked("status=cache-hit,cache-miss&metadata=team%3Dred&limit=7") ==
        "status:cache-hit status:cache-miss metadata:team=red | 7 ");
  CHECK(asked("errors&limit=1000&reverse=true&after=@latest") == "errors:true | 1000 reverse @latest");
  CHECK(asked("limit=100&skip=499900&after=@latest") == " | 100 skip 499900 @latest");
  CHECK(asked("q=cost%3E%3D0.5+hello&model=gpt-4o") == "cost>=0.5 \"hello\" model:gpt-4o | 50 ");
}

TEST_CASE("What is none, or has an impossible value, is named") {
  for (const char* query :
       {"colour=red", "limit=0", "limit=1001", "limit=x", "skip=-1", "skip=many", "reverse=perhaps",
        "status=nope", "min-cost=much", "since=never", "q=cost%3E%3Dx"}) {
    INFO(query);
    CHECK(asked(query).starts_with("error: "));
  }
  CHECK(asked("colour=red").find("colour") != std::string::npos);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "model=m" + std::to_string(i) + "&";
  CHECK(asked(many).find("at most 100") != std::string::npos);
}
