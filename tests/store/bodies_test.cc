#include "store/bodies.h"

#include <map>

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

// Puts a body together again from what is told of it; nodes that were given once are known.
class Teller final : public store::BodyVisitor {
 public:
  void head(std::string_view head) override { m_head = head; }
  void piece(std::string_view bytes) override { body += bytes; }
  bool knows(const store::NodeKey& tip) override {
    const auto known = m_chains.find(tip);
    m_chain = known == m_chains.end() ? "" : known->second;
    return known != m_chains.end();
  }
  void node(const store::NodeKey& key, const store::NodeKey& parent, std::string_view bytes) override {
    ++nodes;
    m_chain = (parent == store::NodeKey{} ? "" : m_chains.at(parent)) + std::string(bytes);
    m_chains[key] = m_chain;
  }
  void chain_ends() override { body += m_chain; }

  std::string told() {
    const auto type = store::header_in(m_head, "Content-Type");
    return (type ? std::string(*type) : "none") + " " + std::exchange(body, {});
  }
  std::string body;
  int nodes = 0;

 private:
  std::string m_head, m_chain;
  std::map<store::NodeKey, std::string> m_chains;
};

}  // namespace

TEST_CASE("Bodies are told in their order, and a piece of a conversation once") {
  SampleLedger ledger;
  std::vector<log::LogRecord> records;
  std::string history = R"({"messages":[{"role":"system","content":")" + std::string(5000, 's') + "\"}";
  for (unsigned i = 0; i < 10; ++i) {
    history += R"(,{"role":"user","content":")" + std::string(700, static_cast<char>('a' + i)) + "\"}";
    records.push_back(sample_record(k_time + i, i));
    records.back().request->body = history + "],\"n\":1}";
  }
  records.push_back(sample_record(k_time, 99));
  records.back().request.reset();
  ledger.write(records);
  store::BodyReader reader(ledger.open());
  Teller teller;
  for (unsigned i = 0; i < 10; ++i) {
    REQUIRE(reader.read(records[i].id, store::Side::request, teller));
    CHECK(teller.told() == "application/json " + records[i].request->body);
    REQUIRE(reader.read(records[i].id, store::Side::response, teller));
    CHECK(teller.told() == "application/json " + records[i].response->body);
    reader.rest();
  }
  CHECK(teller.nodes <= 12);
  REQUIRE(reader.read(records[10].id, store::Side::request, teller));
  CHECK(teller.body.empty());
}

TEST_CASE("A header is found in any case, and not in a head that is broken") {
  CHECK(store::header_in(std::string("\x01"
                                     "a"
                                     "\x02"
                                     "bc"
                                     "\x01"
                                     "D"
                                     "\x01"
                                     "e",
                                     9),
                         "d") == "e");
  CHECK_FALSE(store::header_in(std::string("\x01"
                                           "a"
                                           "\x02"
                                           "bc",
                                           5),
                               "b"));
  CHECK_FALSE(
      store::header_in("\x09"
                       "a",
                       "a"));
  CHECK_FALSE(store::header_in("", "a"));
}

}  // namespace pk::test
