// How a provider speaks whose wire form is not the client's: one file a dialect (anthropic.cc, google.cc …),
// each made of pure functions. A client speaks OpenAI's forms or Anthropic's messages; a dialect turns a
// request into the provider's form, and the answer, whole or streamed, back into the client's.
//
// A provider without a dialect (table.h) has OpenAI's form: its bodies pass byte for byte and no file of this
// kind is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "log/record.h"
#include "provider/body.h"
#include "provider/table.h"
#include "provider/usage.h"

namespace pk::provider {

// What a config, a virtual key or the x-portkey-* headers say of one provider beyond key and host, by the
// config's spelling: ("azure_resource_name", "acme"), ("aws_region", "us-east-1"). Secrets may be among them.
using ProviderOptions = std::vector<std::pair<std::string, std::string>>;
// "" if it is not there.
std::string_view option(const ProviderOptions& options, std::string_view name);

// One request as the client made it, overrides applied. Views outlive the call.
struct ClientCall {
  const Provider& provider;
  log::Endpoint endpoint = log::Endpoint::other;
  std::string_view method = "POST";
  std::string_view path;         // of `other`: as the client sent it
  std::string_view query;        // without '?'
  std::string_view body;         // on the unified endpoints: one JSON object, checked by BodyReader
  const BodyFacts& facts;        // of that body
  std::string_view custom_host;  // "" for none; replaces the base URL
  std::string_view key;          // the provider's secret; "" for none
  const ProviderOptions& options;
  std::int64_t now_ms = 0;  // for signatures
};

// What goes upstream.
struct WireRequest {
  std::string method = "POST";
  std::string url;
  log::Headers headers;  // auth and content type; the client's forwarded headers are added by the caller
  std::string body;
  bool body_is_clients = false;  // `body` is empty and the client's goes as it is
};

// What an answer is turned into a client's form with.
struct AnswerFacts {
  log::Endpoint endpoint = log::Endpoint::chat_completions;
  std::string_view provider;  // slug, for the member `provider`
  std::string_view model;     // that was asked for; where the provider does not name its own
  std::string_view id;        // of the log record: for ids that the provider does not give
  std::int64_t now_s = 0;     // for `created`
  bool strict = true;         // strict OpenAI compliance: finish reasons in OpenAI's words, no extra members
  // Of a stream, what stream_options.include_usage says: whether the client wants its usage in a chunk
  // without choices; and whether it has said that it wants none, not beside a finish reason either.
  bool include_usage = true;
  bool declines_usage = false;
  bool base64 = false;  // of embeddings: vectors are wanted in base64 (embeddings.h, wants_base64)
};

// Turns one successful answer. Lives on one thread, one per answer. It never fails: garbage gives an error
// event or an error body in the client's form, and `broken()` says so.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // A whole body with a 2xx status: the client's JSON.
  virtual std::string body(std::string_view upstream) = 0;

  // A stream: the next bytes from upstream, cut anywhere; appends what goes to the client (text/event-stream,
  // end mark included).
  virtual void feed(std::string_view bytes, std::string& out) = 0;
  // The upstream's stream is over. Appends what is still owed: the end mark, or an error event where the
  // answer was not at its end, since to a client that counts on the connection alone it would look whole.
  virtual void finish(std::string& out) = 0;
  // The tokens that a stream has told so far, whether the client gets them or not. Nothing where they can be
  // read from the upstream's own bytes (plain_usage), and of a whole body, whose translation has them.
  virtual Usage usage() const { return {}; }

  // Why what came could not be understood; "" while all is well.
  virtual std::string_view broken() const = 0;
};

// Constants of one dialect; a row of table.h points to one. Both functions are pure.
struct Dialect {
  // Errors: invalid with a text for the client (400): a missing option, a value that the provider's form
  // cannot hold. An endpoint that the provider does not offer has been refused before.
  Result<WireRequest> (*encode)(const ClientCall& call);
  // Null where the answer to this endpoint passes as it is.
  std::unique_ptr<Decoder> (*decoder)(const AnswerFacts& facts);
  // The provider's own answers, streamed too, can be read by UsageReader: what they say of tokens is more
  // than what their translation does.
  bool plain_usage = false;
};

}  // namespace pk::provider
