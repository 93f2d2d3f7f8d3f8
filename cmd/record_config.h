// The gateway config that a logged request ran under, as far as the ledger can still tell. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/gateway_config.h"
#include "log/record.h"

namespace pk::cmd {

struct RecordConfig {
  enum class From : std::uint8_t {
    none,     // the request came without one: `root` is its one target
    saved,    // the record names it by id and version
    request,  // x-portkey-config had its text
    lost,     // it is not to be had: `why_lost` says why, `root` means nothing
  };
  From from = From::none;
  config::Node root;
  std::string why_lost;
};
// "none", "saved", "request", "lost".
std::string_view slug(RecordConfig::From from);

RecordConfig lost_config(std::string why);
// Of a record with a config_id, once its text was found. Whom the server trusted then is not known now: hosts
// that the config names are taken as trusted, nothing is sent there. Secrets may be masked.
RecordConfig saved_config(std::string_view json);
// Of a record without a config_id.
RecordConfig requested_config(const log::LogRecord& record);

// The request's header of that name, "" if there is none or headers were not kept.
std::string_view request_header(const log::LogRecord& record, std::string_view name);
// Why a record has no content: "the request asked not to be tracked", "it was pruned …"
std::string_view why_no_content(const log::LogRecord& record);

}  // namespace pk::cmd
