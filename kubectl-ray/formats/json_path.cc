#include "kubectl-ray/formats/json_path.h"

#include <charconv>
#include <optional>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using Results = std::vector<const Json*>;

struct Step;

struct Operand {
  std::vector<Step> path;  // from @; empty if it is a literal
  bool is_path = false;
  Json literal;
};

struct Filter {
  Operand left;
  std::string comparison;  // if empty, the test is that the value exists
  Operand right;
};

struct Step {
  enum class Kind { kMember, kWildcard, kDescend, kIndex, kSlice, kFilter };
  Kind kind = Kind::kMember;
  std::string name = {};
  std::optional<std::int64_t> begin = {}, end = {};  // kIndex: begin; kSlice: both
  std::int64_t stride = 1;
  std::shared_ptr<Filter> filter = {};
};

}  // namespace

struct JsonPath::Node {
  std::string text = {};                      // literal text, if there is no path and it is not a range
  std::vector<std::vector<Step>> paths = {};  // {.a .b} prints each of them
  bool is_path = false;
  bool is_range = false;
  std::vector<Node> body = {};  // of a range
};

namespace {

using Node = JsonPath::Node;
constexpr int kMaxDepth = 50;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  shared::Result<std::vector<Node>> Template(bool in_range, int depth) {
    std::vector<Node> nodes;
    if (depth > kMaxDepth) return Error("it is nested too deep");
    while (at_ < text_.size()) {
      if (text_[at_] != '{') {
        const std::size_t end = std::min(text_.find('{', at_), text_.size());
        nodes.push_back({.text = std::string(text_.substr(at_, end - at_))});
        at_ = end;
        continue;
      }
      ++at_;
      SkipSpaces();
      if (Take("end")) {
        SkipSpaces();
        if (!Take("}") || !in_range) return Error("{end} stands without {range}");
        return nodes;
      }
      ASSIGN_OR_RETURN(Node node, Braces(depth));
      nodes.push_back(std::move(node));
    }
    if (in_range) return Error("{range} stands without {end}");
    return nodes;
  }

  shared::Result<std::vector<Step>> Expression() {
    std::vector<Step> steps;
    SkipSpaces();
    if (!Take("$")) Take("@");
    if (at_ < text_.size() && IsName(text_[at_])) steps.push_back({.name = Name()});
    while (at_ < text_.size()) {
      if (Take("..")) {
        steps.push_back({.kind = Step::Kind::kDescend});
        if (at_ < text_.size() && IsName(text_[at_])) TRY(Member(&steps));
      } else if (Take(".")) {
        if (at_ < text_.size() && (IsName(text_[at_]) || text_[at_] == '*')) TRY(Member(&steps));
      } else if (Take("[")) {
        TRY(Bracket(&steps));
      } else {
        break;
      }
    }
    return steps;
  }

  bool AtEnd() {
    SkipSpaces();
    return at_ == text_.size();
  }

  shared::Unexpected<shared::Error> Error(const std::string& cause) const {
    return Fail(ErrorCode::kUsage,
                "cannot read jsonpath \"" + shared::EscapeControl(text_.substr(0, 200)) + "\" at character " +
                    std::to_string(at_ + 1) + ": " + cause,
                "See https://kubernetes.io/docs/reference/kubectl/jsonpath/.");
  }

 private:
  static bool IsName(char c) {
    return std::string_view(" .[]{}()'\"@$*,=<>!&|?\\\t\n").find(c) == std::string_view::npos || c == '\\';
  }

