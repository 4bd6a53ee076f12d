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
  // A template: text outside braces stands for itself. kUsage names the place.
  static shared::Result<JsonPath> Parse(std::string_view text);
  // One expression without braces or with them, as custom-columns have it: .metadata.name, metadata.name,
  // {.spec}.
  static shared::Result<JsonPath> ParseExpression(std::string_view text);

  // What the template prints for `value`. Missing members print nothing; several results are separated by a
  // space; objects and lists print as JSON.
  std::string Print(const shared::Json& value) const;
  // The results of the single expression, in order; they live as long as `value`.
  std::vector<const shared::Json*> Find(const shared::Json& value) const;

  // A list's text in pieces, where the template looks at the items only one after another, as
  // {.items[*].metadata.name} and {range .items[*]}...{end} do: then Print(list) is PrintBefore(),
  // PrintItem() of each item and PrintAfter(), and nobody has to hold the list. *results counts what was
  // found so far, from 0.
  bool ItemByItem() const;
  std::string PrintBefore() const;
  std::string PrintItem(const shared::Json& item, std::size_t* results) const;
  std::string PrintAfter() const;

  struct Node;

 private:
  std::shared_ptr<const std::vector<Node>> nodes_;
};

}  // namespace kubectl_ray
