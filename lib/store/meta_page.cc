#include "store/meta_page.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "store/locks.h"

namespace pk::store {

namespace {

constexpr std::uint32_t k_magic = 0xBEEFC0DE;
constexpr std::uint32_t k_data_version = 1;
constexpr std::uint16_t k_meta_flag = 0x08;
constexpr std::uint64_t k_no_page = ~std::uint64_t{0};
constexpr int k_reads = 3;  // a writer may be at it: what it half wrote is whole the next time

// As LMDB 0.9 lays them out on a 64-bit machine (mdb.c: MDB_page's head, MDB_meta).
struct MetaPage {
  std::uint64_t page_number;
  std::uint16_t pad;
  std::uint16_t flags;
  std::uint32_t bounds;
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t address, map_bytes;
  DbHead free_list, main;
  std::uint64_t last_page, txn;
};
static_assert(sizeof(MetaPage) == 152);

bool is_page_size(std::uint32_t size) {
  return size >= 512 && size <= 65'536 && (size & (size - 1)) == 0;
}

const char* wrong_with(const MetaPage& page, std::uint64_t number) {
  if (page.magic != k_magic) return "it is no ledger: the first bytes are not LMDB's";
  if (page.version != k_data_version) return "its LMDB data version is unknown";
  if (!(page.flags & k_meta_flag) || page.page_number != number || !is_page_size(page.free_list.pad))
    return "a meta page makes no sense";
  for (const DbHead& db : {page.free_list, page.main})
    if (db.root != k_no_page && (db.root < 2 || db.root > page.last_page))
      return "a root is outside of the file";
  return nullptr;
}

bool read_page(int fd, std::uint64_t offset, MetaPage& page) {
  return pread(fd, &page, sizeof page, static_cast<off_t>(offset)) == static_cast<ssize_t>(sizeof page);
}

// nullptr: nothing is wrong.
const char* wrong_with_file(int fd, std::uint64_t& missing) {
  std::array<MetaPage, 2> pages{};
  struct stat stat {};
  if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) return "it is no file";
  if (stat.st_size == 0) return nullptr;
  if (!read_page(fd, 0, pages[0])) return "it is cut";
  if (const char* wrong = wrong_with(pages[0], 0)) return wrong;
  const std::uint64_t page_bytes = pages[0].free_list.pad;
  if (!read_page(fd, page_bytes, pages[1])) return "it is cut";
  if (const char* wrong = wrong_with(pages[1], 1)) return wrong;
  const MetaPage& newest = pages[0].txn > pages[1].txn ? pages[0] : pages[1];
  if (fstat(fd, &stat) != 0)
    return "it is no file";  // again: the file may have grown before its meta page was read
  const std::uint64_t there = static_cast<std::uint64_t>(stat.st_size) / page_bytes;
  missing = newest.last_page < there ? 0 : newest.last_page - there + 1;
  if (missing > k_unwritten_pages_max) return "it is cut";
  for (const DbHead& db : {newest.free_list, newest.main})
    if (db.root != k_no_page && db.root >= there) return "it is cut";
  return nullptr;
}

}  // namespace

Error damaged_file(const std::string& file, std::string_view what) {
  return Error{Errc::corrupt, file + " is damaged (" + std::string(what) +
                                  "): `pk verify` tells how far; move it away or put a backup in its place"};
}

Result<void> check_meta_pages(const std::filesystem::path& file, std::uint64_t* missing_pages) {
  const FileLock fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.fd() < 0) {
    if (errno == ENOENT) return {};
    return errno_error("cannot open " + file.string(), errno);
  }
  const char* wrong = nullptr;
  for (int i = 0; i < k_reads; ++i) {
    std::uint64_t missing = 0;
    wrong = wrong_with_file(fd.fd(), missing);
    if (missing_pages != nullptr) *missing_pages = missing;
    if (wrong == nullptr) return {};
  }
  return damaged_file(file.string(), wrong);
}

}  // namespace pk::store
