// Percentiles of many numbers in little memory: exact for few, for more a histogram whose error is bounded.
#pragma once

#include <cstdint>
#include <vector>

namespace pk::query {

inline constexpr std::size_t k_exact_latencies = 65'536;

// Beyond k_exact_latencies numbers are counted in buckets of equal width within each power of two, 1024 of
// them (as HdrHistogram does): a percentile is then off by at most 0.05 % of itself, from 1/1024 ms to 34
// years. Numbers below zero count as zero. A plain value.
class Latencies {
 public:
  void add(double ms);
  void add(const Latencies& others);
  std::uint64_t size() const { return m_count; }
  // By nearest rank: the least number that at least `percent` of all are not above. Only where size() > 0.
  double percentile(double percent);

 private:
  static std::size_t bucket_of(double ms);
  static double middle_of(std::size_t bucket);
  void count(double ms);
  void count_exact();

  std::uint64_t m_count = 0;
  std::vector<double> m_exact;          // all of them, or none
  std::vector<std::uint64_t> m_counts;  // of the buckets, up to the last one that has any
};

}  // namespace pk::query
