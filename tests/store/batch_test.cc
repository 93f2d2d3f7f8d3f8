#include "store/batch.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A batch that is not committed leaves the ledger as it was") {
  const TempDir dir;
  const auto env = open_env(dir);
  PostEncoder encoder;
  Compressor compressor;
  Work work{encoder.encode(record_at(k_now_ms), Post::Kind::closed, true), std::nullopt};
  PostPacker(compressor).pack(work.post);
  {
    Batch batch = must(Batch::begin(*env, id_at(1), {}, compressor));
    must(batch.add(work));
  }
  REQUIRE(must(LogReader(env).count()) == 0);
  Batch batch = must(Batch::begin(*env, id_at(1), {}, compressor));
  must(batch.add(work));  // the same work again, as after a commit that failed
  REQUIRE(batch.records() == 1);
  must(batch.commit());
  REQUIRE(must(LogReader(env).get(work.post.id)) == record_at(k_now_ms));
  REQUIRE(must(month_count(*env, k_now_ms)).logs == 1);
}

TEST_CASE("A record written twice counts once") {
  const TempDir dir;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms)});
  write_all(env, {record_at(k_now_ms)});
  REQUIRE(must(LogReader(env).count()) == 1);
  REQUIRE(must(month_count(*env, k_now_ms)).logs == 1);
}

TEST_CASE("A post knows what it costs, and leaves content out when told to") {
  PostEncoder encoder;
  log::LogRecord record = record_at(k_now_ms);
  record.request->body = conversation(5);
  const Post whole = encoder.encode(record, Post::Kind::closed, true);
  const Post bare = encoder.encode(record, Post::Kind::closed, false);
  REQUIRE(whole.nodes);
  REQUIRE(whole.cost > record.request->body.size());  // nodes are packed by the writer
  REQUIRE(whole.row_size + whole.request_size + whole.response_size == whole.bytes.size());
  REQUIRE_FALSE(bare.nodes);
  REQUIRE(bare.request_size == 0);
  REQUIRE(bare.response_size == 0);
  REQUIRE(bare.bytes.size() == bare.row_size);
}

TEST_CASE("Small contents are compressed when a post is packed, large ones when it is made") {
  PostEncoder encoder;
  Compressor compressor;
  PostPacker packer(compressor);
  log::LogRecord record = record_at(k_now_ms);
  record.request->body = std::string(2'000, 'q');
  record.response->body = std::string(k_packed_late_max + 1, 'a');
  Post post = encoder.encode(record, Post::Kind::closed, true);
  REQUIRE(post.request_size > 2'000);
  REQUIRE(post.response_size < 1'000);
  const std::string large(post.response());
  packer.pack(post);
  REQUIRE(post.request_size < 1'000);
  REQUIRE(post.response() == large);
  REQUIRE(must(view_content(post.id, post.request())).kind == ContentView::Kind::frame);
  const std::string packed = post.bytes;
  packer.pack(post);
  REQUIRE(post.bytes == packed);
  const Post at_once = encoder.encode(record, Post::Kind::closed, true, true);
  REQUIRE(at_once.bytes == packed);
  REQUIRE(at_once.cost < post.cost);  // which counts what it was in the queue
}

}  // namespace pk::store::test
