// What the writer puts on disk: posts, encoded on the threads that made them and packed on the writer's, and
// their doing inside one transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "log/record.h"
#include "store/compress.h"
#include "store/content.h"
#include "store/month.h"
#include "store/plan.h"
#include "store/txn.h"

namespace pk::store {

// A record, opened or closed, as bytes.
struct Post {
  enum class Kind : std::uint8_t { opened, closed };
  Kind kind = Kind::closed;
  bool tracked = true;
  bool own_trace = false;  // needs no entry in `traces`
  Month month = 0;
  Uuid id;
  std::uint64_t seq = 0;
  std::uint64_t trace_hash = 0;
  std::string bytes;  // row, request, response, one behind the other
  std::size_t row_size = 0;
  std::size_t request_size = 0;     // 0: none
  std::size_t response_size = 0;    // 0: none
  std::unique_ptr<NewNodes> nodes;  // of the request
  std::size_t cost = 0;             // in memory
  bool packed = false;              // its contents are as they are to be on disk

  std::string_view request() const { return std::string_view(bytes).substr(row_size, request_size); }
  std::string_view response() const {
    return std::string_view(bytes).substr(row_size + request_size, response_size);
  }
};

// Compresses what an encoder left for later; one per thread, for its buffer.
class PostPacker {
 public:
  explicit PostPacker(Compressor& compressor) : m_compressor(compressor) {}
  void pack(Post& post);

 private:
  Compressor& m_compressor;
  std::string m_bytes;
};

// Makes posts; one per thread, for its buffers.
class PostEncoder {
 public:
  // `with_content` false leaves request and response out, `packed` leaves nothing for the writer's packer.
  Post encode(const log::LogRecord& record, Post::Kind kind, bool with_content, bool packed = false);

 private:
  Compressor m_compressor;
  ContentEncoder m_contents{m_compressor};
  PostPacker m_packer{m_compressor};
  std::string m_bytes;
};

// A packed post to be done: an opening; or a closing, with its opening where that is not on disk yet.
struct Work {
  Post post;
  std::optional<Post> opened;
  std::size_t cost() const { return post.cost + (opened ? opened->cost : 0); }
};

// One transaction's worth of works. Lives on the writing thread, in its transaction.
class Batch {
 public:
  // `plan`: nothing takes the one kept in the ledger.
  static Result<Batch> begin(Env& env, const Uuid& run, std::optional<Tier> plan, Compressor& compressor);

  Result<void> add(Work& work);
  // Whether `id` was opened and not closed.
  Result<bool> is_open(const Uuid& id) const;
  // Whether `id` is a record, or was made one by this batch.
  Result<bool> has(const Uuid& id) const;
  Result<void> commit();

  // Of this batch, good once it is committed.
  std::uint64_t records() const { return m_records; }
  std::uint64_t content_skipped() const { return m_content_skipped; }

 private:
  Batch(WriteTxn txn, const Uuid& run, Tier plan, Compressor& compressor);
  Result<void> add_opened(const Post& post);
  Result<void> add_closed(Work& work);
  Result<bool> put_request(const Work& work, bool skip);
  Result<bool> put_response(const Post& post, bool skip);
  Result<void> put_row(Post& post, bool has_request, bool has_response, bool fresh);

  std::unique_ptr<WriteTxn> m_txn;
  std::unique_ptr<MonthTally> m_months;
  Uuid m_run;
  Tier m_plan;
  Compressor* m_compressor;
  std::uint64_t m_records = 0;
  std::uint64_t m_content_skipped = 0;
};

}  // namespace pk::store
