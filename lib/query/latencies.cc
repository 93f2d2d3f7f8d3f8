#include "query/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pk::query {

namespace {

// A double's exponent and the first 10 bits of its fraction, read as one number, count up the buckets.
constexpr int k_dropped_bits = 52 - 10;
constexpr double k_least = 1.0 / 1024;
constexpr double k_most = 1LL << 40;
constexpr std::uint64_t k_first = std::bit_cast<std::uint64_t>(k_least) >> k_dropped_bits;

std::uint64_t rank_of(double percent, std::uint64_t count) {
  const auto rank = static_cast<std::uint64_t>(std::ceil(percent / 100 * static_cast<double>(count)));
  return std::clamp<std::uint64_t>(rank, 1, count);
}

double low_end(std::size_t bucket) {
  return std::bit_cast<double>((k_first + bucket - 1) << k_dropped_bits);
}

}  // namespace

// The first one is for what is less than k_least.
std::size_t Latencies::bucket_of(double ms) {
  if (!(ms >= k_least)) return 0;
  return (std::bit_cast<std::uint64_t>(std::min(ms, k_most)) >> k_dropped_bits) - k_first + 1;
}

double Latencies::middle_of(std::size_t bucket) {
  return bucket == 0 ? 0 : (low_end(bucket) + low_end(bucket + 1)) / 2;
}

void Latencies::add(double ms) {
  ++m_count;
  if (!m_counts.empty()) return count(ms);
  m_exact.push_back(ms > 0 ? ms : 0.0);
  if (m_exact.size() > k_exact_latencies) count_exact();
}

// As if each of them had been added.
void Latencies::add(const Latencies& others) {
  m_count += others.m_count;
  if (m_count <= k_exact_latencies) {
    m_exact.insert(m_exact.end(), others.m_exact.begin(), others.m_exact.end());
    return;
  }
  count_exact();
  for (const double one : others.m_exact) count(one);
  if (m_counts.size() < others.m_counts.size()) m_counts.resize(others.m_counts.size());
  for (std::size_t i = 0; i < others.m_counts.size(); ++i) m_counts[i] += others.m_counts[i];
}

void Latencies::count_exact() {
  for (const double one : m_exact) count(one);
  m_exact = {};
}

void Latencies::count(double ms) {
  const std::size_t bucket = bucket_of(ms);
  if (bucket >= m_counts.size()) m_counts.resize(bucket + 1);
  ++m_counts[bucket];
}

double Latencies::percentile(double percent) {
  const std::uint64_t rank = rank_of(percent, m_count);
  if (m_counts.empty()) {
    const auto at = m_exact.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(m_exact.begin(), at, m_exact.end());
    return *at;
  }
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < m_counts.size(); ++i)
    if ((seen += m_counts[i]) >= rank) return middle_of(i);
  return middle_of(m_counts.size() - 1);
}

}  // namespace pk::query
