#include "store/saved_secret.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/assert.h"
#include "base/text.h"
#include "store/locks.h"

namespace pk::store {

namespace {

constexpr std::size_t k_nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t k_tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t k_file_bytes = 2 * k_secret_key_bytes + 1;
static_assert(k_secret_key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::filesystem::path file_of(const std::filesystem::path& dir) {
  return dir / k_secret_key_file;
}

// Of the system's codes only io: a key file that is missing is neither wrong usage nor "not found" to a
// caller.
Error failed(const std::filesystem::path& file, int error_number) {
  return {Errc::io, errno_error(file.string(), error_number).message};
}

Error missing(const std::filesystem::path& file) {
  return {Errc::io,
          file.string() +
              " is missing, and virtual keys are encrypted with it: put it back from where you keep a "
              "copy, or remove these keys with pk provider rm and add them again"};
}

// A file that is read is as long as a key file; what is longer gives one byte more, which is too much.
Result<std::string> read_file(const std::filesystem::path& file) {
  const FileLock fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.fd() < 0 && errno == ENOENT) return missing(file);
  if (fd.fd() < 0) return failed(file, errno);
  std::string text(k_file_bytes + 1, '\0');
  ssize_t size = 0;
  do {
    size = ::read(fd.fd(), text.data(), text.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) return failed(file, errno);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Result<void> write_whole(int fd, std::string_view text, const std::filesystem::path& file) {
  const ssize_t size = ::write(fd, text.data(), text.size());
  if (size < 0 || ::fsync(fd) != 0) return failed(file, errno);
  if (static_cast<std::size_t>(size) != text.size()) return failed(file, ENOSPC);
  return {};
}

Result<void> sync_folder(const std::filesystem::path& dir) {
  const FileLock fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.fd() < 0 || ::fsync(fd.fd()) != 0) return failed(dir, errno);
  return {};
}

std::string new_key_text() {
  std::array<unsigned char, k_secret_key_bytes> key{};
  randombytes_buf(key.data(), key.size());
  std::string text = hex({reinterpret_cast<const char*>(key.data()), key.size()}) + "\n";
  sodium_memzero(key.data(), key.size());
  return text;
}

// Whole before it has its name, and link() takes no name that is there: of two processes one wins.
Result<void> make_file(const std::filesystem::path& dir) {
  const std::filesystem::path file = file_of(dir);
  std::string draft = (dir / "secret.key.XXXXXX").string();
  const FileLock fd(::mkostemp(draft.data(), O_CLOEXEC));  // 0600
  if (fd.fd() < 0) return failed(file, errno);
  std::string text = new_key_text();
  Result<void> made = write_whole(fd.fd(), text, file);
  sodium_memzero(text.data(), text.size());
  if (made && ::link(draft.c_str(), file.c_str()) != 0 && errno != EEXIST) made = failed(file, errno);
  ::unlink(draft.c_str());
  if (!made) return made;
  return sync_folder(dir);
}

}  // namespace

Result<SecretKey> SecretKey::load(const std::filesystem::path& dir) {
  PK_ASSERT(sodium_init() >= 0);
  PK_ASSIGN(std::string text, read_file(file_of(dir)));
  SecretKey key;
  std::size_t size = 0;
  const bool whole = text.size() == k_file_bytes && text.back() == '\n' &&
                     sodium_hex2bin(key.m_key.data(), key.m_key.size(), text.data(), text.size() - 1, nullptr,
                                    &size, nullptr) == 0 &&
                     size == key.m_key.size();
  sodium_memzero(text.data(), text.size());
  if (whole) return key;
  return Error{Errc::io,
               file_of(dir).string() +
                   " holds no key (64 hexadecimal digits and a line feed): put it back from where you "
                   "keep a copy"};
}

Result<SecretKey> SecretKey::load_or_make(const std::filesystem::path& dir) {
  PK_ASSERT(sodium_init() >= 0);
  struct stat ignored {};
  if (::lstat(file_of(dir).c_str(), &ignored) != 0 && errno == ENOENT) PK_TRY(make_file(dir));
  return load(dir);
}

SecretKey::SecretKey(SecretKey&& other) noexcept : m_key(other.m_key) {
  sodium_memzero(other.m_key.data(), other.m_key.size());
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  std::swap(m_key, other.m_key);  // wiped with `other`
  return *this;
}

SecretKey::~SecretKey() {
  sodium_memzero(m_key.data(), m_key.size());
}

std::string SecretKey::seal(std::string_view id, std::string_view text) const {
  std::string sealed(k_nonce_bytes + text.size() + k_tag_bytes, '\0');
  randombytes_buf(sealed.data(), k_nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(sealed) + k_nonce_bytes, nullptr, bytes(text), text.size(),
                                             bytes(id), id.size(), nullptr, bytes(sealed), m_key.data());
  return sealed;
}

std::optional<std::string> SecretKey::open(std::string_view id, std::string_view sealed) const {
  if (sealed.size() < k_nonce_bytes + k_tag_bytes) return {};
  const std::string_view box = sealed.substr(k_nonce_bytes);
  std::string text(box.size() - k_tag_bytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(text), nullptr, nullptr, bytes(box), box.size(),
                                                 bytes(id), id.size(), bytes(sealed), m_key.data()) != 0)
    return {};
  return text;
}

Error wrong_secret_key(const std::filesystem::path& dir, std::string_view id) {
  return {Errc::io,
          fmt::format("{} is not the key that virtual key {} was encrypted with: put the right file "
                      "back from where you keep a copy, or remove that key with pk provider rm",
                      file_of(dir).string(), visible(id, false))};
}

}  // namespace pk::store
