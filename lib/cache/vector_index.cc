#include "cache/vector_index.h"

// Its prefetching reads a word behind the end of lists; distances are our own anyway.
#define NO_MANUAL_VECTORIZATION 1
#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace pk::cache {

namespace {

constexpr std::size_t k_links = 16;             // of a vector, twice that on the lowest level
constexpr std::size_t k_building_effort = 100;  // candidates looked at for each new vector
constexpr std::size_t k_searching_effort = 16;  // near ones, all that is asked for, are found with little
constexpr std::size_t k_moved_with_each_added = 4;

// Sums side by side: the compiler may not change their order, so that they have to be apart. Each clone makes
// of it what its processor has.
using Lanes = float __attribute__((vector_size(64)));
constexpr std::size_t k_lanes = sizeof(Lanes) / sizeof(float);

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) float dot(const float* a,
                                                                                        const float* b,
                                                                                        std::size_t size) {
  Lanes sums[2] = {};
  std::size_t i = 0;
  for (; i + 2 * k_lanes <= size; i += 2 * k_lanes) {
    Lanes x[2], y[2];
    std::memcpy(x, a + i, sizeof x);
    std::memcpy(y, b + i, sizeof y);
    sums[0] += x[0] * y[0];
    sums[1] += x[1] * y[1];
  }
  const Lanes both = sums[0] + sums[1];
  float sum = 0;
  for (std::size_t lane = 0; lane < k_lanes; ++lane) sum += both[lane];
  for (; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

float distance(const void* a, const void* b, const void* size) {
  return 1.0f - dot(static_cast<const float*>(a), static_cast<const float*>(b),
                    *static_cast<const std::size_t*>(size));
}

class Space final : public hnswlib::SpaceInterface<float> {
 public:
  explicit Space(std::size_t dimensions) : m_dimensions(dimensions) {}
  std::size_t get_data_size() override { return m_dimensions * sizeof(float); }
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

bool better(const VectorIndex::Hit& a, const VectorIndex::Hit& b) {
  return a.score > b.score || (a.score == b.score && a.label < b.label);
}

}  // namespace

// hnswlib takes all its memory at the start; what is not written to is not there yet.
struct VectorIndex::Graph {
  Graph(std::size_t dimensions, std::size_t vectors_max)
      : capacity(vectors_max), space(dimensions), nodes(&space, vectors_max, k_links, k_building_effort) {
    nodes.setEf(k_searching_effort);
  }
  bool full() const { return used == capacity; }
  // Mostly of removed ones, so that it is worth emptying.
  bool thin() const { return full() && live * 4 < capacity; }

  const std::size_t capacity;
  std::size_t used = 0, live = 0;
  Space space;
  hnswlib::HierarchicalNSW<float> nodes;
};

VectorIndex::VectorIndex(std::size_t dimensions) : m_dimensions(dimensions) {}
VectorIndex::~VectorIndex() = default;

bool VectorIndex::add(Label label, std::span<const float> vector) {
  const auto unit = unit_of(vector, m_dimensions);
  if (!unit) return false;
  PK_ASSERT(!m_places.contains(label));
  if (!put(label, *unit)) return false;
  move_some();
  return true;
}

bool VectorIndex::put(Label label, const std::vector<float>& unit) {
  if (m_graphs.empty() && m_flat_labels.size() < k_flat_max) return put_flat(label, unit);
  if (!m_flat_labels.empty()) flat_into_graph();
  return put_into_graph(label, unit);
}

bool VectorIndex::put_flat(Label label, const std::vector<float>& unit) {
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
    m_graphs.push_back(std::make_unique<Graph>(m_dimensions, capacity));
  } catch (const std::exception&) {
    return nullptr;
  }
  return m_graphs.back().get();
}

bool VectorIndex::put_into_graph(Label label, const std::vector<float>& unit) {
  Graph* const graph = open_graph();
  if (!graph) return false;
  ++graph->used;  // also where it fails: a place may be taken
  try {
    graph->nodes.addPoint(unit.data(), label);
  } catch (const std::exception&) {
    return false;
  }
  ++graph->live;
  m_places[label] = {graph, 0};
  return true;
}

void VectorIndex::flat_into_graph() {
  const std::vector<float> vectors = std::exchange(m_flat, {});
  const std::vector<Label> labels = std::exchange(m_flat_labels, {});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto from = vectors.begin() + static_cast<std::ptrdiff_t>(i * m_dimensions);
    const std::vector<float> unit(from, from + static_cast<std::ptrdiff_t>(m_dimensions));
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
    const auto at = from->nodes.label_lookup_.find(label);
    if (!from->thin() || at == from->nodes.label_lookup_.end()) continue;
    const auto* data = reinterpret_cast<const float*>(from->nodes.getDataByInternalId(at->second));
    const std::vector<float> unit(data, data + m_dimensions);
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
    hits.push_back({m_flat_labels[i], dot(unit->data(), m_flat.data() + i * m_dimensions, m_dimensions)});
  for (const auto& graph : m_graphs) {
    try {
      for (auto found = graph->nodes.searchKnn(unit->data(), count); !found.empty(); found.pop())
        // One that could not be added whole is in the graph alone.
        if (m_places.contains(found.top().second))
          hits.push_back({found.top().second, 1.0 - found.top().first});
    } catch (const std::exception&) {
      // No memory for a search: what the others know.
    }
  }
  std::sort(hits.begin(), hits.end(), better);
  if (hits.size() > count) hits.resize(count);
  return hits;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  const auto of_a = unit_of(a, b.size()), of_b = unit_of(b, b.size());
  return of_a && of_b ? dot(of_a->data(), of_b->data(), b.size()) : 0;
}

}  // namespace pk::cache
