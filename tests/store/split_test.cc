#include "store/split.h"

#include "base/json.h"
#include "store/fixture.h"

namespace pk::store::test {
namespace {

std::string text(std::size_t size, char c = 'x') {
  return std::string(size, c);
}

// Pads a body over the size from which it is looked at.
std::string padded(const std::string& members) {
  return "{" + members + R"(,"pad":[)" + text(k_split_min, ' ') + "0]}";
}

void require_in_order(const std::string& body, const std::vector<Stretch>& stretches) {
  std::size_t at = 0;
  for (const Stretch& stretch : stretches) {
    REQUIRE(stretch.begin >= at);
    REQUIRE_FALSE(stretch.ends.empty());
    at = stretch.begin;
    for (const std::size_t end : stretch.ends) {
      REQUIRE(end > at);
      at = end;
    }
  }
  REQUIRE(at <= body.size());
}

}  // namespace

TEST_CASE("A longer history starts with the pieces of the shorter one") {
  const std::string five = conversation(5);
  const std::string six = conversation(6);
  const std::vector<Stretch> a = find_stretches(five);
  const std::vector<Stretch> b = find_stretches(six);
  REQUIRE(a.size() == 2);  // tools, messages
  REQUIRE(b.size() == 2);
  require_in_order(five, a);
  require_in_order(six, b);
  REQUIRE(a[0].begin == b[0].begin);
  REQUIRE(a[0].ends == b[0].ends);
  REQUIRE(a[1].begin == b[1].begin);
  REQUIRE(a[1].ends.size() > 5);
  for (std::size_t i = 0; i + 1 < a[1].ends.size(); ++i) REQUIRE(a[1].ends[i] == b[1].ends[i]);
}

TEST_CASE("Small elements are joined, and what is left at the end is in no piece") {
  std::string messages;
  for (int i = 0; i < 100; ++i) messages += std::string(i ? "," : "") + R"({"role":"user","content":"hi"})";
  const std::string body = padded(R"("messages":[)" + messages + "]");
  const std::vector<Stretch> found = find_stretches(body);
  REQUIRE(found.size() >= 1);
  require_in_order(body, found);
  std::size_t begin = found[0].begin;
  for (const std::size_t end : found[0].ends) {
    REQUIRE(end - begin >= k_node_min);
    REQUIRE(body[end - 1] == '}');
    begin = end;
  }
}

TEST_CASE("Quotes, brackets and backslashes in texts are no structure") {
  const std::string tricky =
      R"({"role":"user","content":"a \" ] } , [ { \\"},{"role":"user","content":"\\\\\" \u005d"})";
  const std::string big = R"({"role":"user","content":")" + text(600) + R"("})";
  const std::string body = padded(R"("messages":[)" + tricky + "," + big + "," + big + "]");
  REQUIRE(is_json(body));
  const std::vector<Stretch> found = find_stretches(body);
  REQUIRE(found.at(0).ends.size() == 2);
  REQUIRE(body.substr(found[0].begin, found[0].ends[0] - found[0].begin) == tricky + "," + big);
  REQUIRE(body.substr(found[0].ends[0], found[0].ends[1] - found[0].ends[0]) == "," + big);
}

TEST_CASE("Bodies with nothing to share, too short, too long or of another kind stay whole") {
  const std::vector<std::string> bodies = {
      "",
      "{}",
      R"({"messages":[{"role":"user","content":"short"}]})",
      text(k_split_min),
      "[" + text(k_split_min, ' ') + "]",
      R"({"input":[)" + text(k_split_min, ' ') + R"("a","b"])",
      "data: {}\n\n" + text(k_split_min),
      "{" + text(k_split_min, '"'),
      "{" + text(k_split_min, '{'),
      R"({"a":)" + text(k_split_min, '['),
      R"({"a" )" + text(k_split_min, ' '),
      R"({"a":1,)" + text(k_split_min, ' ') + "}",
      "{" + text(k_split_max, ' ') + "}",
  };
  for (const std::string& body : bodies) {
    INFO(body.substr(0, 60));
    REQUIRE(find_stretches(body).empty());
  }
}

TEST_CASE("Lists of numbers and texts are one piece, not many") {
  std::string numbers = "0";
  for (int i = 1; i < 5000; ++i) numbers += "," + std::to_string(i);
  const std::vector<Stretch> found = find_stretches(R"({"input":[)" + numbers + R"(],"model":"m"})");
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].ends.size() == 1);
}

TEST_CASE("A body cut anywhere gives pieces inside it, or none") {
  const std::string body = conversation(3, 600);
  for (std::size_t size = 0; size < body.size(); ++size) {
    const std::string cut = body.substr(0, size);
    require_in_order(cut, find_stretches(cut));
  }
}

TEST_CASE("No more stretches than the limit") {
  std::string body = "{";
  for (std::size_t i = 0; i < 2 * k_chains_max; ++i)
    body += std::string(i ? "," : "") + "\"k" + std::to_string(i) + "\":\"" + text(k_split_value_min) + "\"";
  REQUIRE(find_stretches(body + "}").size() == k_chains_max);
}

TEST_CASE("A node's key depends on its bytes and on what it hangs on") {
  const NodeKey root{};
  const NodeKey a = node_key(root, "a");
  REQUIRE(a == node_key(root, "a"));
  REQUIRE(a != node_key(root, "b"));
  REQUIRE(a != node_key(a, "a"));
}

}  // namespace pk::store::test