  void SkipSpaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  bool Take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::string Name() {
    std::string name;
    while (at_ < text_.size() && IsName(text_[at_])) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      name += text_[at_++];
    }
    return name;
  }

  shared::Result<std::string> Quoted() {
    const char quote = text_[at_++];
    std::string text;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        const char c = text_[++at_];
        text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        ++at_;
      } else {
        text += text_[at_++];
      }
    }
    if (at_ == text_.size()) return Error("a quote is not closed");
    ++at_;
    return text;
  }

  bool AtQuote() const { return at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\''); }

  // Parses what is in braces, after the opening one.
  shared::Result<Node> Braces(int depth) {
    Node node;
    node.is_range = Take("range");
    SkipSpaces();
    if (!node.is_range && AtQuote()) {
      ASSIGN_OR_RETURN(node.text, Quoted());
    } else {
      node.is_path = true;
      while (at_ < text_.size() && text_[at_] != '}') {
        const std::size_t before = at_;
        ASSIGN_OR_RETURN(std::vector<Step> path, Expression());
        if (at_ == before) return Error("this is not understood");
        node.paths.push_back(std::move(path));
        SkipSpaces();
      }
    }
    SkipSpaces();
    if (!Take("}")) return Error("a brace is not closed");
    if (node.is_range) {
      ASSIGN_OR_RETURN(node.body, Template(true, depth + 1));
    }
    return node;
  }

  shared::Status Member(std::vector<Step>* steps) {
    if (Take("*"))
      steps->push_back({.kind = Step::Kind::kWildcard});
    else
      steps->push_back({.name = Name()});
    return shared::Ok();
  }

  shared::Result<std::optional<std::int64_t>> Integer() {
    SkipSpaces();
    std::int64_t number = 0;
    auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error == std::errc::invalid_argument) return std::optional<std::int64_t>();
    if (error != std::errc()) return Error("a number is too large");
    at_ = static_cast<std::size_t>(end - text_.data());
    SkipSpaces();
    return std::optional<std::int64_t>(number);
  }

  shared::Status Bracket(std::vector<Step>* steps) {
    SkipSpaces();
    if (AtQuote()) {
      ASSIGN_OR_RETURN(std::string name, Quoted());
      steps->push_back({.name = std::move(name)});
    } else if (Take("*")) {
      steps->push_back({.kind = Step::Kind::kWildcard});
    } else if (Take("?(")) {
      Step step{.kind = Step::Kind::kFilter};
      ASSIGN_OR_RETURN(step.filter, Condition());
      steps->push_back(std::move(step));
    } else {
      TRY(Range(steps));
    }
    SkipSpaces();
    if (!Take("]")) return Error("a bracket is not closed");
    return shared::Ok();
  }

  shared::Status Range(std::vector<Step>* steps) {
    Step step{.kind = Step::Kind::kIndex};
    ASSIGN_OR_RETURN(step.begin, Integer());
    if (Take(":")) {
      step.kind = Step::Kind::kSlice;
      ASSIGN_OR_RETURN(step.end, Integer());
      if (Take(":")) {
        ASSIGN_OR_RETURN(const std::optional<std::int64_t> stride, Integer());
        step.stride = stride.value_or(1);
        if (step.stride < 1) return Error("a slice's step is below 1");
      }
    } else if (!step.begin) {
      return Error("a number, '*', a quoted name or ?() is wanted in brackets");
    }
    steps->push_back(std::move(step));
    return shared::Ok();
  }

  shared::Result<std::shared_ptr<Filter>> Condition() {
    auto filter = std::make_shared<Filter>();
    ASSIGN_OR_RETURN(filter->left, ReadOperand());
    SkipSpaces();
    for (const char* comparison : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!Take(comparison)) continue;
      filter->comparison = comparison;
      ASSIGN_OR_RETURN(filter->right, ReadOperand());
      break;
    }
    SkipSpaces();
    if (!Take(")")) return Error("a filter is not closed");
    return filter;
  }

  shared::Result<Operand> ReadOperand() {
    SkipSpaces();
    Operand operand;
    if (AtQuote()) {
      ASSIGN_OR_RETURN(operand.literal, Quoted());
      return operand;
    }
    if (at_ < text_.size() && text_[at_] == '@') {
      operand.is_path = true;
      if (++filters_ > kMaxDepth) return Error("it has too many filters");
      ASSIGN_OR_RETURN(operand.path, Expression());
      return operand;
    }
    const std::size_t end = std::min(text_.find_first_of(" )=<>!", at_), text_.size());
    auto literal = shared::ParseJson(text_.substr(at_, end - at_));
    if (!literal) return Error("a literal or @ is wanted in a filter");
    operand.literal = std::move(*literal);
    at_ = end;
    return operand;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int filters_ = 0;
};

Results Evaluate(const std::vector<Step>& path, Results at);

Results Resolve(const Operand& operand, const Json& current) {
  return operand.is_path ? Evaluate(operand.path, {&current}) : Results{&operand.literal};
}

bool Holds(const Filter& filter, const Json& current) {
  const Results left = Resolve(filter.left, current);
  if (filter.comparison.empty()) return !left.empty();
  const Results right = Resolve(filter.right, current);
  if (left.empty() || right.empty()) return false;
  const Json &a = *left.front(), &b = *right.front();
  if (filter.comparison == "==") return a == b;
  if (filter.comparison == "!=") return a != b;
  if (a.type() != b.type() && !(a.is_number() && b.is_number())) return false;
  if (filter.comparison == "<") return a < b;
  if (filter.comparison == ">") return b < a;
  return filter.comparison == "<=" ? !(b < a) : !(a < b);
}

void Descend(const Json& value, Results* results) {
  results->push_back(&value);
  if (value.is_structured())
    for (const Json& member : value) Descend(member, results);
}

std::int64_t Position(std::int64_t index, std::int64_t size) { return index < 0 ? index + size : index; }

