#include "cache/vector_index.h"

// Its prefetching reads a word behind the end of lists; distances are our own anyway.
#define NO_MANUAL_VECTORIZATION 1
#include <hnswlib/hnswlib.h>

#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <exception>
#include <numeric>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace pk::cache {

namespace {

using Half = VectorIndex::Half;

constexpr std::size_t k_links = 16;             // of a vector, twice that on the lowest level
constexpr std::size_t k_building_effort = 100;  // candidates looked at for each new vector
constexpr std::size_t k_scored = 24;            // the nearest sketches: among them are the nearest vectors
constexpr std::size_t k_searching_effort = 24;  // near ones, all that is asked for, are found with little
constexpr std::size_t k_moved_with_each_added = 4;

// Sums side by side: the compiler may not change their order, so that they have to be apart.
constexpr std::size_t k_lanes = 16;
using Words = std::uint16_t __attribute__((vector_size(k_lanes * sizeof(std::uint16_t))));
using Bits = std::uint32_t __attribute__((vector_size(k_lanes * sizeof(std::uint32_t))));
using Lanes = float __attribute__((vector_size(k_lanes * sizeof(float))));

// By reference: how such values are handed over differs between processors. Inline, as what calls it: each
// makes of it what its processor has.
__attribute__((always_inline)) inline void load(const Half* from, Lanes& lanes) {
  Words words;
  std::memcpy(&words, from, sizeof words);
  lanes = reinterpret_cast<Lanes>(__builtin_convertvector(words, Bits) << 16);
}

float float_of(Half half) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
}

// To the nearest, of two as near the even one.
Half half_of(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return static_cast<Half>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

__attribute__((always_inline)) inline float inline_dot(const Half* a, const Half* b, std::size_t size) {
  Lanes sums[2] = {};
  std::size_t i = 0;
  for (; i + 2 * k_lanes <= size; i += 2 * k_lanes) {
    Lanes x[2], y[2];
    for (std::size_t half = 0; half < 2; ++half) {
      load(a + i + half * k_lanes, x[half]);
      load(b + i + half * k_lanes, y[half]);
      sums[half] += x[half] * y[half];
    }
  }
  const Lanes both = sums[0] + sums[1];
  float sum = 0;
  for (std::size_t lane = 0; lane < k_lanes; ++lane) sum += both[lane];
  for (; i < size; ++i) sum += float_of(a[i]) * float_of(b[i]);
  return sum;
}

float dot_any(const Half* a, const Half* b, std::size_t size) {
  return inline_dot(a, b, size);
}

#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
__attribute__((target("arch=x86-64-v3"))) float dot_v3(const Half* a, const Half* b, std::size_t size) {
  return inline_dot(a, b, size);
}
__attribute__((target("arch=x86-64-v4"))) float dot_v4(const Half* a, const Half* b, std::size_t size) {
  return inline_dot(a, b, size);
}

// The C library has asked the processor already. A compiler's target_clones ask it again whenever the program
// starts, and each question goes to the host where the machine is a virtual one: a quarter of what a short
// command does.
auto dot_of_processor() {
  const bool v3 = CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(FMA) && CPU_FEATURE_ACTIVE(F16C) &&
                  CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(BMI2) && CPU_FEATURE_ACTIVE(LZCNT) &&
                  CPU_FEATURE_ACTIVE(MOVBE);
  const bool v4 = v3 && CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512BW) &&
                  CPU_FEATURE_ACTIVE(AVX512CD) && CPU_FEATURE_ACTIVE(AVX512DQ) &&
                  CPU_FEATURE_ACTIVE(AVX512VL);
  return v4 ? dot_v4 : v3 ? dot_v3 : dot_any;
}
#else
auto dot_of_processor() {
  return dot_any;
}
#endif

float dot(const Half* a, const Half* b, std::size_t size) {
  static const auto chosen = dot_of_processor();
  return chosen(a, b, size);
}

float distance(const void* a, const void* b, const void* size) {
  return 1.0f - dot(static_cast<const Half*>(a), static_cast<const Half*>(b),
                    *static_cast<const std::size_t*>(size));
}

