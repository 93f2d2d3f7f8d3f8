#include "cache/fingerprint.h"

#include <map>
#include <set>

#include "cache/fixture.h"

namespace pk::cache::test {
namespace {

Key key_of_facts(const RequestFacts& facts) {
  const Fingerprint fields = fingerprint(facts);
  REQUIRE(!fields.empty());
  return cache::key_of(fields);
}

Key key_of_body(std::string_view body) {
  INFO(body);
  return key_of_facts(chat(body));
}

using Names = std::vector<std::string>;

Names difference(std::string_view a, std::string_view b) {
  return differing(fingerprint(chat(a)), fingerprint(chat(b)));
}

}  // namespace

TEST_CASE("White space, the order of members and how characters are escaped do not count") {
  const Key key = key_of_body(R"({"model":"m","n":1,"o":{"a":"é\/","b":[1,{"x":1,"y":2}],"c":{}}})");
  CHECK(key == key_of_body("{ \"o\" : { \"c\" :\n{ } , \"b\" : [ 1 , {\"y\":2,\"x\":1} ] , \"a\" : "
                           "\"\\u00e9/\" } , \"n\" : 1 , \"mod\\u0065l\" : \"m\" }"));
}

TEST_CASE("What would be another request has another key") {
  const std::string deep = std::string(400, 'x');
  const std::vector<std::string> bodies = {
      R"({})",
      R"({"a":1})",
      R"({"a":1.0})",
      R"({"a":1e0})",
      R"({"a":"1"})",
      R"({"a":null})",
      R"({"a":true})",
      R"({"a":"true"})",
      R"({"a":[]})",
      R"({"a":{}})",
      R"({"a":[1,2]})",
      R"({"a":[2,1]})",
      R"({"a":[12]})",
      R"({"a":[[1],2]})",
      R"({"a":[[1,2]]})",
      R"({"a":["1,2"]})",
      R"({"a":["1","2"]})",
      R"({"a":"12"})",
      R"({"a":{"b":1,"c":2}})",
      R"({"a":{"b":2,"c":1}})",
      R"({"a":{"b":1},"c":2})",
      R"({"a":"b","c":"d"})",
      R"({"a":"bc","":"d"})",
      // Twins: who reads the first sees another request than who reads the last.
      R"({"a":1,"a":2})",
      R"({"a":2,"a":1})",
      R"({"a":{"b":1,"b":2}})",
      R"({"a":{"b":2,"b":1}})",
      R"({"a":{"b":1}})",
      // What is no character stays apart.
      R"({"a":"\ud800"})",
      R"({"a":"\ud801"})",
      R"({"a":"\ufffd"})",
      R"({"\ud800":1})",
      R"({"\ud801":1})",
      // Names that look like those of messages.
      R"({"messages":[]})",
      R"({"messages":[1]})",
      R"({"messages[0]":1})",
      R"({"messages":{"0":1}})",
      R"({"messages":[1],"messages":[2]})",
      R"({"messages":[1,2]})",
      R"({"messages":[2],"messages":[1]})",
      R"({"messages":[1],"messages":[2,3]})",
      R"({"messages":[1,2],"messages":[3]})",
      R"({"messages":[1,3],"messages":[2]})",
      // Long values stand as a digest in the form.
      "{\"a\":{\"b\":\"" + deep + "\"}}",
      "{\"a\":{\"b\":\"" + deep + "y\"}}",
      "{\"a\":{\"c\":\"" + deep + "\"}}",
      "{\"a\":[\"" + deep + "\"]}",
      R"({"stream":"true"})",
      R"({"stream":1})",
      R"({"stream_options":1})",
  };
  std::map<Key, std::string> seen;
  for (const std::string& body : bodies) {
    const auto [before, fresh] = seen.emplace(key_of_body(body), body);
    INFO(body << " and " << before->second);
    CHECK(fresh);
  }
}

TEST_CASE("Whether it is streamed does not count where an answer can be served either way") {
  const std::string_view plain = R"({"model":"m"})";
  const std::string_view stream = R"({"stream":true,"model":"m","stream_options":{"include_usage":true}})";
  CHECK(key_of_body(plain) == key_of_body(stream));
  CHECK(key_of_body(plain) == key_of_body(R"({"stream":false,"model":"m","stream_options":null})"));
  RequestFacts a = chat(plain), b = chat(stream);
  a.endpoint = b.endpoint = log::Endpoint::responses;
  CHECK(key_of_facts(a) != key_of_facts(b));
}

TEST_CASE("Every fact beside the body counts, a namespace in place of the headers") {
  RequestFacts facts = chat("{}");
  facts.headers = {{"X-Team", "a"}, {"accept", "b"}};
  facts.metadata = {{"user", "u"}, {"env", "e"}};
  const Key key = key_of_facts(facts);
  std::set<Key> keys = {key};
  const auto is_new = [&](auto change) {
    RequestFacts other = facts;
    change(other);
    return keys.insert(key_of_facts(other)).second;
  };
  CHECK(is_new([](RequestFacts& f) { f.path = "/v1/completions"; }));
  CHECK(is_new([](RequestFacts& f) { f.provider = "azure"; }));
  CHECK(is_new([](RequestFacts& f) { f.host = "http://localhost"; }));
  CHECK(is_new([](RequestFacts& f) { f.credential = "sk-2"; }));
  CHECK(is_new([](RequestFacts& f) { f.headers[0].second = "c"; }));
  CHECK(is_new([](RequestFacts& f) { f.headers = {{"x-team", "ab"}, {"accept", ""}}; }));
  CHECK(is_new([](RequestFacts& f) { f.metadata[0].second = "v"; }));
  CHECK(is_new([](RequestFacts& f) { f.metadata.clear(); }));
  CHECK(is_new([](RequestFacts& f) { f.name_space = "n"; }));
  CHECK_FALSE(is_new([](RequestFacts& f) { f.headers = {{"Accept", "b"}, {"x-team", "a"}}; }));
  CHECK_FALSE(is_new([](RequestFacts& f) { f.metadata = {{"env", "e"}, {"user", "u"}}; }));
  CHECK_FALSE(is_new([](RequestFacts& f) {
    f.name_space = "n";
    f.headers = {{"x-other", "z"}};
  }));
}

TEST_CASE("A body that is no JSON object within the limits is none for the cache") {
  std::string deep = "{\"a\":";
  for (int i = 0; i < 600; ++i) deep += "[";
  std::string wide = "{\"a0\":1";
  for (std::size_t i = 1; i <= k_members_max; ++i) wide += ",\"a" + std::to_string(i) + "\":1";
  for (const std::string& body :
       {std::string(), std::string("[1]"), std::string("\"a\""), std::string("--boundary\r\n"),
        std::string("{\"a\":1}x"), std::string("{\"a\":tru}"), std::string("{\"messages\":[1}"),
        std::string("{\"stream\":{"), deep, wide + "}"})
    CHECK(fingerprint(chat(body)).empty());
  wide.resize(wide.rfind(','));
  CHECK_FALSE(fingerprint(chat(wide + "}")).empty());
}

TEST_CASE("The fields that differ are named, messages each, in the order of their names") {
  const std::string_view a = R"({"model":"m","temperature":1,"messages":[{"c":"1"},{"c":"2"}]})";
  CHECK(difference(a, a).empty());
  CHECK(difference(a, R"({"model":"m","temperature":1,"messages":[{"c":"1"},{"c":"3"}]})") ==
        Names{"body.messages[1]"});
  CHECK(difference(a, R"({"model":"m","messages":[{"c":"1"}],"top_p":1})") ==
        Names{"body.messages[1]", "body.temperature", "body.top_p"});
  CHECK(difference(R"({"a":1,"a":2})", R"({"a":1})") == Names{"body.a"});
  RequestFacts b = chat(a);
  b.name_space = "n";
  CHECK(differing(fingerprint(chat(a)), fingerprint(b)) == Names{"headers", "namespace"});
}

TEST_CASE("Messages beyond the named ones share a field") {
  const auto conversation = [](std::size_t count, std::string_view last) {
    std::string body = R"({"messages":[)";
    for (std::size_t i = 1; i < count; ++i) body += "\"m\",";
    return body + "\"" + std::string(last) + "\"]}";
  };
  const std::string at = conversation(k_messages_named_max, "a");
  CHECK(difference(at, conversation(k_messages_named_max, "b")) == Names{"body.messages[255]"});
  CHECK(difference(conversation(400, "a"), conversation(400, "b")) == Names{"body.messages[256...]"});
  CHECK(key_of_body(conversation(400, "a")) != key_of_body(conversation(401, "a")));
}

}  // namespace pk::cache::test
