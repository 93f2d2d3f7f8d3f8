// LMDB in the room's own words: transactions and cursors that end themselves, and one function that maps its
// codes. A transaction lives on one thread. Views into the ledger are good until the transaction ends or, in
// a WriteTxn, until its next change.
#pragma once

#include <lmdb.h>

#include <optional>
#include <shared_mutex>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "store/env.h"

namespace pk::store {

// The Error for an LMDB or errno code: damage is corrupt, a full map or reader table limit, the system's
// codes as errno_error() has them.
Error mdb_error(std::string_view what, int code);

class Txn {
 public:
  Txn(Txn&& other) noexcept;
  Txn& operator=(Txn&&) = delete;
  ~Txn();

  // Nothing if the key, or the whole table, is not there.
  Result<std::optional<std::string_view>> get(Table table, std::string_view key) const;
  // How many entries a table has.
  Result<std::uint64_t> entries(Table table) const;
  // How many lists of free pages there are, one of each transaction that freed some and is not used up. For a
  // value of several pages LMDB looks through all of them, until it finds such a stretch.
  Result<std::uint64_t> free_lists() const;

  const Env& env() const { return *m_env; }
  MDB_txn* raw() const { return m_txn; }

 protected:
  Txn(const Env& env, MDB_txn* txn, std::shared_lock<std::shared_mutex> hold)
      : m_env(&env), m_txn(txn), m_hold(std::move(hold)) {}
  static Result<MDB_txn*> begin_raw(const Env& env, unsigned flags,
                                    std::shared_lock<std::shared_mutex>& hold);

  const Env* m_env;
  MDB_txn* m_txn;
  std::shared_lock<std::shared_mutex> m_hold;
};

class ReadTxn : public Txn {
 public:
  static Result<ReadTxn> begin(const Env& env);
  // For who holds env.transactions() alone.
  static Result<ReadTxn> begin_alone(const Env& env);

  // Lets go of the snapshot, between two pages of rows: old pages can be used again while the reader is busy
  // elsewhere, and the file may be compacted. Cursors must be gone. Only renew() may follow.
  void rest();
  // Takes the newest snapshot.
  Result<void> renew();

 private:
  using Txn::Txn;
};

class WriteTxn : public Txn {
 public:
  // Waits for other writers. unauthorized if `env` is read_only.
  static Result<WriteTxn> begin(Env& env);

  Result<void> put(Table table, std::string_view key, std::string_view value);
  // False, and nothing is changed, if the key is there.
  Result<bool> put_new(Table table, std::string_view key, std::string_view value);
  // For filling a table in the order of its keys: `key` is greater than all that are there.
  Result<void> append(Table table, std::string_view key, std::string_view value);
  // False if the key was not there.
  Result<bool> remove(Table table, std::string_view key);
  // Removes all entries. Not noted for a compaction that is under way.
  Result<void> clear(Table table);

  // Without it, the end of the object undoes everything.
  Result<void> commit();

  // A stretch of ids that no block of `columns` covers, as store/column_marks.h found it: nothing in this
  // transaction but the making of a block changes that.
  bool knows_no_block(const Uuid& id) const {
    return m_no_block && *m_no_block <= id && (!m_no_block_before || id < *m_no_block_before);
  }
  void note_no_block(const Uuid& from, const std::optional<Uuid>& before) {
    m_no_block = from;
    m_no_block_before = before;
  }

 private:
  using Txn::Txn;
  Result<int> put_as(Table table, std::string_view key, std::string_view value, unsigned flags);
  Result<void> note(Table table, std::string_view key);

  std::optional<std::uint32_t> m_round;  // changes are noted under it, store/journal.h
  std::optional<Uuid> m_no_block;
  std::optional<Uuid> m_no_block_before;
};

// To be gone before its transaction is committed or ends: LMDB frees a writing one's cursors itself.
class Cursor {
 public:
  static Result<Cursor> open(const Txn& txn, Table table);
  // LMDB's own list of free pages, table 0.
  static Result<Cursor> open_free_list(const Txn& txn);
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  // True if there is an entry; key() and value() are then its.
  Result<bool> first() { return move(MDB_FIRST); }
  Result<bool> last() { return move(MDB_LAST); }
  Result<bool> next() { return move(MDB_NEXT); }
  Result<bool> previous() { return move(MDB_PREV); }
  Result<bool> seek(std::string_view key);         // the first that is not less
  Result<bool> seek_before(std::string_view key);  // the last that is less

  std::string_view key() const { return m_key; }
  std::string_view value() const { return m_value; }

 private:
  explicit Cursor(MDB_cursor* cursor) : m_cursor(cursor) {}
  Result<bool> move(MDB_cursor_op op, std::string_view key = {});

  MDB_cursor* m_cursor;  // nullptr: the table is not there
  std::string_view m_key;
  std::string_view m_value;
};

}  // namespace pk::store
