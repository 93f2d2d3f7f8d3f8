#include "store/content.h"

#include "store/fixture.h"
#include "store/nodes.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

struct Encoded {
  std::string value;
  NewNodes nodes;
};

Encoded encode(const Uuid& id, const log::Content& content, bool split = true) {
  Compressor compressor;
  ContentEncoder encoder(compressor);
  Encoded out;
  std::string value;
  encoder.append(value, id, content, split ? &out.nodes : nullptr);
  append_packed(out.value, id, value, compressor);
  return out;
}

// Through a ledger, which holds the nodes.
log::Content round_trip(const log::Content& content, bool split = true) {
  const TempDir dir;
  const auto env = open_env(dir);
  const Uuid id = id_at(k_now_ms);
  const Encoded encoded = encode(id, content, split);
  WriteTxn txn = must(WriteTxn::begin(*env));
  Compressor compressor;
  for (const NewNodes::Chain& chain : encoded.nodes.chains)
    must(add_chain(txn, encoded.nodes, chain, compressor));
  Decompressor decompressor;
  const ContentView view = must(view_content(id, encoded.value));
  return must(read_content(id, must(unpack(txn, view, decompressor)), view.head_bytes));
}

}  // namespace

TEST_CASE("Contents of every kind come back byte for byte") {
  const log::Headers headers = {
      {"Content-Type", "application/json"}, {"X-Empty", ""}, {"x-twice", "1"}, {"x-twice", "2"}};
  const std::vector<std::string> bodies = {"",
                                           "{}",
                                           std::string("\0\xff", 2),
                                           std::string(100'000, 'a'),
                                           conversation(1),
                                           conversation(20),
                                           "  " + conversation(4),
                                           conversation(4) + "\n trailing"};
  for (const std::string& body : bodies)
    for (const bool split : {false, true}) {
      INFO(body.size());
      REQUIRE(round_trip({headers, body}, split) == log::Content{headers, body});
      REQUIRE(round_trip({{}, body}, split) == log::Content{{}, body});
    }
}

TEST_CASE("A value cut or changed anywhere is corrupt and names the id") {
  const Uuid id = id_at(k_now_ms);
  for (const std::string& body : {std::string("{}"), std::string(500, 'a'), conversation(2)}) {
    const std::string value = encode(id, {{}, body}).value;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Result<ContentView> cut = view_content(id, value.substr(0, i));
      REQUIRE_FALSE(cut);
      REQUIRE(cut.error().message.find(id.text()) != std::string::npos);
      std::string changed = value;
      changed[i] ^= 0x20;
      REQUIRE_FALSE(view_content(id, changed));
    }
  }
}

TEST_CASE("Values with a right sum and sizes that lie are refused") {
  const Uuid id = id_at(k_now_ms);
  const auto sealed = [&](const std::string& rest) {
    std::string value = std::string(k_sum_bytes, '\0') + rest;
    seal(as_view(id), value.data(), value.size());
    return value;
  };
  const std::vector<std::string> values = {
      std::string("\x02\x00\x00\x00", 4),                  // another version
      std::string("\x01\x03\x00\x00", 4),                  // another kind
      std::string("\x01\x00\x05\x00", 4),                  // plain, shorter than it says
      std::string("\x01\x00\x01\x02y", 5),                 // a head longer than all
      std::string("\x01\x01\xff\xff\xff\xff\x7f\x00", 8),  // larger than any content
      std::string("\x01\x02\x04\x00\x01\x0a", 6),          // parts that are more than all
      std::string("\x01\x02\x04\x00\x01\x00", 6),          // an empty part
      std::string("\x01\x02\x04\x00\x7f", 5),              // more parts than there can be
      std::string("\x01\x02\x04\x00\x01\x09\x01", 7),      // a chain without its tip
  };
  for (const std::string& value : values) REQUIRE_FALSE(view_content(id, sealed(value)));
}

}  // namespace pk::store::test
