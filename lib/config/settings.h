// The settings of the process: what `pk` was told by flags, environment and the settings file. A plain value;
// whoever needs one takes it by value or const reference. Keys, flags, the manual page and completions follow
// one table here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/pattern.h"

namespace pk::config {

enum class Durability { strict, relaxed };  // strict: a response's last byte waits for its record
enum class OnLogFailure { serve, refuse };  // what to do with a request that cannot be logged

// An address to listen on. `host` is an IPv4 or IPv6 address without brackets, or a name; port 0 picks a free
// one.
struct Listen {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8787;
  bool operator==(const Listen&) const = default;
};

struct Settings {
  std::string data;   // folder of the ledger; "" is default_data_dir()
  std::string color;  // auto, always, never; "" is auto

  Listen listen;
  int workers = 0;  // 0: one per core
  Durability durability = Durability::strict;
  OnLogFailure on_log_failure = OnLogFailure::serve;
  std::string plan;  // developer, production, enterprise; "" is what `pk plan set` stored
  bool ui = true;
  std::vector<std::string> allow_upstream;  // host, host:port or CIDR, as given
  std::vector<std::string> host_name;
  std::string public_url;  // "" or http(s)://…, no trailing slash
  std::string tls_cert;    // both or none
  std::string tls_key;
  bool insecure_http = false;
  std::string default_provider;
  std::string default_config;                // "" or pc-…
  bool debug = true;                         // false: nothing is tracked, as by x-portkey-debug: false
  std::vector<NamedPattern> share_patterns;  // what redacted shares mask beside addresses and keys

  std::string
      cache_url;  // where answers are kept: "" is the data folder, else "off", redis://… or redis+unix://…
  std::uint64_t cache_bytes_max = 1'000'000'000;    // in the data folder
  std::uint64_t cache_entry_bytes_max = 4'000'000;  // a larger answer is not kept
  bool cache_coalesce = true;                       // identical misses go upstream once

  // Who embeds words for the semantic cache; without a model there is none.
  std::string semantic_cache_provider;  // slug; may be left out where the virtual key says it
  std::string semantic_cache_model;
  std::string semantic_cache_custom_host;
  std::string semantic_cache_virtual_key;       // its name or id
  double semantic_cache_threshold = 0.95;       // cosine, 0 to 1
  std::uint32_t semantic_cache_dimensions = 0;  // 0: the model's own
  double semantic_cache_shadow_rate = 0;        // share of semantic hits that are also asked upstream

  std::int64_t grace_ms = 30'000;            // at most this long for what runs, at the end
  std::int64_t header_timeout_ms = 15'000;   // first to last byte of a request's head
  std::int64_t idle_timeout_ms = 75'000;     // a client connection between requests
  std::int64_t connect_timeout_ms = 10'000;  // to an upstream, TLS included
  std::uint64_t header_bytes_max = 64'000;
  std::uint64_t body_bytes_max = 100'000'000;
  std::uint64_t mailbox_bytes_max = 32'000'000;  // records on their way to disk

  bool operator==(const Settings&) const = default;
};

// One line of the table of settings.
struct SettingKey {
  std::string_view key;       // in the file, "on_log_failure"; PK_ON_LOG_FAILURE in the environment
  std::string_view flag;      // "--on-log-failure", "--no-ui"
  std::string_view argument;  // "serve|refuse"; "" for a switch
  std::string_view help;
  bool repeatable = false;
  bool global = false;  // a flag of every command, not of serve
};
std::span<const SettingKey> setting_keys();

// Where settings come from; the layers in falling order are flags, environment, file, default. A list that a
// layer gives replaces the list of the layers below.
struct Sources {
  std::vector<std::pair<std::string, std::string>> flags =
      {};  // ("--listen", "127.0.0.1:0"), ("--no-ui", "")
  std::function<std::optional<std::string>(const std::string& name)> environment =
      {};                           // empty function: none
  std::filesystem::path file = {};  // "" for none
  bool file_must_exist = false;
};

// The settings of all layers. invalid, naming the key and where it stands ("/etc/pk.toml:3: workers: …"), if
// a key is unknown, has the wrong type, an impossible value, or no effect (a tls_cert alone).
Result<Settings> load(const Sources& sources);

// An address as --listen takes it: 127.0.0.1:8787, [::1]:8787, localhost:0.
Result<Listen> parse_listen(std::string_view text);

// The process's environment; an empty variable counts as unset.
std::optional<std::string> process_environment(const std::string& name);

// $XDG_DATA_HOME/pk, else ~/.local/share/pk; $XDG_CONFIG_HOME/pk/config.toml, else ~/.config/pk/config.toml.
// Neither is created here. Empty if there is no home either.
std::filesystem::path default_data_dir();
std::filesystem::path default_config_path();

// Makes the folder, private to its user (0700), if it is missing. An existing folder keeps its mode.
Result<void> make_data_dir(const std::filesystem::path& folder);

}  // namespace pk::config
