#include "config/saved.h"

#include <sodium.h>

namespace pk::config {

namespace {

constexpr std::pair<std::string_view, Scope> k_scopes[] = {
    {"proxy", Scope::proxy}, {"read", Scope::read}, {"admin", Scope::admin}};

// aws_access_key_id is none: AWS prints it itself.
constexpr std::string_view k_secret_words[] = {"secret",     "token",   "password",       "passphrase",
                                               "credential", "private", "service_account"};

template <class T>
using ById = std::map<std::string, T, std::less<>>;

template <class T>
const T* by_id_or_name(const ById<T>& things, const ById<std::string>& names, std::string_view id_or_name) {
  auto found = things.find(id_or_name);
  if (found == things.end()) {
    const auto name = names.find(id_or_name);
    if (name == names.end()) return nullptr;
    found = things.find(name->second);
  }
  return found == things.end() ? nullptr : &found->second;
}

}  // namespace

std::string_view slug(Scope scope) {
  for (const auto& [name, known] : k_scopes)
    if (known == scope) return name;
  return {};
}

std::optional<Scope> scope_of(std::string_view slug) {
  for (const auto& [name, scope] : k_scopes)
    if (name == slug) return scope;
  return {};
}

KeyHash key_hash(std::string_view secret) {
  KeyHash hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(secret.data()),
                     secret.size(), nullptr, 0);
  return hash;
}

bool is_secret_option(std::string_view name) {
  for (const std::string_view word : k_secret_words)
    if (name.find(word) != std::string_view::npos) return true;
  return name.ends_with("key");
}

void Saved::add(SavedConfig config) {
  std::string id = config.id;
  m_configs.insert_or_assign(std::move(id), std::move(config));
}

void Saved::add(SavedPrompt prompt) {
  if (const SavedPrompt* old = this->prompt(prompt.id)) m_prompt_names.erase(old->name);
  m_prompt_names.insert_or_assign(prompt.name, prompt.id);
  std::string id = prompt.id;
  m_prompts.insert_or_assign(std::move(id), std::move(prompt));
}

void Saved::add(VirtualKey key) {
  if (const VirtualKey* old = virtual_key(key.id)) m_virtual_key_names.erase(old->name);
  m_virtual_key_names.insert_or_assign(key.name, key.id);
  std::string id = key.id;
  m_virtual_keys.insert_or_assign(std::move(id), std::move(key));
}

void Saved::add(const KeyHash& hash, ApiKey key) {
  m_api_keys.insert_or_assign(hash, std::move(key));
}

const SavedConfig* Saved::config(std::string_view id) const {
  const auto found = m_configs.find(id);
  return found == m_configs.end() ? nullptr : &found->second;
}

const SavedPrompt* Saved::prompt(std::string_view id_or_name) const {
  return by_id_or_name(m_prompts, m_prompt_names, id_or_name);
}

const VirtualKey* Saved::virtual_key(std::string_view id_or_name) const {
  return by_id_or_name(m_virtual_keys, m_virtual_key_names, id_or_name);
}

const ApiKey* Saved::api_key(const KeyHash& hash) const {
  const auto found = m_api_keys.find(hash);
  return found == m_api_keys.end() ? nullptr : &found->second;
}

const ApiKey* Saved::api_key_of(std::string_view id) const {
  for (const auto& [hash, key] : m_api_keys)
    if (key.id == id) return &key;
  return nullptr;
}

}  // namespace pk::config
