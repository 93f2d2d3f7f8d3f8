#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "store/env.h"
#include "store/saved_virtual_keys.h"
#include "store/txn.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

namespace pk::test {

namespace {

const std::string k_marker = "sk-marker-7Qd1xWm0-abc";

struct Fixture {
  PkOutcome pk(std::vector<std::string> arguments, std::string input = {}) const {
    arguments.insert(arguments.begin(), {"--data", data()});
    PkOutcome done = call_pk({.arguments = std::move(arguments), .input = std::move(input)});
    outputs += done.out + done.err;
    return done;
  }
  std::string data() const { return (folder.path() / "data").string(); }
  std::string file(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder.path() / name;
    std::ofstream(path) << text;
    return path.string();
  }
  config::VirtualKey opened(const std::string& name) const {
    const auto env = store::Env::open(data(), store::Mode::read_only);
    REQUIRE(env);
    const auto stored = store::find_virtual_key(**env, name);
    REQUIRE((stored && *stored));
    const auto key = store::SecretKey::load(data());
    REQUIRE(key);
    const auto open = store::open_virtual_key(data(), **stored, *key);
    REQUIRE(open);
    return *open;
  }
  // Every file of the data folder.
  std::string all_bytes() const {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data())) {
      std::ifstream in(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
  }

  TempFolder folder;
  mutable std::string outputs;  // of every call
};

// pk with a terminal as its stdin; everything the terminal showed, and the exit.
class Typist {
 public:
  explicit Typist(const std::vector<std::string>& arguments) {
    m_pid = ::forkpty(&m_terminal, nullptr, nullptr, nullptr);
    if (m_pid == 0) {
      std::vector<char*> words = {const_cast<char*>(PK_BINARY)};
      for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
      words.push_back(nullptr);
      ::execv(PK_BINARY, words.data());
      ::_exit(127);
    }
  }
  ~Typist() { ::close(m_terminal); }
  void wait_for(const std::string& text) {
    char buffer[4096];
    while (m_seen.find(text) == std::string::npos) {
      const ssize_t size = ::read(m_terminal, buffer, sizeof buffer);
      if (size <= 0) break;
      m_seen.append(buffer, static_cast<std::size_t>(size));
    }
    CHECK(m_seen.find(text) != std::string::npos);
  }
  void type(const std::string& text) {
    CHECK(::write(m_terminal, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool echoes() const {
    termios now{};
    return ::tcgetattr(m_terminal, &now) == 0 && (now.c_lflag & ECHO) != 0;
  }
  int wait() {
    char buffer[4096];
    for (ssize_t size = 0; (size = ::read(m_terminal, buffer, sizeof buffer)) > 0;)
      m_seen.append(buffer, static_cast<std::size_t>(size));
    int status = 0;
    ::waitpid(m_pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  const std::string& seen() const { return m_seen; }

 private:
  pid_t m_pid = -1;
  int m_terminal = -1;
  std::string m_seen;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A provider is added with its secret from stdin; the id stands alone on stdout") {
  const auto done = pk({"provider", "add", "main", "--provider", "openai"}, k_marker + "\n");
  CHECK(done.exit == 0);
  CHECK(done.out.starts_with("vk-main-"));
  CHECK(done.out.find('\n') == done.out.size() - 1);
  CHECK(done.err.empty());
  CHECK(opened("main").secret.reveal() == k_marker);
  CHECK(pk({"provider", "add", "filed", "--provider", "openai", "--secret-file",
            file("secret", "from file\r\n")})
            .exit == 0);
  CHECK(opened("filed").secret.reveal() == "from file");
}

TEST_CASE_METHOD(Fixture, "A secret is in no byte of the data folder and in nothing that is printed") {
  pk({"provider", "add", "main", "--provider", "openai", "--option", "openai_organization=in-the-clear"},
     k_marker);
  pk({"provider", "add", "second", "--provider", "anthropic", "--option",
      "aws_secret_access_key=" + k_marker + "2"},
     k_marker);
  pk({"provider", "add", "main", "--provider", "openai"}, k_marker);  // the name is taken
  pk({"provider", "add", "bad", "--provider", "openai"}, k_marker + "\n" + k_marker);
  pk({"provider", "edit", "main", "--secret-file", "-"}, k_marker + "3");
  pk({"provider", "archive", "main"});
  for (const char* form : {"table", "json", "jsonl", "csv", "tsv"}) pk({"provider", "list", "-o", form});
  for (const char* form : {"table", "json"}) pk({"provider", "show", "second", "-o", form});
  pk({"provider", "rm", "main"});
  pk({"verify"});
  CHECK(outputs.find("anthropic") != std::string::npos);
  CHECK(all_bytes().find("in-the-clear") != std::string::npos);  // the search sees what is there
  CHECK(outputs.find(k_marker) == std::string::npos);
  CHECK(all_bytes().find(k_marker) == std::string::npos);
  CHECK(opened("second").secret.reveal() == k_marker);
}

TEST_CASE_METHOD(Fixture, "On a terminal the secret is asked for and not echoed") {
  Typist typist({"--data", data(), "provider", "add", "main", "--provider", "openai"});
  typist.wait_for("Secret of openai: ");
  wait_until("the terminal does not echo", [&] { return !typist.echoes(); });
  typist.type(k_marker + "\n");
  CHECK(typist.wait() == 0);
  CHECK(typist.seen().find(k_marker) == std::string::npos);
  CHECK(typist.seen().find("vk-main-") != std::string::npos);
  CHECK(opened("main").secret.reveal() == k_marker);
}

TEST_CASE_METHOD(Fixture, "Interrupted at the secret, the terminal echoes again and nothing is saved") {
  Typist typist({"--data", data(), "provider", "add", "main", "--provider", "openai"});
  typist.wait_for("Secret of openai: ");
  wait_until("the terminal does not echo", [&] { return !typist.echoes(); });
  typist.type("half\x03");
  const int exit = typist.wait();
  CHECK(exit == 130);
  CHECK_FALSE(std::filesystem::exists(data()));
}

TEST_CASE_METHOD(Fixture,
                 "A provider that needs no key is not asked for one, nor one that cloud options pay for") {
  CHECK(pk({"provider", "add", "demo", "--provider", "demo"}).exit == 0);
  CHECK(pk({"provider", "show", "demo", "--jq", ".has_secret"}).out == "false\n");
  CHECK_FALSE(std::filesystem::exists(data() + "/secret.key"));
  CHECK(pk({"provider", "add", "cloud", "--provider", "anthropic", "--option", "aws_access_key_id=AK1",
            "--option", "aws_secret_access_key=@" + file("aws", k_marker + "\n")})
            .exit == 0);
  CHECK(opened("cloud").secret.empty());
  CHECK(opened("cloud").options == std::vector<std::pair<std::string, std::string>>{
                                       {"aws_access_key_id", "AK1"}, {"aws_secret_access_key", k_marker}});
  CHECK(pk({"provider", "show", "cloud", "--jq", ".options|tostring"}).out ==
        "{\"aws_access_key_id\":\"AK1\",\"aws_secret_access_key\":\"********\"}\n");
}

TEST_CASE_METHOD(Fixture, "A secret that is piped in is kept, needed or not") {
  const std::vector<std::string> host = {"--custom-host", "http://127.0.0.1:9000"};
  for (const char* slug : {"demo", "ollama", "openai"})
    for (const bool own_host : {false, true}) {
      const std::string name = slug + std::to_string(own_host);
      std::vector<std::string> add = {"provider", "add", name, "--provider", slug};
      if (own_host) add.insert(add.end(), host.begin(), host.end());
      CHECK(pk(add, k_marker + "\n").exit == 0);
      CHECK(opened(name).secret.reveal() == k_marker);
    }
}

TEST_CASE_METHOD(Fixture,
                 "A server of one's own may want no secret, where the provider's form can do without") {
  const auto add = [&](const std::string& slug, const std::string& input) {
    return pk({"provider", "add", slug, "--provider", slug, "--custom-host", "http://127.0.0.1:9000/v1"},
              input)
        .exit;
  };
  CHECK(add("openai", "") == 0);
  CHECK(add("anthropic", "\n") == 0);
  CHECK(pk({"provider", "show", "openai", "--jq", ".has_secret"}).out == "false\n");
  CHECK_FALSE(std::filesystem::exists(data() + "/secret.key"));
  CHECK(add("google", "") == 2);
  CHECK(pk({"provider", "add", "x", "--provider", "openai", "--custom-host", ""}, "").exit == 2);
}

TEST_CASE_METHOD(Fixture, "What is not possible is refused, and nothing is kept") {
  const std::vector<std::string> add = {"provider", "add", "main", "--provider", "openai"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), add.begin(), add.end());
    return more;
  };
  const std::tuple<std::vector<std::string>, std::string, int> cases[] = {
      {{"provider", "add", "main", "--provider", "nowhere"}, "x", 2},
      {{"provider", "add", "main", "--provider", "OpenAI"}, "x", 2},
      {{"provider", "add", "main"}, "x", 2},
      {{"provider", "add", "a/b", "--provider", "openai"}, "x", 2},
      {{"provider", "add", std::string(3000, 'x'), "--provider", "openai"}, "x", 2},
      {add, "", 2},
      {add, "two\nlines", 2},
      {with({"--custom-host", "http://10.0.0.1"}), "x", 2},
      {with({"--custom-host", "ftp://example.org"}), "x", 2},
      {with({"--option", "nonsense=1"}), "x", 2},
      {with({"--option", "aws_region"}), "x", 2},
      {with({"--option", "aws_region=@/nonexistent"}), "x", 3},
      {with({"--secret-file", "/nonexistent"}), "x", 3},
  };
  for (const auto& [arguments, input, exit] : cases) {
    CAPTURE(arguments);
    const auto done = pk(arguments, input);
    CHECK(done.exit == exit);
    CHECK(done.out.empty());
    CHECK(done.err.starts_with("pk: "));
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
  CHECK_FALSE(std::filesystem::exists(data()));
}

TEST_CASE_METHOD(Fixture, "A list shows host and state, an edit changes what it names") {
  CHECK(pk({"provider", "list", "--json"}).out == "[]\n");
  pk({"provider", "add", "main", "--provider", "openai", "--custom-host", "http://127.0.0.1:9000/v1"},
     k_marker);
  pk({"provider", "add", "demo", "--provider", "demo"});
  CHECK(pk({"provider", "list", "-o", "tsv", "--json=name,provider,custom_host,archived"}).out ==
        "demo\tdemo\t\tfalse\nmain\topenai\thttp://127.0.0.1:9000/v1\tfalse\n");
  CHECK(pk({"provider", "edit", "main"}).exit == 2);
  CHECK(pk({"provider", "edit", "nothing", "--custom-host", ""}).exit == 3);
  CHECK(pk({"provider", "edit", "main", "--custom-host", "", "--provider", "anthropic", "--option",
            "anthropic-version=2023-06-01"})
            .exit == 0);
  const auto key = opened("main");
  CHECK(key.provider == "anthropic");
  CHECK(key.custom_host.empty());
  CHECK(key.secret.reveal() == k_marker);
  CHECK(key.options == std::vector<std::pair<std::string, std::string>>{{"anthropic_version", "2023-06-01"}});
  CHECK(
      pk({"provider", "edit", "main", "--option", "anthropic_version=", "--secret-file", "-"}, "new").exit ==
      0);
  CHECK(opened("main").options.empty());
  CHECK(opened("main").secret.reveal() == "new");
}

TEST_CASE_METHOD(Fixture, "Archived and back, removed: all that are named or none") {
  pk({"provider", "add", "a", "--provider", "demo"});
  pk({"provider", "add", "b", "--provider", "demo"});
  CHECK(pk({"provider", "archive", "a", "nothing"}).exit == 3);
  CHECK(pk({"provider", "archive", "a", "b"}).exit == 0);
  CHECK(pk({"provider", "list", "--jq", "map(.archived)|tostring"}).out == "[true,true]\n");
  CHECK(pk({"provider", "unarchive", "b"}).exit == 0);
  CHECK(pk({"provider", "show", "b", "--jq", ".archived"}).out == "false\n");
  CHECK(pk({"provider", "rm", "a", "nothing"}).exit == 3);
  CHECK(pk({"provider", "rm", "a"}).err == "removed 1 virtual key\n");
  CHECK(pk({"provider", "show", "a"}).exit == 3);
}

TEST_CASE_METHOD(
    Fixture, "One that is an API key's default is neither removed nor archived, and who uses it is named") {
  for (const char* name : {"a", "b"}) pk({"provider", "add", name, "--provider", "demo"});
  REQUIRE(pk({"key", "add", "laptop", "--default-provider", "@a"}).exit == 0);
  for (const char* command : {"rm", "archive"}) {
    const PkOutcome refused = pk({"provider", command, "b", "a"});
    INFO(refused.err);
    CHECK(refused.exit == 4);
    CHECK(
        refused.err.find("is the default provider of API key 'laptop'; change that first, or give --force") !=
        std::string::npos);
  }
  CHECK(pk({"provider", "list", "--jq", "map(.archived)|tostring"}).out == "[false,false]\n");
  CHECK(pk({"provider", "archive", "b"}).exit == 0);
  CHECK(pk({"provider", "archive", "a", "--force"}).exit == 0);
  CHECK(pk({"provider", "unarchive", "a"}).exit == 0);
  CHECK(pk({"provider", "rm", "-y", "--force", "a"}).err == "removed 1 virtual key\n");
}

TEST_CASE_METHOD(Fixture, "A wrong or missing key file fails with what to do, and is not replaced") {
  pk({"provider", "add", "main", "--provider", "openai"}, k_marker);
  const std::string key_file = data() + "/secret.key";
  std::ofstream(key_file) << std::string(64, '0') << "\n";
  const auto wrong = pk({"provider", "add", "second", "--provider", "openai"}, "x");
  CHECK(wrong.exit == 1);
  CHECK(wrong.err.find("secret.key is not the key") != std::string::npos);
  std::filesystem::remove(key_file);
  const auto missing = pk({"provider", "add", "second", "--provider", "openai"}, "x");
  CHECK(missing.exit == 1);
  CHECK(missing.err.find("secret.key is missing") != std::string::npos);
  CHECK(missing.err.find('\n') == missing.err.size() - 1);
  CHECK_FALSE(std::filesystem::exists(key_file));
  CHECK(pk({"provider", "list", "--jq", "length"}).out == "1\n");
  CHECK(pk({"provider", "rm", "main"}).exit == 0);
}

TEST_CASE_METHOD(Fixture,
                 "Of processes that add one name at once one wins; first secrets share one key file") {
  std::vector<std::unique_ptr<PkProcess>> same, own;
  for (int i = 0; i < 4; ++i) {
    same.push_back(std::make_unique<PkProcess>(
        PkCall{.arguments = {"--data", data(), "provider", "add", "same", "--provider", "openai"},
               .input = k_marker}));
    own.push_back(std::make_unique<PkProcess>(PkCall{
        .arguments = {"--data", data(), "provider", "add", "own" + std::to_string(i), "--provider", "openai"},
        .input = k_marker}));
  }
  int won = 0;
  for (const auto& one : same) {
    const int exit = one->wait().exit;
    CHECK((exit == 0 || exit == 1));
    won += exit == 0;
  }
  CHECK(won == 1);
  for (const auto& one : own) CHECK(one->wait().exit == 0);
  for (int i = 0; i < 4; ++i) CHECK(opened("own" + std::to_string(i)).secret.reveal() == k_marker);
}

TEST_CASE_METHOD(Fixture, "A damaged row is named by list, which prints the others and fails") {
  pk({"provider", "add", "good", "--provider", "demo"});
  const std::string id = pk({"provider", "add", "bad", "--provider", "demo"}).out;
  {
    const auto env = store::Env::open(data(), store::Mode::read_write);
    REQUIRE(env);
    auto txn = store::WriteTxn::begin(**env);
    REQUIRE(txn);
    REQUIRE(txn->put(store::Table::virtual_keys, id.substr(0, id.size() - 1), "rubbish"));
    REQUIRE(txn->commit());
  }
  const auto listed = pk({"provider", "list"});
  CHECK(listed.exit == 1);
  CHECK(listed.out.find("\tgood\t") != std::string::npos);
  CHECK(listed.err.find(id.substr(0, id.size() - 1) + " is damaged") != std::string::npos);
  CHECK(pk({"verify"}).exit == 1);
  CHECK(pk({"provider", "rm", id.substr(0, id.size() - 1)}).exit == 0);
  CHECK(pk({"verify"}).exit == 0);
}

}  // namespace pk::test
