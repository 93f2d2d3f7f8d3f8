#include "record_config.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "base/text.h"
#include "config/settings.h"
#include "config/upstream_guard.h"
#include "config_rules.h"

namespace pk::cmd {

namespace {

// The hosts of all URLs in a JSON text, as --allow-upstream takes them.
std::vector<std::string> hosts_in(std::string_view json) {
  std::vector<std::string> hosts;
  JsonReader reader(json);
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next())
    if (token == JsonToken::string)
      if (auto host = config::host_of(json_unquoted(reader.token()))) hosts.push_back(std::move(host->host));
  return hosts;
}

RecordConfig parsed(std::string_view json, RecordConfig::From from) {
  config::Settings settings;
  settings.allow_upstream = hosts_in(json);
  const auto rules = SavedConfigRules::make(settings);
  if (!rules) return lost_config("its config cannot be read: " + rules.error().message);
  config::ParsedConfig config = rules->parse(json);
  if (config.problem) return lost_config("its config is not valid: " + config.problem->message);
  return {from, std::move(config.config.root), {}};
}

}  // namespace

std::string_view slug(RecordConfig::From from) {
  switch (from) {
    case RecordConfig::From::none:
      return "none";
    case RecordConfig::From::saved:
      return "saved";
    case RecordConfig::From::request:
      return "request";
    case RecordConfig::From::lost:
      break;
  }
  return "lost";
}

RecordConfig lost_config(std::string why) {
  return {RecordConfig::From::lost, {}, std::move(why)};
}

RecordConfig saved_config(std::string_view json) {
  return parsed(json, RecordConfig::From::saved);
}

RecordConfig requested_config(const log::LogRecord& record) {
  if (!record.request)
    return lost_config(fmt::format("its headers were not kept ({}), and a config may have been among them",
                                   why_no_content(record)));
  const std::string_view text = request_header(record, "x-portkey-config");
  if (text.empty()) return {};
  if (text.starts_with("pc-")) return lost_config("there was no saved config of the name that it gave");
  return parsed(text, RecordConfig::From::request);
}

std::string_view request_header(const log::LogRecord& record, std::string_view name) {
  std::string_view value;
  if (record.request)
    for (const auto& [key, text] : record.request->headers)
      if (iequals(key, name)) value = trim(text);
  return value;
}

std::string_view why_no_content(const log::LogRecord& record) {
  return record.tracked ? "it was pruned, or cut off before it was written"
                        : "the request asked not to be tracked";
}

}  // namespace pk::cmd
