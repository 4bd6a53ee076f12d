#include "kubectl-ray/kinds/label_selector.h"

#include <algorithm>
#include <charconv>

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

bool Contains(const Json& list, const std::string& text) {
  return list.is_array() && std::find(list.begin(), list.end(), Json(text)) != list.end();
}

std::int64_t Number(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool Matches(const Json& expression, const Json& labels) {
  const std::string key = StringAt(expression, {"key"}), op = StringAt(expression, {"operator"});
  const Json& values = At(expression, {"values"});
  const Json& label = At(labels, {key});
  const std::string value = label.is_string() ? label.get<std::string>() : "";
  if (op == "Exists") return label.is_string();
  if (op == "DoesNotExist") return !label.is_string();
  if (op == "In") return label.is_string() && Contains(values, value);
  if (op == "NotIn") return !label.is_string() || !Contains(values, value);
  const bool compares = label.is_string() && values.is_array() && values.size() == 1 && values[0].is_string();
  if (op == "Gt") return compares && Number(value) > Number(values[0]);
  if (op == "Lt") return compares && Number(value) < Number(values[0]);
  return true;
}

}  // namespace

bool MatchesExpressions(const Json& expressions, const Json& labels) {
  return !expressions.is_array() ||
         std::all_of(expressions.begin(), expressions.end(),
                     [&](const Json& expression) { return Matches(expression, labels); });
}

bool MatchesSelector(const Json& selector, const Json& labels) {
  const Json& wanted = At(selector, {"matchLabels"});
  if (wanted.is_object())
    for (const auto& [key, value] : wanted.items())
      if (At(labels, {key}) != value) return false;
  return MatchesExpressions(At(selector, {"matchExpressions"}), labels);
}

}  // namespace kubectl_ray
