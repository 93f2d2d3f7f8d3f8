// What turns words into a vector: a provider's embeddings endpoint. The gateway has the client for it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace pk::cache {

class Embedder {
 public:
  virtual ~Embedder() = default;
  // On the worker's loop. Errors: upstream, timeout, invalid (an answer that is no embedding); the request
  // goes on as a miss.
  virtual Task<Result<std::vector<float>>> embed(std::string words) = 0;
};

}  // namespace pk::cache
