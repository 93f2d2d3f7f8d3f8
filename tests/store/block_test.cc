#include "store/block.h"

#include <cmath>
#include <limits>

#include "fixture.h"
#include "store/block_builder.h"
#include "store/segment_sum.h"
#include "store/wire.h"

namespace pk::store {

using namespace test;

namespace {

constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t k_least = std::numeric_limits<std::int64_t>::min();

struct Made {
  explicit Made(const std::vector<log::LogRecord>& records) {
    BlockBuilder builder;
    for (const auto& record : records) builder.add(record, record.trace_id == record.id.text());
    from = records.front().id;
    before = id_at(k_now_ms + k_day_ms);
    bytes = builder.finish(from, before);
  }
  Block view() const {
    const auto block = Block::view(from.view(), bytes);
    REQUIRE(block);
    return *block;
  }
  Uuid from, before;
  std::string bytes;
};

std::vector<log::LogRecord> records(std::size_t n) {
  std::vector<log::LogRecord> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(record_at(k_now_ms + static_cast<std::int64_t>(i), i));
  return out;
}

}  // namespace

TEST_CASE("A block gives back what was put in") {
  auto some = records(600);
  for (std::size_t i = 0; i < some.size(); ++i) {
    log::LogRecord& record = some[i];
    record.user = i % 7 == 0 ? "" : "user " + std::to_string(i);
    record.total_tokens =
        i % 3 == 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(i) * 1'000'003 - 500);
    record.cost_usd = i % 2 == 0 ? std::nullopt : std::optional(static_cast<double>(i) / 7);
    record.latency_ms = static_cast<double>(i) / 1000;
    record.metadata = {{"n", std::to_string(i % 5)}};
    if (i % 4 == 0) record.metadata.emplace_back("even", "");
    if (i == 9) record.trace_id = "elsewhere";
  }
  const Made made(some);
  const Block block = made.view();
  CHECK(block.is_intact());
  CHECK(block.size() == some.size());
  CHECK(block.from() == some.front().id);
  CHECK(block.before() == made.before);
  const auto users = block.texts(Column::user);
  const auto models = block.texts(Column::model);
  const auto tokens = block.numbers(Column::total_tokens);
  const auto created = block.numbers(Column::created_at);
  const auto traces = block.numbers(Column::trace);
  const auto costs = block.reals(Column::cost_usd);
  const auto latencies = block.reals(Column::latency_ms);
  const auto metadata = block.pairs(Column::metadata);
  const auto ids = block.ids();
  REQUIRE((users && models && tokens && created && traces && costs && latencies && metadata && ids));
  CHECK(models->codes.width == 0);
  CHECK(users->codes.width == 2);
  for (std::size_t i = 0; i < some.size(); ++i) {
    const log::LogRecord& record = some[i];
    CAPTURE(i);
    CHECK(users->texts.at(users->codes.at(i)) == record.user);
    CHECK(models->texts.at(models->codes.at(i)) == record.model);
    CHECK(tokens->at(i) == record.total_tokens);
    CHECK(created->at(i) == record.created_at);
    CHECK((traces->at(i) == 0) == (i != 9));
    CHECK(latencies->at(i) == record.latency_ms);
    CHECK((record.cost_usd ? costs->at(i) == *record.cost_usd : std::isnan(costs->at(i))));
    CHECK(nth_id(*ids, i) == record.id);
    log::Metadata pairs;
    const auto [begin, end] = metadata->of(i);
    for (std::size_t at = begin; at < end; ++at)
      pairs.emplace_back(metadata->name(metadata->codes.at(at)), metadata->value(metadata->codes.at(at)));
    CHECK(pairs == record.metadata);
  }
}

TEST_CASE(
    "A block says that it has no such text or pair, where there are many, and never of one that it has") {
  auto some = records(600);
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i].user = "user " + std::to_string(i);
    some[i].metadata = {{"n", std::to_string(i)}};
  }
  const Made made(some);
  const Block block = made.view();
  std::size_t in_vain = 0;
  for (std::size_t i = 0; i < some.size(); ++i) {
    CAPTURE(i);
    CHECK(block.may_have(Column::user, some[i].user));
    CHECK(block.may_have(Column::metadata, "n", std::to_string(i)));
    in_vain += block.may_have(Column::user, "nobody " + std::to_string(i));
    in_vain += block.may_have(Column::metadata, "m", std::to_string(i));
  }
  CHECK(in_vain < 60);
  CHECK(block.may_have(Column::model, "not there"));  // of few texts the dictionary says it
}

