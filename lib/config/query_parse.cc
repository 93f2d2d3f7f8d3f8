#include "config/query_parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/config_fields.h"
#include "config/pattern.h"

namespace pk::config {

namespace {

constexpr std::size_t k_shown_bytes_max = 100;  // of a name that a problem repeats

struct Operator {
  std::string_view name;
  Query::Op op;
};
constexpr std::array<Operator, 9> k_operators = {{{"$eq", Query::Op::eq},
                                                  {"$ne", Query::Op::ne},
                                                  {"$gt", Query::Op::gt},
                                                  {"$gte", Query::Op::gte},
                                                  {"$lt", Query::Op::lt},
                                                  {"$lte", Query::Op::lte},
                                                  {"$in", Query::Op::in},
                                                  {"$nin", Query::Op::nin},
                                                  {"$regex", Query::Op::regex}}};

const Operator* find_operator(std::string_view name) {
  const auto* found = std::ranges::find(k_operators, name, &Operator::name);
  return found == k_operators.end() ? nullptr : found;
}

bool is_scalar(const JsonValue& value) {
  return !value.is_object() && !value.is_array();
}

class QueryReader {
 public:
  explicit QueryReader(Problems& problems) : m_problems(problems) {}

  Query read(const Spot& at, const JsonValue& object, std::size_t depth) {
    Query query;
    for (const JsonMember& member : json_members(object.text)) {
      const Spot spot(at, member.key);
      if (member.key == "$and" || member.key == "$or")
        query.children.push_back(read_group(spot, member, depth));
      else
        read_key(spot, member, query.children);
    }
    if (query.children.size() != 1) return query;
    Query only = std::move(query.children.front());
    return only;
  }

 private:
  Query read_group(const Spot& at, const JsonMember& member, std::size_t depth) {
    Query group;
    group.op = member.key == "$or" ? Query::Op::any_of : Query::Op::all_of;
    if (!member.value.is_array()) {
      m_problems.add(at, wrong_type(JsonToken::array_begin, member.value.kind));
    } else if (depth == k_query_depth_max) {
      m_problems.add(at, fmt::format("queries may be nested {} deep at most", k_query_depth_max));
    } else {
      read_children(at, member.value, depth + 1, group.children);
    }
    return group;
  }

  void read_children(const Spot& at, const JsonValue& array, std::size_t depth, std::vector<Query>& into) {
    const std::vector<JsonValue> elements = json_elements(array.text);
    if (!check_count(at, elements.size(), k_query_comparisons_max, m_problems)) return;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const Spot spot(at, i);
      if (elements[i].is_object())
        into.push_back(read(spot, elements[i], depth));
      else
        m_problems.add(spot, wrong_type(JsonToken::object_begin, elements[i].kind));
    }
  }

  void read_key(const Spot& at, const JsonMember& member, std::vector<Query>& into) {
    if (member.key.starts_with('$')) return unsupported(at, member.key);
    if (!is_fact_key(member.key))
      return m_problems.add(at, "Expected metadata.<name>, params.<name> or url.pathname");
    if (!member.value.is_object()) return read_comparison(at, member.key, Query::Op::eq, member.value, into);
    for (const JsonMember& one : json_members(member.value.text)) {
      const Spot spot(at, one.key);
      const Operator* op = find_operator(one.key);
      if (op)
        read_comparison(spot, member.key, op->op, one.value, into);
      else
        unsupported(spot, one.key);
    }
  }

  void read_comparison(const Spot& at, const std::string& key, Query::Op op, const JsonValue& operand,
                       std::vector<Query>& into) {
    if (++m_comparisons == k_query_comparisons_max + 1)
      m_problems.add(at, fmt::format("a query may have {} comparisons at most", k_query_comparisons_max));
    if (m_comparisons > k_query_comparisons_max) return;
    Query query;
    query.op = op;
    query.key = key;
    if (check_operand(at, op, operand, query.values)) into.push_back(std::move(query));
  }

  bool check_operand(const Spot& at, Query::Op op, const JsonValue& operand,
                     std::vector<std::string>& values) {
    if (op == Query::Op::in || op == Query::Op::nin) return check_list(at, operand, values);
    values.emplace_back(operand.text);
    if (op == Query::Op::regex) return check_regex(at, operand);
    const bool ordered = op != Query::Op::eq && op != Query::Op::ne;
    const bool good = ordered ? operand.is_number() || operand.is_string() : is_scalar(operand);
    if (!good) m_problems.add(at, wrong_type(ordered ? JsonToken::number : JsonToken::string, operand.kind));
    return good;
  }

  bool check_list(const Spot& at, const JsonValue& operand, std::vector<std::string>& values) {
    if (!operand.is_array()) {
      m_problems.add(at, wrong_type(JsonToken::array_begin, operand.kind));
      return false;
    }
    const std::vector<JsonValue> elements = json_elements(operand.text);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      values.emplace_back(elements[i].text);
      if (!is_scalar(elements[i]))
        m_problems.add(Spot(at, i), wrong_type(JsonToken::string, elements[i].kind));
    }
    return true;
  }

  bool check_regex(const Spot& at, const JsonValue& operand) {
    if (!operand.is_string()) {
      m_problems.add(at, wrong_type(JsonToken::string, operand.kind));
      return false;
    }
    if (!m_problems.allow_pattern(at)) return false;
    const auto checked = check_pattern(json_plain(operand));
    if (!checked)
      m_problems.add(at,
                     fmt::format("Invalid regular expression: {}", visible(checked.error().message, false)));
    return bool(checked);
  }

  void unsupported(const Spot& at, std::string_view op) {
    m_problems.add_routing(at, fmt::format("Unsupported operator used in the query router: {}",
                                           visible(utf8_front(op, k_shown_bytes_max), false)));
  }

  Problems& m_problems;
  std::size_t m_comparisons = 0;
};

}  // namespace

bool is_fact_key(std::string_view key) {
  if (key == "url.pathname") return true;
  if (key.starts_with("metadata.")) return key.size() > 9;
  // Nested members are not looked into: a name with a dot could only be a mistake.
  return key.starts_with("params.") && key.size() > 7 && key.find('.', 7) == std::string_view::npos;
}

std::optional<Query> parse_query(const Spot& at, const JsonValue& object, Problems& problems) {
  const std::size_t before = problems.count();
  if (!object.is_object()) {
    problems.add(at, wrong_type(JsonToken::object_begin, object.kind));
    return {};
  }
  Query query = QueryReader(problems).read(at, object, 0);
  return problems.count() == before ? std::optional(std::move(query)) : std::nullopt;
}

}  // namespace pk::config
