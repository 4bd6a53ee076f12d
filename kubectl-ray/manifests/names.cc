#include "kubectl-ray/manifests/names.h"

#include <algorithm>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Ok;
using shared::Status;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAlphanumeric(char c) { return IsLower(c) || IsUpper(c) || IsDigit(c); }

bool IsDnsLabel(std::string_view name) {
  auto fits = [](char c) { return IsLower(c) || IsDigit(c); };
  return !name.empty() && fits(name.front()) && fits(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return fits(c) || c == '-'; });
}

std::string Quoted(std::string_view name) {
  constexpr std::size_t kShown = 80;
  std::string shown = shared::EscapeControl(name.substr(0, kShown));
  return '"' + shown + (name.size() > kShown ? "...\"" : "\"");
}

Status Refuse(std::string_view what, std::string_view name, std::string_view cause, std::string_view rule) {
  return Fail(ErrorCode::kUsage,
              "cannot use " + Quoted(name) + " as " + std::string(what) + ": " + std::string(cause),
              std::string(rule));
}

Status CheckLabel(std::string_view what, std::string_view name, std::size_t longest, bool letter_first) {
  const std::string rule = "Use lower case letters, digits and '-', " +
                           std::string(letter_first ? "beginning with a letter and " : "beginning and ") +
                           "ending with a letter or digit, at most " + std::to_string(longest) +
                           " characters.";
  if (name.empty()) return Refuse(what, name, "it is empty", rule);
  if (!IsDnsLabel(name)) return Refuse(what, name, "it is not a DNS label", rule);
  if (letter_first && !IsLower(name.front()))
    return Refuse(what, name, "it does not begin with a letter", rule);
  if (name.size() > longest)
    return Refuse(what, name, "it has " + std::to_string(name.size()) + " characters", rule);
  return Ok();
}

bool IsQualified(std::string_view name) {
  return !name.empty() && name.size() <= 63 && IsAlphanumeric(name.front()) && IsAlphanumeric(name.back()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool IsDnsSubdomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    if (!IsDnsLabel(name.substr(0, dot))) return false;
    if (dot == name.npos) return true;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

Status CheckObjectName(const NameRule& rule, std::string_view name) {
  return CheckLabel(rule.what, name, rule.longest, true);
}

Status CheckClusterName(std::string_view name) { return CheckObjectName(kClusterNames, name); }

Status CheckGroupName(std::string_view name) { return CheckLabel("a worker group's name", name, 63, false); }

Status CheckNamespace(std::string_view name) { return CheckLabel("a namespace", name, 63, false); }

Status CheckLabelKey(std::string_view what, std::string_view key) {
  const std::size_t slash = key.find('/');
  const bool good = slash == key.npos
                        ? IsQualified(key)
                        : IsDnsSubdomain(key.substr(0, slash)) && IsQualified(key.substr(slash + 1));
  if (good) return Ok();
  return Refuse(
      what, key, "it is not a qualified name",
      "Use [prefix/]name: a DNS subdomain as prefix, then at most 63 letters, digits, '-', '_' or '.', "
      "beginning and ending with a letter or digit.");
}

Status CheckLabelValue(std::string_view what, std::string_view value) {
  if (value.empty() || IsQualified(value)) return Ok();
  return Refuse(
      what, value, "it is not a label's value",
      "Use at most 63 letters, digits, '-', '_' or '.', beginning and ending with a letter or digit.");
}

}  // namespace kubectl_ray