TEST_CASE("A block whose filter is damaged may have anything there, with its head or behind it") {
  auto some = records(200);
  for (std::size_t i = 0; i < some.size(); ++i) some[i].user = "user " + std::to_string(i);
  const Made made(some);
  // The first segment.
  const std::size_t head =
      k_block_head_bytes + static_cast<std::uint8_t>(made.bytes[k_sum_bytes + 1]) * k_column_entry_bytes;
  const std::size_t head_given = GENERATE(std::size_t{0}, std::size_t{150}, std::size_t{100'000});
  for (std::size_t at = head; at < head + 200 * 12 / 8; ++at) {
    std::string bytes = made.bytes;
    bytes[at] = static_cast<char>(~bytes[at]);
    const auto block =
        Block::view(made.from.view(), bytes, std::string_view(bytes).substr(0, head + head_given));
    REQUIRE(block);
    for (const auto& record : some) REQUIRE(block->may_have(Column::user, record.user));
  }
}

TEST_CASE("Least and most are in the head, and what is all the same or all null takes no room") {
  auto some = records(10);
  some[4].latency_ms = 99;
  for (auto& record : some) record.http_status.reset();
  const Made made(some);
  const Block block = made.view();
  CHECK(block.number_bounds(Column::created_at)->least == k_now_ms);
  CHECK(block.number_bounds(Column::created_at)->most == k_now_ms + 9);
  CHECK(block.real_bounds(Column::latency_ms)->most == 99);
  CHECK(block.numbers(Column::total_tokens)->codes.width == 0);
  CHECK(block.numbers(Column::total_tokens)->at(3) == 12);
  CHECK_FALSE(block.numbers(Column::http_status)->any);
  CHECK_FALSE(block.numbers(Column::http_status)->at(3));
  CHECK_FALSE(block.reals(Column::cost_usd)->any);
  CHECK(std::isnan(block.reals(Column::cost_usd)->at(3)));
  CHECK(block.pairs(Column::metadata)->of(3) == std::pair<std::size_t, std::size_t>(0, 0));
}

TEST_CASE("Blocks that are added to each other make the block of all their records") {
  auto some = records(900);
  for (std::size_t i = 0; i < some.size(); ++i) {
    log::LogRecord& record = some[i];
    record.user = i % 7 == 0 ? "" : "user " + std::to_string(i * 7919 % 500);
    record.total_tokens = i % 3 == 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(i) << (i / 30));
    record.cost_usd = i < 300   ? std::nullopt
                      : i < 600 ? std::optional(0.25)
                                : std::optional(static_cast<double>(i) / 7);
    record.latency_ms = i == 5 ? -0.0 : static_cast<double>(i) / 1000;
    record.metadata.clear();
    if (i >= 300 && i % 4 != 0) record.metadata = {{"n", std::to_string(i % 90)}, {"", "x"}, {"n", "1"}};
    if (i % 11 == 9) record.trace_id = "elsewhere " + std::to_string(i % 5);
    if (i % 13 == 0) record.replay_of = some[i / 2].id;
  }
  BlockBuilder joined;
  for (std::size_t begin = 0; begin < some.size(); begin += 300) {
    const Made part({some.begin() + static_cast<std::ptrdiff_t>(begin),
                     some.begin() + static_cast<std::ptrdiff_t>(begin) + 300});
    REQUIRE(joined.add(part.view()));
  }
  const Made whole(some);
  CHECK(joined.size() == some.size());
  CHECK(joined.last() == some.back().id);
  CHECK(joined.finish(whole.from, whole.before) == whole.bytes);
}

TEST_CASE("A block has the figures of its records, of all and of each, and so has what is joined of it") {
  auto some = records(500);
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i].cost_usd = static_cast<double>(i) / 7;
    some[i].prompt_tokens = i % 3 == 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(i));
    some[i].http_status = i % 5 == 0 ? std::nullopt : std::optional<std::int64_t>(200 + i);
    some[i].ok = i % 2 == 0;
  }
  const Made whole(some);
  BlockBuilder joined;
  for (std::size_t begin = 0; begin < some.size(); begin += 250) {
    const Made part({some.begin() + static_cast<std::ptrdiff_t>(begin),
                     some.begin() + static_cast<std::ptrdiff_t>(begin) + 250});
    REQUIRE(joined.add(part.view()));
  }
  CHECK(joined.finish(whole.from, whole.before) == whole.bytes);
  const Block block = whole.view();
  const auto all = block.figures();
  REQUIRE(all);
  for (std::size_t i = 0; i < some.size(); ++i) {
    CAPTURE(i);
    auto expected = figures_of(some[i]);
    REQUIRE(expected);
    expected->check =
        check_of(*expected, segment_seed(whole.from, static_cast<std::uint8_t>(Column::figures)), i);
    CHECK(nth_figures(*all, i) == *expected);
    CHECK(block.figures_at(i) == expected);
  }
  CHECK_FALSE(block.figures_at(some.size()));
}

