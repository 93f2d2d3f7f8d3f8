#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string id_of(const std::string& line) {
  return line.substr(7, 36);
}

std::set<std::string> ids_of(const std::filesystem::path& file) {
  std::set<std::string> ids;
  for (const std::string& line : lines_of(file)) ids.insert(id_of(line));
  return ids;
}

std::uintmax_t size_of(const std::filesystem::path& file) {
  std::error_code none_yet;
  const std::uintmax_t size = std::filesystem::file_size(file, none_yet);
  return none_yet ? 0 : size;
}

// The child of one that was killed dies with it, and has the file until then.
void wait_until_free(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  CHECK(::flock(fd, LOCK_EX) == 0);
  ::close(fd);
}

struct Fixture {
  void write(unsigned first, unsigned count, std::size_t padding = 0) {
    std::vector<log::LogRecord> records;
    for (unsigned i = first; i < first + count; ++i) {
      records.push_back(sample_record(k_time + i * 1000, i));
      records.back().user = i % 2 ? "ana" : "bo";
      if (padding) records.back().response->body = '"' + std::string(padding, 'x') + '"';
    }
    ledger.write(records);
  }
  PkCall call(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string(), "logs", "export"});
    return {.arguments = std::move(arguments)};
  }
  PkOutcome pk(std::vector<std::string> arguments) const { return call_pk(call(std::move(arguments))); }

  SampleLedger ledger;
  TempFolder folder;
  std::string file = (folder.path() / "out.jsonl").string();
};

}  // namespace

TEST_CASE_METHOD(Fixture, "An export is what show says of each record, oldest first, a line each") {
  write(1, 200);
  const auto done = pk({file});
  CHECK(done.exit == 0);
  CHECK(done.out.empty());
  CHECK(done.err.empty());
  struct stat stat {};
  REQUIRE(::stat(file.c_str(), &stat) == 0);
  CHECK((stat.st_mode & 0777) == 0600);
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == 200);
  for (std::size_t i = 1; i < lines.size(); ++i) REQUIRE(id_of(lines[i - 1]) < id_of(lines[i]));
  for (const std::size_t i : {std::size_t{0}, std::size_t{77}, std::size_t{199}}) {
    const auto shown =
        call_pk({.arguments = {"--data", ledger.folder().string(), "logs", "show", id_of(lines[i])}});
    CHECK(shown.out == lines[i] + "\n");
  }
  CHECK(pk({}).out == content_of(file));
  CHECK(pk({"-"}).out == content_of(file));
}

TEST_CASE_METHOD(Fixture, "Filters, fields, CSV and jq are those of list") {
  write(1, 10);
  CHECK(pk({"--user", "ana", "--json=id,user", file}).exit == 0);
  CHECK(lines_of(file).size() == 5);
  CHECK(pk({"--where", "user:ana model:none"}).out.empty());
  CHECK(pk({"--search", "hi THERE", "--json=user", "--where", "user:bo", "--jq", ".user"}).out ==
        "bo\nbo\nbo\nbo\nbo\n");
  CHECK(pk({"--search", "not there"}).out.empty());
  const auto csv = pk({"-o", "csv", "--json=user,request", "--where", "user:bo"});
  CHECK(csv.out.starts_with(
      "user,request\nbo,\"{\"\"headers\"\":{\"\"content-type\"\":\"\"application/json\"\"},"));
  CHECK(pk({"-o", "csv", "--where", "user:none", "--json=id,user"}).out == "id,user\n");
}

TEST_CASE_METHOD(Fixture, "Resume appends what is new, whenever its id was made, and nothing twice") {
  write(10, 5);
  REQUIRE(pk({file}).exit == 0);
  const std::string before = content_of(file);
  CHECK(pk({"--resume", file}).exit == 0);
  CHECK(content_of(file) == before);
  write(1, 3);   // ids of long ago that are only written now
  write(12, 1);  // one that is there already
  write(20, 2);
  CHECK(pk({"--resume", file}).exit == 0);
  CHECK(content_of(file).starts_with(before));
  CHECK(lines_of(file).size() == 10);
  CHECK(ids_of(file).size() == 10);
  CHECK(pk({"--resume", (folder.path() / "new.jsonl").string()}).exit == 0);
  CHECK(ids_of(folder.path() / "new.jsonl") == ids_of(file));
}

