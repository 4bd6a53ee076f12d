#include "kubectl-ray/injection/record.h"

#include <algorithm>
#include <set>

#include "kubectl-ray/injection/agent_in_pod.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

std::string Escaped(std::string_view step) {
  std::string escaped;
  for (const char c : step) {
    if (c == '~')
      escaped += "~0";
    else if (c == '/')
      escaped += "~1";
    else if (c == ' ')
      escaped += "~2";
    else
      escaped += c;
  }
  return escaped;
}

std::string Unescaped(std::string_view step) {
  std::string text;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] != '~' || i + 1 == step.size()) {
      text += step[i];
      continue;
    }
    ++i;
    text += step[i] == '1' ? '/' : step[i] == '2' ? ' ' : '~';
  }
  return text;
}

std::vector<std::string> Divided(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace

FieldPath Join(const FieldPath& parent, std::string_view step) {
  return parent.empty() ? Escaped(step) : parent + "/" + Escaped(step);
}

std::vector<std::string> Steps(const FieldPath& path) {
  std::vector<std::string> steps = Divided(path, '/');
  for (std::string& step : steps) step = Unescaped(step);
  return steps;
}

std::string ItemStep(const Json& list, std::size_t index) {
  const std::string name = StringAt(list[index], {"name"});
  const auto same = [&](const Json& item) { return StringAt(item, {"name"}) == name; };
  return !name.empty() && std::count_if(list.begin(), list.end(), same) == 1 ? name : std::to_string(index);
}

Json WithRecord(Json pod_template, const InjectionRecord& record) {
  // In order, so that it does not depend on the order of members, which the API server changes.
  const std::set<std::string> paths(record.added.begin(), record.added.end());
  std::string added;
  for (const std::string& path : paths) added += (added.empty() ? "" : " ") + path;
  Json& annotations = pod_template["metadata"]["annotations"];
  annotations[kInjectedAnnotation] = added;
  if (record.replaced.empty()) return pod_template;
  Json replaced = Json::object();
  for (const auto& [path, text] : record.replaced) replaced[path] = text;
  annotations[kReplacedAnnotation] = shared::DumpJson(replaced);
  return pod_template;
}

bool HasRecord(const Json& pod_template) {
  return At(pod_template, {"metadata", "annotations", kInjectedAnnotation}).is_string();
}

InjectionRecord ReadRecord(const Json& pod_template) {
  InjectionRecord record;
  record.added = Divided(StringAt(pod_template, {"metadata", "annotations", kInjectedAnnotation}), ' ');
  const FieldPath annotations = Join(Join("", "metadata"), "annotations");
  for (const char* own : {kInjectedAnnotation, kReplacedAnnotation})
    record.added.push_back(Join(annotations, own));
  const auto replaced =
      shared::ParseJson(StringAt(pod_template, {"metadata", "annotations", kReplacedAnnotation}, "{}"));
  if (replaced && replaced->is_object())
    for (const auto& [path, text] : replaced->items())
      if (text.is_string()) record.replaced[path] = text.get<std::string>();
  return record;
}

}  // namespace kubectl_ray
