// The vectors of one partition and their nearest neighbours by cosine: few are compared one by one, exactly;
// many stand in HNSW graphs (hnswlib, which only this unit includes) of their sketches, which find nearly
// always the nearest.
//
// Graphs hold a bounded number each and are filled one after the other. What is removed is only marked in a
// graph: an empty graph goes, a thin one is emptied into the newest, a few vectors with each that is added.
// So nothing ever takes longer than a few insertions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "cache/sketch.h"

namespace pk::cache {

// Not locked: nearest() may run on many threads while nothing changes.
class VectorIndex {
 public:
  using Label = std::uint64_t;
  // The upper half of a float: a cosine at 1536 dimensions is off by 0.00003.
  using Half = std::uint16_t;
  struct Hit {
    Label label = 0;
    double score = 0;  // cosine
  };
  static constexpr std::size_t k_flat_max = 256;  // more than these: graphs
  // A graph holds so many times what the one before it does: few are to be searched.
  static constexpr std::size_t k_first_graph_vectors = 4096;
  static constexpr std::size_t k_graph_growth = 8;
  static constexpr std::size_t k_graph_vectors_max = 128 * 1024;

  // What a vector takes.
  static std::size_t vector_bytes(std::size_t dimensions);

  explicit VectorIndex(std::size_t dimensions);
  ~VectorIndex();
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  // False: of another number of dimensions, without a direction (zero, not finite), no memory. A label that
  // is there is replaced. Of any length; kept with length 1.
  bool add(Label label, std::span<const float> vector);
  bool remove(Label label);  // false: not there
  // The best first, at most `count`; nothing for a vector that add() would refuse.
  std::vector<Hit> nearest(std::span<const float> vector, std::size_t count) const;

  std::size_t size() const { return m_places.size(); }
  std::size_t dimensions() const { return m_dimensions; }
  std::size_t graphs() const { return m_graphs.size(); }

 private:
  struct Graph;
  struct Place {
    Graph* graph = nullptr;  // null: the flat ones
    std::size_t at = 0;      // there
  };

  bool put(Label label, const std::vector<Half>& unit);
  bool put_flat(Label label, const std::vector<Half>& unit);
  bool put_into_graph(Label label, const std::vector<Half>& unit);
  Graph* open_graph();
  void flat_into_graph();
  void thin_out();
  void move_some();
  void search(const Graph& graph, const std::vector<float>& unit, const std::vector<Half>& sketch,
              std::size_t count, std::vector<Hit>& hits) const;
  void drop_empty(const Graph* graph);

  const std::size_t m_dimensions;
  const Sketch m_sketch;
  std::vector<Half> m_flat;
  std::vector<Label> m_flat_labels;
  std::vector<std::unique_ptr<Graph>> m_graphs;  // the last one takes new vectors
  std::unordered_map<Label, Place> m_places;
  std::vector<Label> m_moving;  // of a thin graph
};

// The cosine of two vectors of one size; 0 where either has no direction.
double cosine(std::span<const float> a, std::span<const float> b);

}  // namespace pk::cache