void Apply(const Step& step, const Json& value, Results* results) {
  const auto size = static_cast<std::int64_t>(value.size());
  switch (step.kind) {
    case Step::Kind::kMember:
      if (const Json& member = shared::At(value, {step.name}); value.is_object() && value.contains(step.name))
        results->push_back(&member);
      break;
    case Step::Kind::kWildcard:
      if (value.is_structured())
        for (const Json& member : value) results->push_back(&member);
      break;
    case Step::Kind::kDescend:
      Descend(value, results);
      break;
    case Step::Kind::kIndex:
      if (const std::int64_t i = Position(*step.begin, size); value.is_array() && i >= 0 && i < size)
        results->push_back(&value[static_cast<std::size_t>(i)]);
      break;
    case Step::Kind::kSlice:
      if (!value.is_array()) break;
      for (std::int64_t i = std::max<std::int64_t>(0, Position(step.begin.value_or(0), size));
           i < std::min(size, Position(step.end.value_or(size), size)); i += std::min(step.stride, size))
        results->push_back(&value[static_cast<std::size_t>(i)]);
      break;
    case Step::Kind::kFilter:
      if (value.is_array())
        for (const Json& item : value)
          if (Holds(*step.filter, item)) results->push_back(&item);
      break;
  }
}

Results Evaluate(const std::vector<Step>& path, Results at) {
  for (const Step& step : path) {
    Results next;
    for (const Json* value : at) Apply(step, *value, &next);
    at = std::move(next);
  }
  return at;
}

std::string Show(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? "" : shared::DumpJson(value);
}

void Print(const std::vector<Node>& nodes, const Json& value, std::string* out) {
  for (const Node& node : nodes) {
    if (!node.is_path) *out += node.text;
    for (const std::vector<Step>& path : node.paths) {
      const Results results = Evaluate(path, {&value});
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (node.is_range)
          Print(node.body, *results[i], out);
        else
          *out += (i == 0 ? "" : " ") + Show(*results[i]);
      }
    }
  }
}

}  // namespace

shared::Result<JsonPath> JsonPath::Parse(std::string_view text) {
  if (!shared::IsUtf8(text)) return Fail(ErrorCode::kUsage, "cannot read jsonpath: it is not UTF-8");
  JsonPath path;
  ASSIGN_OR_RETURN(std::vector<Node> nodes, Parser(text).Template(false, 0));
  path.nodes_ = std::make_shared<const std::vector<Node>>(std::move(nodes));
  return path;
}

shared::Result<JsonPath> JsonPath::ParseExpression(std::string_view text) {
  if (text.starts_with('{')) return Parse(text);
  if (!shared::IsUtf8(text)) return Fail(ErrorCode::kUsage, "cannot read jsonpath: it is not UTF-8");
  Parser parser(text);
  ASSIGN_OR_RETURN(std::vector<Step> steps, parser.Expression());
  if (!parser.AtEnd()) return parser.Error("this is not understood");
  JsonPath path;
  path.nodes_ = std::make_shared<const std::vector<Node>>(
      std::vector<Node>{Node{.paths = {std::move(steps)}, .is_path = true}});
  return path;
}

std::string JsonPath::Print(const Json& value) const {
  std::string out;
  kubectl_ray::Print(*nodes_, value, &out);
  return out;
}

namespace {

bool OverItems(const Node& node) {
  return node.paths.size() == 1 && node.paths[0].size() >= 2 &&
         node.paths[0][0].kind == Step::Kind::kMember && node.paths[0][0].name == "items" &&
         node.paths[0][1].kind == Step::Kind::kWildcard;
}

// Returns the index of the only node that is not text; the end if there is none or more than one.
std::vector<Node>::const_iterator ItemsNode(const std::vector<Node>& nodes) {
  const auto is_path = [](const Node& node) { return node.is_path; };
  const auto found = std::find_if(nodes.begin(), nodes.end(), is_path);
  const bool alone = found != nodes.end() && std::find_if(found + 1, nodes.end(), is_path) == nodes.end();
  return alone && OverItems(*found) ? found : nodes.end();
}

}  // namespace

bool JsonPath::ItemByItem() const { return ItemsNode(*nodes_) != nodes_->end(); }

std::string JsonPath::PrintBefore() const {
  std::string out;
  for (auto node = nodes_->begin(); node != ItemsNode(*nodes_); ++node) out += node->text;
  return out;
}

std::string JsonPath::PrintItem(const Json& item, std::size_t* results) const {
  const Node& node = *ItemsNode(*nodes_);
  const std::vector<Step> rest(node.paths[0].begin() + 2, node.paths[0].end());
  std::string out;
  for (const Json* found : Evaluate(rest, {&item})) {
    if (node.is_range)
      kubectl_ray::Print(node.body, *found, &out);
    else
      out += (*results == 0 ? "" : " ") + Show(*found);
    ++*results;
  }
  return out;
}

std::string JsonPath::PrintAfter() const {
  std::string out;
  for (auto node = ItemsNode(*nodes_) + 1; node != nodes_->end(); ++node) out += node->text;
  return out;
}

std::vector<const Json*> JsonPath::Find(const Json& value) const {
  Results results;
  for (const Node& node : *nodes_)
    for (const std::vector<Step>& path : node.paths)
      for (const Json* found : Evaluate(path, {&value})) results.push_back(found);
  return results;
}

}  // namespace kubectl_ray