class Space final : public hnswlib::SpaceInterface<float> {
 public:
  explicit Space(std::size_t dimensions) : m_dimensions(dimensions) {}
  std::size_t get_data_size() override { return m_dimensions * sizeof(Half); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
  void* get_dist_func_param() override { return &m_dimensions; }

 private:
  std::size_t m_dimensions;
};

// With length 1; nothing for one that has no direction.
std::optional<std::vector<float>> unit_of(std::span<const float> vector, std::size_t dimensions) {
  if (vector.size() != dimensions) return {};
  double square = 0;
  for (const float x : vector) square += static_cast<double>(x) * x;
  if (!std::isfinite(square) || square <= 0) return {};
  const double scale = 1 / std::sqrt(square);
  std::vector<float> unit(vector.size());
  std::transform(vector.begin(), vector.end(), unit.begin(),
                 [scale](float x) { return static_cast<float>(x * scale); });
  return unit;
}

std::vector<Half> halves_of(const std::vector<float>& unit) {
  std::vector<Half> halves(unit.size());
  std::transform(unit.begin(), unit.end(), halves.begin(), half_of);
  return halves;
}

std::vector<float> floats_of(const std::vector<Half>& halves) {
  std::vector<float> floats(halves.size());
  std::transform(halves.begin(), halves.end(), floats.begin(), float_of);
  return floats;
}

// The cosine with what is kept: rounded once, where the graphs' own distance is between two rounded ones.
double score_of(const std::vector<float>& unit, const Half* kept) {
  double sum = 0, square = 0;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const double x = float_of(kept[i]);
    sum += unit[i] * x;
    square += x * x;
  }
  return sum / std::sqrt(square);
}

bool better(const VectorIndex::Hit& a, const VectorIndex::Hit& b) {
  return a.score > b.score || (a.score == b.score && a.label < b.label);
}

std::vector<VectorIndex::Hit> best_of(std::vector<VectorIndex::Hit> hits, std::size_t count) {
  std::sort(hits.begin(), hits.end(), better);
  if (hits.size() > count) hits.resize(count);
  return hits;
}

}  // namespace

// All memory is taken at the start; what is not written to is not there yet. The graph is one of sketches;
// the vectors stand beside it, unless they are their own sketches.
struct VectorIndex::Graph {
  Graph(std::size_t dimensions, const Sketch& sketch, std::size_t vectors_max)
      : capacity(vectors_max),
        width(dimensions),
        space(sketch.size()),
        nodes(&space, vectors_max, k_links, k_building_effort) {
    if (!sketch.is_identity()) vectors = std::make_unique_for_overwrite<Half[]>(vectors_max * dimensions);
    nodes.setEf(k_searching_effort);
  }
  bool full() const { return used == capacity; }
  // Mostly of removed ones, so that it is worth emptying.
  bool thin() const { return full() && live * 4 < capacity; }
  // Of a label that is there.
  Half* vector_of(Label label) const {
    const hnswlib::tableint at = nodes.label_lookup_.at(label);
    return vectors ? vectors.get() + at * width : reinterpret_cast<Half*>(nodes.getDataByInternalId(at));
  }

  const std::size_t capacity, width;
  std::size_t used = 0, live = 0;
  Space space;
  hnswlib::HierarchicalNSW<float> nodes;
  std::unique_ptr<Half[]> vectors;
};

VectorIndex::VectorIndex(std::size_t dimensions) : m_dimensions(dimensions), m_sketch(dimensions) {}
VectorIndex::~VectorIndex() = default;

std::size_t VectorIndex::vector_bytes(std::size_t dimensions) {
  return (dimensions + (dimensions > Sketch::k_size ? Sketch::k_size : 0)) * sizeof(Half);
}

bool VectorIndex::add(Label label, std::span<const float> vector) {
  const auto unit = unit_of(vector, m_dimensions);
  if (!unit) return false;
  PK_ASSERT(!m_places.contains(label));
  if (!put(label, halves_of(*unit))) return false;
  move_some();
  return true;
}

bool VectorIndex::put(Label label, const std::vector<Half>& unit) {
  if (m_graphs.empty() && m_flat_labels.size() < k_flat_max) return put_flat(label, unit);
  if (!m_flat_labels.empty()) flat_into_graph();
  return put_into_graph(label, unit);
}

bool VectorIndex::put_flat(Label label, const std::vector<Half>& unit) {
  m_places[label] = {nullptr, m_flat_labels.size()};
  m_flat_labels.push_back(label);
  m_flat.insert(m_flat.end(), unit.begin(), unit.end());
  return true;
}

// Null: no memory for one.
VectorIndex::Graph* VectorIndex::open_graph() {
  if (!m_graphs.empty() && !m_graphs.back()->full()) return m_graphs.back().get();
  const std::size_t capacity =
      m_graphs.empty() ? k_first_graph_vectors
                       : std::min(m_graphs.back()->capacity * k_graph_growth, k_graph_vectors_max);
  try {
    m_graphs.push_back(std::make_unique<Graph>(m_dimensions, m_sketch, capacity));
  } catch (const std::exception&) {
    return nullptr;
  }
  return m_graphs.back().get();
}

bool VectorIndex::put_into_graph(Label label, const std::vector<Half>& vector) {
  Graph* const graph = open_graph();
  if (!graph) return false;
  ++graph->used;  // also where it fails: a place may be taken
  try {
    graph->nodes.addPoint(halves_of(m_sketch.of(floats_of(vector))).data(), label);
    if (graph->vectors) std::copy(vector.begin(), vector.end(), graph->vector_of(label));
  } catch (const std::exception&) {
    return false;
  }
  ++graph->live;
  m_places[label] = {graph, 0};
  return true;
}

