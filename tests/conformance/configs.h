// Gateway configs as the tests here write them, calls under them, and what `pk` keeps for them. Row ids in
// the titles of the tests are those of the table that the wire form was taken from: V validation, H headers,
// R retries, T time-outs, F fallback, L load balance, C conditional, K cache, P proxy, A Anthropic,
// Z Azure, S streams.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "support/serve_fixture.h"
#include "support/wait_until.h"

namespace pk::test {

// {"provider":"openai","api_key":"k-of-target","custom_host":"http://…/v1"}, then `more`: members without
// braces, such as R"("weight":3)".
std::string target(const FakeUpstream& upstream, std::string_view more = "");
// {"strategy":{"mode":MODE},"targets":[…]}, then `more`. `rules` are more members of the strategy.
std::string strategy(std::string_view mode, std::initializer_list<std::string> targets,
                     std::string_view more = "", std::string_view rules = "");

// The headers of a call under this config, an id or JSON.
HeaderList under(std::string_view config, const HeaderList& more = {});
// One chat call under it.
Reply ask(const Serve& serve, std::string_view config, const HeaderList& more = {},
          const std::string& body = chat_request());
// The same for another path.
Reply ask_at(const Serve& serve, std::string_view path, std::string_view config, const HeaderList& more,
             const std::string& body);

// The record of a reply.
boost::json::value record_of(const Serve& serve, const Reply& reply);
// Its four words, with commas: "cache-disabled,retry-not-triggered,…".
std::string status_of(const boost::json::value& record);

// 200 with a Content-Length, and 429 that says when to come again.
Answer ok(std::string_view content = "Hello there");
Answer busy(const HeaderList& more);
// An error as OpenAI words it.
Answer refused(int status, std::string_view message = "no");

// A reply of the gateway itself: every header that each reply has.
void check_headers(const Reply& reply);

// `pk ARGUMENTS` on this data with `input` as its stdin; must end with 0. Its stdout, without the
// line end.
std::string keep(const std::filesystem::path& data, const std::initializer_list<std::string>& arguments,
                 const std::string& input = "");

}  // namespace pk::test
