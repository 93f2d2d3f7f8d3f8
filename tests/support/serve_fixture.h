// The built `pk`, started as a user would: `pk serve` in the background on a free port with a data folder of
// its own, and `pk logs` to see what it wrote. Nothing of the caller's environment or settings reaches it.
#pragma once

#include <sys/types.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_upstream.h"
#include "support/http_client.h"
#include "support/temp_folder.h"

namespace pk::test {

// What a short run of `pk` gave. A run that a signal ended has exit -signal.
struct PkRun {
  int exit = 0;
  std::string out;
  std::string err;
};
// `pk --data data arguments…`, to its end.
PkRun run_pk(const std::filesystem::path& data, const std::vector<std::string>& arguments);

struct ServeOptions {
  std::vector<std::string> flags = {};             // after `serve --listen …`
  std::optional<std::filesystem::path> data = {};  // none: a folder of its own
  std::vector<std::string> environment = {};       // "NAME=value", beside PATH, HOME and XDG_*
  std::optional<std::uint64_t> file_bytes_max =
      {};                           // no file may grow beyond this: a full disk without a disk
  bool file_rights_of_root = true;  // false: a read-only folder is read-only for root too
  std::string listen = "127.0.0.1:0";
};

// One server. Starting waits for its `listening on` line; the destructor kills what still runs.
class Serve {
 public:
  explicit Serve(ServeOptions options = {});
  ~Serve();
  Serve(const Serve&) = delete;
  Serve& operator=(const Serve&) = delete;

  bool listening() const { return m_port != 0; }  // false: it ended before it said so
  int port() const { return m_port; }
  pid_t pid() const { return m_pid; }
  const std::filesystem::path& data() const { return m_data; }
  std::string errors() const;  // its stderr so far

  void signal(int number) const;
  // Waits for its end; its exit status, -signal if one ended it.
  int wait();
  int terminate();  // SIGTERM and wait
  void kill9();

  // RssAnon of /proc/PID/status: the memory that is its own, mapped files apart.
  std::uint64_t anonymous_bytes() const;

 private:
  void read_ready_line(int fd);

  TempFolder m_folder;
  std::filesystem::path m_data;
  pid_t m_pid = -1;
  int m_port = 0;
  int m_stdout = -1;
};

boost::json::value parse_json(std::string_view text);
// The value at a JSON pointer, as text: strings as they are, the rest as JSON; "(nothing)" where there is
// none.
std::string at(const boost::json::value& value, std::string_view pointer);

// `pk logs list --json -n 0 arguments…`, newest first; `pk logs show ID --json`. Both throw with pk's words
// if it fails.
std::vector<boost::json::value> logs(const std::filesystem::path& data,
                                     const std::vector<std::string>& arguments = {});
boost::json::value log_of(const std::filesystem::path& data, std::string_view id);
// Asks again until `until` holds for what `pk logs list` says: for records that end after their client left.
// What is listed at last, whether it does or patience is over.
std::vector<boost::json::value> logs_until(
    const std::filesystem::path& data,
    const std::function<bool(const std::vector<boost::json::value>&)>& until);

// Waits until so many requests on their way are on disk, as those are that have lasted a moment.
void wait_until_open_on_disk(const std::filesystem::path& data, std::size_t count);

// A chat body with one user message; and the headers of an OpenAI call through pk to `upstream`, then `more`.
std::string chat_request(std::string_view content = "hi", bool stream = false);
HeaderList openai(const FakeUpstream& upstream, const HeaderList& more = {});
// One chat call.
Reply chat(const Serve& serve, const FakeUpstream& upstream, const HeaderList& more = {},
           const std::string& body = chat_request());

}  // namespace pk::test