TEST_CASE_METHOD(Fixture, "Wherever a file was cut, resume makes it whole") {
  write(1, 3);
  for (const bool csv : {false, true}) {
    const auto with_form = [&](std::vector<std::string> arguments) {
      if (csv) arguments.insert(arguments.end(), {"-o", "csv"});
      return pk(std::move(arguments));
    };
    REQUIRE(with_form({"-f", file}).exit == 0);
    const std::string whole = content_of(file);
    for (std::size_t cut = 0; cut < whole.size(); cut += 97) {
      CAPTURE(csv, cut);
      std::filesystem::resize_file(file, cut);
      REQUIRE(with_form({"--resume", file}).exit == 0);
      REQUIRE(content_of(file) == whole);
    }
  }
}

TEST_CASE_METHOD(Fixture, "An export that was killed is gone on with: nothing is lost, nothing is twice") {
  write(1, 3000, 20'000);
  for (int round = 0; round < 4; ++round) {
    PkProcess process(call({"--resume", file}));
    const std::uintmax_t enough = size_of(file) + 1 + static_cast<std::uintmax_t>(round) * 5'000'000;
    while (size_of(file) < enough && !process.ended()) std::this_thread::yield();
    process.signal(SIGKILL);
    process.wait();
    wait_until_free(file);
    write(3001 + static_cast<unsigned>(round), 1);
  }
  REQUIRE(pk({"--resume", file}).exit == 0);
  CHECK(lines_of(file).size() == 3004);
  CHECK(ids_of(file).size() == 3004);
}

TEST_CASE_METHOD(Fixture, "A full disk ends it with a line") {
  write(1, 2);
  auto to_stdout = call({});
  to_stdout.full_output = true;
  const auto done = call_pk(to_stdout);
  CHECK(done.exit == 1);
  CHECK(done.err == "pk: cannot write the output: No space left on device\n");
  const auto device = pk({"/dev/full"});
  CHECK(device.exit == 1);
  CHECK(device.err == "pk: cannot write /dev/full: No space left on device\n");
}

TEST_CASE_METHOD(Fixture, "What is there is not written over unasked, and what is no export is left alone") {
  write(1, 2);
  std::ofstream(file) << "Dear Ana\n";
  CHECK(pk({file}).exit == 1);
  CHECK(pk({"--resume", file}).exit == 1);
  CHECK(content_of(file) == "Dear Ana\n");
  CHECK(pk({"-f", file}).exit == 0);
  CHECK(pk({"--resume", "-o", "csv", file}).exit == 1);
  CHECK(lines_of(file).size() == 2);
  CHECK(pk({(folder.path() / "none" / "x").string()}).exit == 1);
}

TEST_CASE_METHOD(Fixture, "Wrong usage exits 2 before a file is made") {
  write(1, 1);
  const std::vector<std::string> cases[] = {{"--resume"},
                                            {"--resume", "-"},
                                            {"--resume", "-f", file},
                                            {"-o", "json", file},
                                            {"-o", "tsv", file},
                                            {"--json=model", "--resume", file},
                                            {"--jq", ".id", "--resume", file},
                                            {"--status", "nothing", file},
                                            {"--json=nothing", file},
                                            {"--resume", "/dev/null"},
                                            {file, "more"}};
  for (const auto& arguments : cases) {
    CAPTURE(arguments);
    const auto done = pk(arguments);
    CHECK(done.exit == 2);
    CHECK(done.err.starts_with("pk: "));
  }
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE_METHOD(Fixture, "Without a ledger the export is empty, and none is made") {
  const std::string data = (folder.path() / "none").string();
  CHECK(call_pk({.arguments = {"--data", data, "logs", "export", file}}).exit == 0);
  CHECK(content_of(file).empty());
  CHECK_FALSE(std::filesystem::exists(data));
}

}  // namespace pk::test
