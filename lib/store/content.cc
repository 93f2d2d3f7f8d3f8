#include "store/content.h"

#include "store/codec.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::uint64_t k_parts_max = 2 * k_chains_max + 1;
constexpr std::size_t k_kind_at = k_sum_bytes + 1;  // behind the version

void append_head(std::string& out, const log::Headers& headers) {
  for (const auto& [name, value] : headers) {
    append_text(out, name);
    append_text(out, value);
  }
}

void append_literal_part(std::string& parts, std::uint64_t& count, std::size_t bytes) {
  if (bytes == 0) return;
  append_varint(parts, bytes * 2);
  ++count;
}

// The keys of a stretch's nodes; its bytes go to `nodes`.
NewNodes::Chain make_chain(std::string_view body, const Stretch& stretch, NewNodes& nodes) {
  NewNodes::Chain chain;
  chain.begin = nodes.bytes.size();
  NodeKey parent{};
  std::size_t begin = stretch.begin;
  for (const std::size_t end : stretch.ends) {
    parent = node_key(parent, body.substr(begin, end - begin));
    chain.keys.push_back(parent);
    chain.ends.push_back(chain.begin + end - stretch.begin);
    begin = end;
  }
  nodes.bytes.append(body.substr(stretch.begin, stretch.end() - stretch.begin));
  return chain;
}

bool read_parts(WireReader& in, ContentView& view) {
  const std::uint64_t count = in.varint();
  if (count > k_parts_max) return false;
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    ContentView::Part part;
    const std::uint64_t size = in.varint();
    if (size / 2 > k_content_bytes_max || size / 2 == 0) return false;
    total += size / 2;
    if (size % 2 == 0) {
      part.literal_bytes = size / 2;
      view.literal_bytes += size / 2;
    } else {
      part.chain.bytes = size / 2;
      part.chain.nodes = in.varint();
      const std::string_view tip = in.bytes(part.chain.tip.size());
      if (!in.ok() || part.chain.nodes == 0 || part.chain.nodes > k_chain_nodes_max) return false;
      std::copy(tip.begin(), tip.end(), reinterpret_cast<char*>(part.chain.tip.data()));
    }
    view.parts.push_back(part);
  }
  return in.ok() && total == view.raw_bytes;
}

}  // namespace

void ContentEncoder::append(std::string& out, const Uuid& id, const log::Content& content, NewNodes* nodes) {
  const std::size_t begin = out.size();
  m_raw.clear();
  append_head(m_raw, content.headers);
  const std::size_t head_bytes = m_raw.size();
  const std::vector<Stretch> stretches = nodes ? find_stretches(content.body) : std::vector<Stretch>{};
  out.append(k_sum_bytes, '\0');
  out.push_back(static_cast<char>(k_content_version));
  out.push_back(static_cast<char>(ContentView::Kind::plain));
  append_varint(out, head_bytes + content.body.size());
  append_varint(out, head_bytes);
  if (!stretches.empty()) {
    append_parts(out, content, stretches, *nodes);
    out[begin + k_kind_at] = static_cast<char>(ContentView::Kind::recipe);
  } else if (head_bytes + content.body.size() <= k_packed_late_max) {
    out.append(m_raw).append(content.body);
    return;
  } else {
    m_raw.append(content.body);
    if (m_compressor.append_shorter(out, m_raw))
      out[begin + k_kind_at] = static_cast<char>(ContentView::Kind::frame);
  }
  seal(as_view(id), out.data() + begin, out.size() - begin);
  if (m_raw.capacity() > k_kept_bytes) m_raw = {};
}

void append_packed(std::string& out, const Uuid& id, std::string_view value, Compressor& compressor) {
  WireReader in(value.substr(k_kind_at));
  const auto kind = static_cast<ContentView::Kind>(in.fixed<std::uint8_t>());
  const std::uint64_t raw_bytes = in.varint();
  in.varint();
  const bool is_left_for_here = kind == ContentView::Kind::plain && raw_bytes <= k_packed_late_max;
  if (!is_left_for_here) {
    out.append(value);
    return;
  }
  const std::size_t begin = out.size();
  out.append(value.substr(0, value.size() - in.left()));
  if (compressor.append_shorter(out, in.rest()))
    out[begin + k_kind_at] = static_cast<char>(ContentView::Kind::frame);
  seal(as_view(id), out.data() + begin, out.size() - begin);
}

void ContentEncoder::append_parts(std::string& out, const log::Content& content,
                                  const std::vector<Stretch>& stretches, NewNodes& nodes) {
  const std::string_view body = content.body;
  std::string parts;
  std::uint64_t count = 0;
  std::size_t literal = m_raw.size();  // the head; the bytes up to the next chain follow it in the same part
  std::size_t at = 0;
  for (const Stretch& stretch : stretches) {
    m_raw.append(body.substr(at, stretch.begin - at));
    append_literal_part(parts, count, literal + stretch.begin - at);
    nodes.chains.push_back(make_chain(body, stretch, nodes));
    append_varint(parts, (stretch.end() - stretch.begin) * 2 + 1);
    append_varint(parts, stretch.ends.size());
    parts.append(as_view(nodes.chains.back().keys.back()));
    ++count;
    literal = 0;
    at = stretch.end();
  }
  m_raw.append(body.substr(at));
  append_literal_part(parts, count, body.size() - at);
  append_varint(out, count);
  out.append(parts);
  m_compressor.append_frame(out, m_raw);
}

Result<ContentView> view_content(const Uuid& id, std::string_view value) {
  if (!is_sealed(as_view(id), value)) return damage(id, "the sum of a body is wrong");
  ContentView view;
  WireReader in(value.substr(k_sum_bytes));
  const auto version = in.fixed<std::uint8_t>();
  const auto kind = in.fixed<std::uint8_t>();
  view.raw_bytes = in.varint();
  view.head_bytes = in.varint();
  if (version != k_content_version || kind > 2)
    return damage(id, "a body has a form that this pk does not know");
  view.kind = static_cast<ContentView::Kind>(kind);
  const bool sizes = in.ok() && view.raw_bytes <= k_content_bytes_max && view.head_bytes <= view.raw_bytes;
  if (!sizes || (view.kind == ContentView::Kind::recipe && !read_parts(in, view)))
    return damage(id, "a body's sizes do not fit together");
  view.payload = in.rest();
  if (view.kind == ContentView::Kind::plain && view.payload.size() != view.raw_bytes)
    return damage(id, "a body is cut");
  return view;
}

Result<log::Content> read_content(const Uuid& id, std::string raw, std::uint64_t head_bytes) {
  log::Content content;
  WireReader in(std::string_view(raw).substr(0, head_bytes));
  while (!in.done()) {
    const std::string_view name = in.text();
    content.headers.emplace_back(name, in.text());
  }
  if (!in.ok()) return damage(id, "its headers cannot be read");
  raw.erase(0, head_bytes);
  content.body = std::move(raw);
  return content;
}

}  // namespace pk::store