TEST_CASE("Figures that are damaged, or another record's, are none") {
  const Made made(records(40));
  // The last segment.
  const std::size_t begin = made.bytes.size() - 40 * sizeof(Figures);
  const std::size_t at = GENERATE(range(std::size_t{0}, sizeof(Figures)));
  std::string bytes = made.bytes;
  bytes[begin + 7 * sizeof(Figures) + at] ^= 0x20;
  const auto block = Block::view(made.from.view(), bytes);
  REQUIRE(block);
  CAPTURE(at);
  CHECK_FALSE(block->figures_at(7));
  CHECK(block->figures_at(6));
  CHECK_FALSE(block->figures());
  bytes = made.bytes;
  std::copy_n(made.bytes.begin() + static_cast<std::ptrdiff_t>(begin), sizeof(Figures),
              bytes.begin() + static_cast<std::ptrdiff_t>(begin + sizeof(Figures)));
  CHECK_FALSE(Block::view(made.from.view(), bytes)->figures_at(1));
}

TEST_CASE("A block of which a record's figures do not fit has none") {
  auto some = records(4);
  some[2].total_tokens = std::int64_t{1} << 32;
  const Made made(some);
  CHECK_FALSE(made.view().has(Column::figures));
  CHECK_FALSE(made.view().figures_at(0));
  CHECK(made.view().is_intact());
  BlockBuilder builder;
  REQUIRE(builder.add(made.view()));
  CHECK(builder.finish(made.from, made.before) == made.bytes);
}

TEST_CASE("A block of which a column cannot be read adds nothing") {
  const Made part(records(100));
  BlockBuilder builder;
  REQUIRE(builder.add(part.view()));
  const std::string before = builder.finish(part.from, part.before);
  std::size_t refused = 0;
  for (std::size_t at = k_block_head_bytes + k_column_entry_bytes; at < part.bytes.size(); at += 97) {
    std::string bytes = part.bytes;
    bytes[at] ^= 4;
    const auto block = Block::view(part.from.view(), bytes);
    if (!block || builder.add(*block)) continue;
    ++refused;
    CHECK(builder.finish(part.from, part.before) == before);
  }
  CHECK(refused > 10);
}

TEST_CASE("Numbers at the ends of what there is are kept, or their column is left out") {
  auto some = records(4);
  some[0].total_tokens = k_least;
  some[1].total_tokens = k_most;
  some[2].total_tokens = 0;
  some[3].total_tokens = -1;
  const Made whole(some);
  const auto numbers = whole.view().numbers(Column::total_tokens);
  REQUIRE(numbers);
  for (std::size_t i = 0; i < some.size(); ++i) CHECK(numbers->at(i) == some[i].total_tokens);
  some[2].total_tokens.reset();  // a null more than 64 bits have room for
  const Made left_out(some);
  CHECK_FALSE(left_out.view().numbers(Column::total_tokens));
  CHECK(left_out.view().is_intact());
}

TEST_CASE("A block of another version is none, and is not taken for damage") {
  const Made made(records(5));
  std::string bytes = made.bytes;
  bytes[k_sum_bytes] = k_block_version - 1;
  CHECK_FALSE(Block::view(made.from.view(), bytes));
  CHECK_FALSE(Block::is_of_another_version(made.from.view(), bytes));  // so it is damage
  std::uint32_t head_bytes = 0;
  std::memcpy(&head_bytes, bytes.data() + k_sum_bytes + 4, sizeof head_bytes);
  seal(made.from.view(), bytes.data(), head_bytes);
  CHECK_FALSE(Block::view(made.from.view(), bytes));
  CHECK(Block::is_of_another_version(made.from.view(), bytes));
  CHECK_FALSE(Block::is_of_another_version(made.from.view(), made.bytes));
  CHECK_FALSE(Block::is_of_another_version(made.from.view(), ""));
}

TEST_CASE("No flipped bit of a block goes unnoticed, and none leads out of it") {
  auto some = records(50);
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i].user = std::to_string(i);
    some[i].metadata = {{"k", std::to_string(i)}};
  }
  const Made made(some);
  std::string bytes = made.bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<char>(bytes[at] ^ 0x41);
    const auto block = Block::view(made.from.view(), bytes);
    CAPTURE(at);
    CHECK((!block || !block->is_intact()));
    bytes[at] = made.bytes[at];
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{200}, bytes.size() - 1}) {
    const auto block = Block::view(made.from.view(), std::string_view(bytes).substr(0, size));
    CHECK((!block || !block->is_intact()));
  }
  CHECK_FALSE(Block::view(id_at(5).view(), bytes));  // moved to another key
}

}  // namespace pk::store