void VectorIndex::flat_into_graph() {
  const std::vector<Half> vectors = std::exchange(m_flat, {});
  const std::vector<Label> labels = std::exchange(m_flat_labels, {});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto from = vectors.begin() + static_cast<std::ptrdiff_t>(i * m_dimensions);
    const std::vector<Half> unit(from, from + static_cast<std::ptrdiff_t>(m_dimensions));
    m_places.erase(labels[i]);
    put_into_graph(labels[i], unit);
  }
}

bool VectorIndex::remove(Label label) {
  const auto found = m_places.find(label);
  if (found == m_places.end()) return false;
  const Place place = found->second;
  m_places.erase(found);
  if (place.graph) {
    try {
      place.graph->nodes.markDelete(label);
    } catch (const std::exception&) {
      PK_ASSERT(!"a label that is in a graph");
    }
    --place.graph->live;
    drop_empty(place.graph);
    thin_out();
    return true;
  }
  // The last one takes its place.
  const std::size_t last = m_flat_labels.size() - 1;
  if (place.at != last) {
    std::copy_n(m_flat.begin() + static_cast<std::ptrdiff_t>(last * m_dimensions), m_dimensions,
                m_flat.begin() + static_cast<std::ptrdiff_t>(place.at * m_dimensions));
    m_flat_labels[place.at] = m_flat_labels[last];
    m_places[m_flat_labels[place.at]].at = place.at;
  }
  m_flat_labels.pop_back();
  m_flat.resize(last * m_dimensions);
  return true;
}

void VectorIndex::drop_empty(const Graph* graph) {
  if (graph->live > 0) return;
  std::erase_if(m_graphs, [graph](const auto& each) { return each.get() == graph; });
}

// One thin graph at a time.
void VectorIndex::thin_out() {
  if (!m_moving.empty()) return;
  const auto thin =
      std::find_if(m_graphs.begin(), m_graphs.end(), [](const auto& graph) { return graph->thin(); });
  if (thin == m_graphs.end()) return;
  for (const auto& [label, place] : m_places)
    if (place.graph == thin->get()) m_moving.push_back(label);
}

void VectorIndex::move_some() {
  for (std::size_t moved = 0; moved < k_moved_with_each_added && !m_moving.empty();) {
    const Label label = m_moving.back();
    m_moving.pop_back();
    const auto found = m_places.find(label);
    if (found == m_places.end() || !found->second.graph) continue;
    Graph* const from = found->second.graph;
    if (!from->thin()) continue;
    const Half* const data = from->vector_of(label);
    const std::vector<Half> unit(data, data + m_dimensions);
    if (!put_into_graph(label, unit)) return;  // it stays where it is
    try {
      from->nodes.markDelete(label);
    } catch (const std::exception&) {
      PK_ASSERT(!"a label that is in a graph");
    }
    --from->live;
    ++moved;
    drop_empty(from);
  }
}

std::vector<VectorIndex::Hit> VectorIndex::nearest(std::span<const float> vector, std::size_t count) const {
  std::vector<Hit> hits;
  const auto unit = unit_of(vector, m_dimensions);
  if (!unit || count == 0) return hits;
  for (std::size_t i = 0; i < m_flat_labels.size(); ++i)
    hits.push_back({m_flat_labels[i], score_of(*unit, m_flat.data() + i * m_dimensions)});
  if (m_graphs.empty()) return best_of(std::move(hits), count);
  const std::vector<Half> sketch = halves_of(m_sketch.of(*unit));
  for (const auto& graph : m_graphs) search(*graph, *unit, sketch, std::max(count, k_scored), hits);
  return best_of(std::move(hits), count);
}

void VectorIndex::search(const Graph& graph, const std::vector<float>& unit, const std::vector<Half>& sketch,
                         std::size_t count, std::vector<Hit>& hits) const {
  try {
    for (auto found = graph.nodes.searchKnn(sketch.data(), count); !found.empty(); found.pop()) {
      const Label label = found.top().second;
      // One that could not be added whole is in the graph alone.
      if (m_places.contains(label)) hits.push_back({label, score_of(unit, graph.vector_of(label))});
    }
  } catch (const std::exception&) {
    // No memory for a search: what the others know.
  }
}

double cosine(std::span<const float> a, std::span<const float> b) {
  const auto of_a = unit_of(a, b.size()), of_b = unit_of(b, b.size());
  return of_a && of_b ? std::inner_product(of_a->begin(), of_a->end(), of_b->begin(), 0.0) : 0;
}

}  // namespace pk::cache
