#include "attempt_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "terminal.h"
#include "words.h"

namespace pk::cmd {

namespace {

using log::Attempt;

constexpr std::size_t k_error_columns_least = 30;

// "config.targets[0].targets[1]" is a path from the root.
struct Node {
  std::string name;
  std::vector<const Attempt*> attempts;
  std::vector<Node> children;

  bool is_line() const { return attempts.size() == 1 && children.empty(); }
};

Node tree_of(const std::vector<Attempt>& attempts) {
  Node root;
  for (const Attempt& attempt : attempts) {
    Node* at = &root;
    for (const std::string_view part : split_list(attempt.option, '.')) {
      auto child = std::ranges::find(at->children, part, &Node::name);
      if (child == at->children.end()) child = at->children.insert(child, Node{std::string(part), {}, {}});
      at = &*child;
    }
    at->attempts.push_back(&attempt);
  }
  return root;
}

std::string outcome(const Attempt& attempt, bool color) {
  const bool good = attempt.http_status && *attempt.http_status < 400 && attempt.error.empty();
  const std::string code = attempt.http_status ? fmt::format("{}", *attempt.http_status) : "no answer";
  return paint(good ? Color::green : Color::red, code, color);
}

class TreeWriter {
 public:
  TreeWriter(std::string& out, const TreeStyle& style) : m_out(out), m_style(style) {}

  // `first` stands before the node's own line, `rest` before those below it.
  void node(const Node& node, const std::string& first, const std::string& rest) {
    const std::string name = first + paint(Color::bold, visible(node.name, false), m_style.color);
    if (node.is_line()) return attempt(*node.attempts[0], name + "  ", rest + "  ");
    m_out += name + "\n";
    std::size_t left = node.attempts.size() + node.children.size();
    for (const Attempt* one : node.attempts) {
      const bool last = --left == 0;
      attempt(*one, rest + branch(last), rest + stem(last));
    }
    for (const Node& child : node.children) {
      const bool last = --left == 0;
      this->node(child, rest + branch(last), rest + stem(last));
    }
  }

 private:
  static const char* branch(bool last) { return last ? "└─ " : "├─ "; }
  static const char* stem(bool last) { return last ? "   " : "│  "; }

  static std::string words(const Attempt& attempt, bool color) {
    std::string words = visible(attempt.provider, false);
    if (!attempt.model.empty()) words += " " + visible(attempt.model, false);
    if (!words.empty()) words += " · ";
    words += outcome(attempt, color) + " · " + milliseconds(attempt.latency_ms);
    if (attempt.wait_ms > 0) words += " · after waiting " + milliseconds(attempt.wait_ms);
    return words;
  }

  void attempt(const Attempt& attempt, const std::string& first, const std::string& rest) {
    const std::string line = first + words(attempt, m_style.color);
    const std::string error = visible(attempt.error, false);
    m_out += line;
    if (error.empty()) {
      m_out += "\n";
    } else if (display_width(line) + 3 + display_width(error) <= m_style.columns) {
      m_out += " · " + error + "\n";
    } else {
      m_out += "\n";
      const std::size_t taken = display_width(rest);
      const std::size_t columns = m_style.columns > taken ? m_style.columns - taken : 0;
      for (const std::string& part : wrap(error, std::max(columns, k_error_columns_least)))
        m_out += rest + part + "\n";
    }
  }

  std::string& m_out;
  const TreeStyle& m_style;
};

}  // namespace

void append_attempt_tree(std::string& out, const std::vector<Attempt>& attempts, const TreeStyle& style) {
  const std::string indent(style.indent, ' ');
  for (const Node& top : tree_of(attempts).children) TreeWriter(out, style).node(top, indent, indent);
}

}  // namespace pk::cmd
