#include "kubectl-ray/manifests/set_path.h"

#include <charconv>
#include <string>
#include <vector>

#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;

// One step of a path: a member's name, or what is in the brackets after it.
struct Step {
  std::string text;
  bool item = false;
};

shared::Unexpected<shared::Error> BadPath(std::string_view path, const std::string& cause) {
  return Fail(
      ErrorCode::kUsage, "cannot set \"" + shared::EscapeControl(path.substr(0, 200)) + "\": " + cause,
      "Write a path such as spec.headGroupSpec.template.spec.containers[0].image=IMAGE; a dot inside a name "
      "is written '\\.'.");
}

shared::Result<std::vector<Step>> ParsePath(std::string_view path) {
  std::vector<Step> steps;
  std::string name;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '\\' && i + 1 < path.size()) {
      name += path[++i];
    } else if (c == '.') {
      if (name.empty() && (steps.empty() || !steps.back().item)) return BadPath(path, "a name is empty");
      if (!name.empty()) steps.push_back({std::move(name)});
      name.clear();
    } else if (c == '[') {
      if (!name.empty()) steps.push_back({std::move(name)});
      name.clear();
      const std::size_t end = path.find(']', i);
      if (end == path.npos || end == i + 1 || steps.empty())
        return BadPath(path, "a bracket is not closed or empty");
      steps.push_back({std::string(path.substr(i + 1, end - i - 1)), true});
      i = end;
    } else {
      name += c;
    }
  }
  if (!name.empty()) steps.push_back({std::move(name)});
  if (steps.empty() || path.ends_with('.')) return BadPath(path, "it ends without a name");
  return steps;
}

// Returns the list item that `step` means. An index just after the last item and [name=x] make a new one.
// Returns null if there is none.
Json* ItemOf(Json& list, const Step& step) {
  if (list.is_null()) list = Json::array();
  if (!list.is_array()) return nullptr;
  if (const std::size_t equals = step.text.find('='); equals != step.text.npos) {
    const std::string key = step.text.substr(0, equals), value = step.text.substr(equals + 1);
    for (Json& item : list)
      if (shared::StringAt(item, {key}) == value) return &item;
    list.push_back(Json::object());
    list.back()[key] = value;
    return &list.back();
  }
  std::size_t index = 0;
  auto [end, error] = std::from_chars(step.text.data(), step.text.data() + step.text.size(), index);
  if (error != std::errc() || end != step.text.data() + step.text.size() || index > list.size())
    return nullptr;
  if (index == list.size()) list.push_back(nullptr);
  return &list[index];
}

// Where the '=' between path and value stands, or npos.
std::size_t AssignmentPosition(std::string_view assignment) {
  int depth = 0;
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    if (assignment[i] == '\\')
      ++i;
    else if (assignment[i] == '[')
      ++depth;
    else if (assignment[i] == ']')
      --depth;
    else if (assignment[i] == '=' && depth <= 0)
      return i;
  }
  return assignment.npos;
}

}  // namespace

shared::Status SetPath(Json& object, std::string_view path, std::string_view value) {
  ASSIGN_OR_RETURN(std::vector<Step> steps, ParsePath(path));
  ASSIGN_OR_RETURN(Json parsed, ParseYaml("the value of \"" + std::string(path) + "\"", value));
  Json changed = object;
  Json* at = &changed;
  for (const Step& step : steps) {
    if (step.item) {
      at = ItemOf(*at, step);
      if (at == nullptr) return BadPath(path, "there is no item [" + step.text + "]");
      continue;
    }
    if (!at->is_null() && !at->is_object())
      return BadPath(path, "what \"" + step.text + "\" would be a member of is no object");
    at = &(*at)[step.text];
  }
  *at = std::move(parsed);
  object = std::move(changed);
  return shared::Ok();
}

shared::Status Assign(Json& object, std::string_view assignment) {
  const std::size_t equals = AssignmentPosition(assignment);
  if (equals == assignment.npos)
    return Fail(ErrorCode::kUsage,
                "cannot read --set \"" + std::string(assignment) + "\": it is not PATH=VALUE");
  return SetPath(object, assignment.substr(0, equals), assignment.substr(equals + 1));
}

}  // namespace kubectl_ray
