// What the cache's tests share: entries, requests, and short ways to store and ask.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cache/entry.h"
#include "cache/fingerprint.h"
#include "cache/store.h"
#include "support/catch.h"

namespace pk::cache::test {

inline constexpr std::int64_t k_now_ms = 1'760'000'000'000;

template <class T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}
inline void must(Result<void> result) {
  if (!result) FAIL(result.error().message);
}

inline RequestFacts chat(std::string_view body) {
  RequestFacts facts;
  facts.endpoint = log::Endpoint::chat_completions;
  facts.path = "/v1/chat/completions";
  facts.provider = "openai";
  facts.host = "https://api.openai.com";
  facts.credential = "sk-1";
  facts.body = body;
  return facts;
}

inline Uuid id_of(std::uint8_t number) {
  Uuid id;
  id.bytes[0] = 1;
  id.bytes[15] = number;
  return id;
}

// The answer to the question of this number.
inline Entry entry_of(int number, std::size_t body_bytes = 100) {
  Entry entry;
  entry.fingerprint = fingerprint(chat("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" +
                                       std::to_string(number) + "\"}]}"));
  entry.created_ms = k_now_ms + number;
  entry.expires_ms = k_now_ms + 1'000'000;
  entry.log_id.bytes = {1, 2, 3, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  entry.content_type = "application/json";
  entry.body = std::string(body_bytes, 'x') + std::to_string(number);
  return entry;
}

inline Key key_of(int number) {
  return cache::key_of(entry_of(number).fingerprint);
}

inline EntryPtr shared(Entry entry) {
  return std::make_shared<const Entry>(std::move(entry));
}

// For a store that answers at once.
inline EntryPtr get(Store& store, const Key& key, std::int64_t now_ms = k_now_ms) {
  EntryPtr found;
  int calls = 0;
  store.get(
      key, now_ms, [](std::function<void()> f) { f(); },
      [&](EntryPtr entry) {
        found = std::move(entry);
        ++calls;
      });
  REQUIRE(calls == 1);
  return found;
}

}  // namespace pk::cache::test
