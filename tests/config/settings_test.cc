#include "config/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>

#include "support/catch.h"

namespace pk::config {

namespace {

struct TempDir {
  TempDir() {
    std::string pattern = std::filesystem::temp_directory_path() / "pk_settings_XXXXXX";
    path = ::mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  std::filesystem::path write(const std::string& text) const {
    std::ofstream(path / "config.toml") << text;
    return path / "config.toml";
  }
  std::filesystem::path path;
};

using Environment = std::map<std::string, std::string>;

Sources from(Environment environment) {
  return {.environment = [environment =
                              std::move(environment)](const std::string& name) -> std::optional<std::string> {
    const auto at = environment.find(name);
    return at == environment.end() ? std::nullopt : std::optional(at->second);
  }};
}

std::string error_of(const Sources& sources) {
  const auto loaded = load(sources);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == Errc::invalid);
  CHECK(loaded.error().message.find('\n') == std::string::npos);
  return loaded.error().message;
}

}  // namespace

TEST_CASE("Nothing given gives the defaults") {
  const auto settings = load({});
  REQUIRE(settings);
  CHECK(*settings == Settings{});
  CHECK(settings->listen == Listen{"127.0.0.1", 8787});
  CHECK(settings->body_bytes_max == 100'000'000);
}

TEST_CASE("A flag wins over the environment, which wins over the file") {
  const TempDir folder;
  Sources sources =
      from({{"PK_WORKERS", "2"}, {"PK_DURABILITY", "relaxed"}, {"PK_HOST_NAME", "a.example, b.example"}});
  sources.file =
      folder.write("workers = 1\ndurability = \"strict\"\ngrace = \"5s\"\nhost_name = [\"c.example\"]\n");
  sources.flags = {{"--workers", "3"}, {"--allow-upstream", "x"}, {"--allow-upstream", "y"}};
  const auto settings = load(sources);
  REQUIRE(settings);
  CHECK(settings->workers == 3);
  CHECK(settings->durability == Durability::relaxed);
  CHECK(settings->grace_ms == 5000);
  CHECK(settings->host_name == std::vector<std::string>{"a.example", "b.example"});
  CHECK(settings->allow_upstream == std::vector<std::string>{"x", "y"});
}

TEST_CASE("An empty environment variable counts as unset") {
  const auto settings = load(from({{"PK_WORKERS", ""}, {"PK_PLAN", ""}}));
  REQUIRE(settings);
  CHECK(*settings == Settings{});
}

TEST_CASE("The section of the cache has the keys that begin with its name") {
  const TempDir folder;
  const auto settings = load({.file = folder.write("workers = 2\n[cache]\nurl = \"off\"\nbytes_max = "
                                                   "\"5MB\"\nentry_bytes_max = 2000\ncoalesce = false\n")});
  REQUIRE(settings);
  CHECK(settings->cache_url == "off");
  CHECK(settings->cache_bytes_max == 5'000'000);
  CHECK(settings->cache_entry_bytes_max == 2000);
  CHECK_FALSE(settings->cache_coalesce);
  CHECK(load({.file = folder.write("cache_url = \"off\"")})->cache_url == "off");
  CHECK(*load({.file = folder.write("[cache]\n")}) == Settings{});
  CHECK(load(from({{"PK_CACHE_URL", "off"}}))->cache_url == "off");
  CHECK_FALSE(load({.flags = {{"--no-cache-coalesce", ""}}})->cache_coalesce);
  CHECK(load({.flags = {{"--cache", "redis://127.0.0.1:6379"}}})->cache_url == "redis://127.0.0.1:6379");
}

TEST_CASE("What is wrong with the cache's URL is said without its password") {
  const auto settings = load({.flags = {{"--cache", "http://:secret@host"}}});
  REQUIRE_FALSE(settings);
  CHECK(settings.error().message.find("--cache") != std::string::npos);
  CHECK(settings.error().message.find("secret") == std::string::npos);
}

TEST_CASE("A switch that turns something off is a key of its own or the opposite of its key") {
  const TempDir folder;
  for (const char* text : {"ui = false", "no_ui = true"}) CHECK_FALSE(load({.file = folder.write(text)})->ui);
  CHECK(load({.file = folder.write("no_ui = false")})->ui);
  CHECK_FALSE(load({.flags = {{"--no-ui", ""}}})->ui);
  CHECK_FALSE(load(from({{"PK_NO_DEBUG", "1"}}))->debug);
  CHECK_FALSE(load(from({{"PK_DEBUG", "false"}}))->debug);
}

TEST_CASE("A wrong line of the settings file is named with file, line and key") {
  const TempDir folder;
  const std::pair<const char*, const char*> cases[] = {
      {"\nworker = 1", ":2: worker: unknown key; the keys are "},
      {"workers = -1", ":1: workers: '-1' is not possible"},
      {"workers = \"2\"", ":1: workers: wants a whole number"},
      {"workers = 2.5", ":1: workers: wants a whole number"},
      {"# x\nlisten = \"127.0.0.1:70000\"",
       ":2: listen: '127.0.0.1:70000' is not possible; a port is 0 to 65535"},
      {"listen = 8787", ":1: listen: wants a text in quotes"},
      {"listen = \"\"", ":1: listen: wants a value"},
      {"ui = \"no\"", ":1: ui: wants true or false"},
      {"ui = true\nno_ui = true", ":2: no_ui: has no effect beside ui"},
      {"host_name = \"a\"", ":1: host_name: wants a list of texts"},
      {"host_name = [1]", ":1: host_name: wants a list of texts"},
      {"host_name = []", ":1: host_name: wants a list of texts"},
      {"plan = \"free\"", ":1: plan: 'free' is not possible; choose developer, production or enterprise"},
      {"grace = \"soon\"", ":1: grace: 'soon' is not possible"},
      {"header_bytes_max = 10", ":1: header_bytes_max: '10' is not possible; write a size of at least"},
      {"default_config = \"x\"", ":1: default_config: 'x' is not possible"},
      {"[server]\nworkers = 1", ":1: server: unknown key"},
      {"workers = 1\nworkers = 2", ":2: "},
      {"workers = ", ":1: "},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const std::string message = error_of({.file = folder.write(text)});
    CAPTURE(message);
    CHECK(message.find("config.toml" + std::string(expected)) != std::string::npos);
  }
}

TEST_CASE("A wrong flag or variable is named") {
  CHECK(error_of({.flags = {{"--listen", "nowhere"}}}).starts_with("--listen: 'nowhere' is not possible"));
  CHECK(error_of(from({{"PK_LISTEN", "nowhere"}})).starts_with("PK_LISTEN: "));
  CHECK(error_of({.flags = {{"--workers", ""}}}) == "--workers: wants a value");
}

TEST_CASE("A certificate without its key is an error, for it would have no effect") {
  CHECK(error_of({.flags = {{"--tls-cert", "a.pem"}}}) == "tls_cert has no effect alone; give tls_key too");
  CHECK(load({.flags = {{"--tls-cert", "a.pem"}, {"--tls-key", "b.pem"}}}));
}

TEST_CASE("A settings file that was named must exist, the default one need not") {
  const TempDir folder;
  CHECK(load({.file = folder.path / "none.toml"}));
  const auto missing = load({.file = folder.path / "none.toml", .file_must_exist = true});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  const auto is_folder = load({.file = folder.path, .file_must_exist = true});
  REQUIRE_FALSE(is_folder);
  CHECK(is_folder.error().code == Errc::io);
}

TEST_CASE("Addresses to listen on") {
  const std::pair<const char*, Listen> good[] = {{"127.0.0.1:8787", {"127.0.0.1", 8787}},
                                                 {"0.0.0.0:0", {"0.0.0.0", 0}},
                                                 {"[::1]:65535", {"::1", 65535}},
                                                 {"localhost:80", {"localhost", 80}},
                                                 {"my-host.lan:1", {"my-host.lan", 1}}};
  for (const auto& [text, expected] : good) {
    CAPTURE(text);
    const auto listen = parse_listen(text);
    REQUIRE(listen);
    CHECK(*listen == expected);
  }
  for (const char* text : {"", ":", "8787", ":8787", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000",
                           "127.0.0.1:-1", "127.0.0.1:+1", "256.0.0.1:1", "1.2.3:1", "::1:80", "[::1]",
                           "[::g]:1", "[127.0.0.1]:1", "a b:1", "http://x:1", "a:1x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_listen(text));
  }
}

TEST_CASE("Public addresses lose their trailing slash and must be http or https") {
  const auto url = [](const char* text) { return load({.flags = {{"--public-url", text}}}); };
  CHECK(url("https://pk.example/")->public_url == "https://pk.example");
  for (const char* text : {"pk.example", "ftp://x", "https://", "https://:80", "http://a b", "http://a?x=1"})
    CHECK_FALSE(url(text));
}

TEST_CASE("The semantic cache is a section of the file, whose numbers have their bounds") {
  const TempDir folder;
  Sources sources;
  sources.file = folder.write(
      "[semantic_cache]\nprovider = \"openai\"\nmodel = \"small\"\ncustom_host = \"http://localhost:1/v1\"\n"
      "virtual_key = \"embed\"\nthreshold = 0.9\ndimensions = 256\nshadow_rate = 1\n");
  const auto settings = load(sources);
  REQUIRE(settings);
  CHECK(settings->semantic_cache_provider == "openai");
  CHECK(settings->semantic_cache_model == "small");
  CHECK(settings->semantic_cache_custom_host == "http://localhost:1/v1");
  CHECK(settings->semantic_cache_virtual_key == "embed");
  CHECK(settings->semantic_cache_threshold == 0.9);
  CHECK(settings->semantic_cache_dimensions == 256);
  CHECK(settings->semantic_cache_shadow_rate == 1);
  const std::string usual = "[semantic_cache]\nprovider = \"openai\"\nmodel = \"small\"\n";
  for (const char* line :
       {"threshold = 1.01", "threshold = -0.1", "threshold = \"much\"", "threshold = true", "threshold = nan",
        "dimensions = 0", "dimensions = 16385", "dimensions = 1.5", "shadow_rate = 2", "colour = 1"}) {
    CAPTURE(line);
    sources.file = folder.write(usual + line + "\n");
    CHECK(error_of(sources).find(":4: semantic_cache_") != std::string::npos);
  }
}

TEST_CASE("A semantic cache needs a model and somebody to ask") {
  using Flags = std::vector<std::pair<std::string, std::string>>;
  const auto of = [](Flags flags) { return Sources{.flags = std::move(flags)}; };
  const std::pair<std::string, std::string> model = {"--semantic-cache-model", "small"};
  CHECK(load(of({model, {"--semantic-cache-provider", "openai"}})));
  CHECK(load(of({model, {"--semantic-cache-virtual-key", "embed"}})));
  CHECK(error_of(of({model})).find("has no effect alone") != std::string::npos);
  for (const auto& [flag, value] : Flags{{"--semantic-cache-provider", "openai"},
                                         {"--semantic-cache-virtual-key", "embed"},
                                         {"--semantic-cache-custom-host", "http://localhost:1"},
                                         {"--semantic-cache-threshold", "0.5"},
                                         {"--semantic-cache-dimensions", "8"},
                                         {"--semantic-cache-shadow-rate", "0.5"}}) {
    CAPTURE(flag);
    CHECK(error_of(of({{flag, value}})).find("without a model") != std::string::npos);
  }
}

TEST_CASE("Each key of the table has its own name and flag") {
  std::set<std::string_view> names;
  for (const SettingKey& key : setting_keys()) {
    CHECK(names.insert(key.key).second);
    CHECK(names.insert(key.flag).second);
    CHECK(key.flag.starts_with("--"));
    CHECK_FALSE(key.help.empty());
  }
}

TEST_CASE("The data folder is made for its user alone, and an existing one is left as it is") {
  const TempDir folder;
  const auto made = folder.path / "a" / "b";
  REQUIRE(make_data_dir(made));
  struct stat status {};
  REQUIRE(::stat(made.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  REQUIRE(::chmod(made.c_str(), 0750) == 0);
  REQUIRE(make_data_dir(made));
  REQUIRE(::stat(made.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0750);
  CHECK_FALSE(make_data_dir(folder.write("")));
}

}  // namespace pk::config
