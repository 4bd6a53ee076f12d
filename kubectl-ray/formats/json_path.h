// kubectl's JSONPath templates: {.items[*].metadata.name}, {range ...}{end}, filters.
// Source: https://kubernetes.io/docs/reference/kubectl/jsonpath/
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

class JsonPath {
 public:
  // Parses a template, in which text outside braces stands for itself. kUsage names the position of what is
  // wrong.
  static shared::Result<JsonPath> Parse(std::string_view text);
  // Parses one expression with or without braces, as in custom-columns: .metadata.name, metadata.name,
  // {.spec}.
  static shared::Result<JsonPath> ParseExpression(std::string_view text);

  // Returns what the template prints for `value`. Missing members print nothing, several results are
  // separated by a space, and objects and lists are printed as JSON.
  std::string Print(const shared::Json& value) const;
  // Returns the results of the single expression, in order. They live as long as `value`.
  std::vector<const shared::Json*> Find(const shared::Json& value) const;

  // ItemByItem() returns whether the template reads a list's items only one after another, as
  // {.items[*].metadata.name} and {range .items[*]}...{end} do. If so, Print(list) equals PrintBefore(),
  // PrintItem() of each item and PrintAfter() in a row, and nobody has to keep the list. *results counts what
  // was found so far; it starts at 0.
  bool ItemByItem() const;
  std::string PrintBefore() const;
  std::string PrintItem(const shared::Json& item, std::size_t* results) const;
  std::string PrintAfter() const;

  struct Node;

 private:
  std::shared_ptr<const std::vector<Node>> nodes_;
};

}  // namespace kubectl_ray
