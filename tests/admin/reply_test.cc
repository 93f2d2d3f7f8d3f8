#include "admin/reply.h"

#include "support/catch.h"

using namespace pk::admin;
using pk::Errc;

TEST_CASE("Each kind of error has its status") {
  const std::pair<Errc, int> cases[] = {
      {Errc::invalid, 400},  {Errc::not_found, 404}, {Errc::unauthorized, 409},
      {Errc::limit, 507},    {Errc::io, 503},        {Errc::timeout, 504},
      {Errc::upstream, 502}, {Errc::corrupt, 500},   {Errc::cancelled, 500}};
  for (const auto& [code, status] : cases) {
    const Reply reply = failure(pk::Error{code, "what went wrong"});
    CHECK(reply.status == status);
    CHECK(reply.body.find(R"("status":"failure","message":"what went wrong")") != std::string::npos);
  }
}

TEST_CASE("Every head has the type and nosniff, and is not kept unless it says so") {
  const auto head = reply_head(json_reply("{}"));
  CHECK(head.status == 200);
  CHECK(pk::http::find_header(head.headers, "content-type") == "application/json");
  CHECK(pk::http::find_header(head.headers, "x-content-type-options") == "nosniff");
  CHECK(pk::http::find_header(head.headers, "cache-control") == "no-store");
  Reply kept = json_reply("{}");
  kept.headers.emplace_back("cache-control", "max-age=5");
  const auto kept_head = reply_head(kept);
  CHECK(pk::http::find_header(kept_head.headers, "cache-control") == "max-age=5");
  Reply bare;
  bare.type = {};
  CHECK_FALSE(pk::http::find_header(reply_head(bare).headers, "content-type"));
}
