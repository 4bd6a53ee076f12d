#include "kubectl-ray/apply/manifest.h"

#include <algorithm>
#include <charconv>

#include "kubectl-ray/apply/field_path.h"
#include "kubectl-ray/formats/manifest_files.h"
#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::Result;
using shared::StringAt;

constexpr const char* kTemplateHint =
    "It is a template: render it first, as `helm template` does, and apply what comes out by `-f -`.";

// A node, and the line where it is named: that of its key, if it has one.
struct Found {
  const YamlTextNode* node = nullptr;
  std::size_t line = 0;
};

bool IsNamed(const YamlTextNode& item, const std::string& name) {
  for (const char* key : {"groupName", "name"})
    if (const YamlTextNode* value = Member(item, key); value != nullptr) return value->scalar == name;
  return false;
}

Found FindItem(const YamlTextNode& list, const std::string& name) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool is_index = error == std::errc() && end == name.data() + name.size();
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    const YamlTextNode* item = Item(list, i);
    if (item == nullptr || !(is_index ? i == index : IsNamed(*item, name))) continue;
    return {item, list.entries[i].value->line};
  }
  return {};
}

Found FindMember(const YamlTextNode& map, const std::string& key) {
  if (const YamlTextEntry* entry = OwnMember(map, key); entry != nullptr && entry->key != nullptr)
    return {&Resolved(*entry->value), entry->key->line};
  const YamlTextNode* merged = Member(map, key);
  return {merged, merged != nullptr ? merged->line : 0};
}

Found FindStep(const YamlTextNode& node, const FieldPath::Step& step) {
  if (node.is_map()) return FindMember(node, step.name);
  if (node.is_sequence() && step.is_item) return FindItem(node, step.name);
  return {};
}

bool IsPathCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".[]=_-/").find(c) != std::string_view::npos;
}

// The end of the path that begins at `begin`. Within brackets anything stands, such as name="x".
std::size_t EndOfPath(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  bool in_brackets = false;
  for (; end < text.size() && (in_brackets ? text[end] != '\n' : IsPathCharacter(text[end])); ++end) {
    if (text[end] == '[') in_brackets = true;
    if (text[end] == ']') in_brackets = false;
  }
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  return end;
}

// A field below one of those that every object has, or a path that begins with a point.
bool IsField(std::string_view path) {
  if (path.starts_with('.')) return path.size() > 1 && path[1] != '.';
  for (const std::string_view top : {"spec", "metadata", "data"})
    if (path.starts_with(top) && path.size() > top.size() &&
        (path[top.size()] == '.' || path[top.size()] == '['))
      return true;
  return false;
}

// A plain scalar with {{ }}. In quotes or in a block it may be what a program wants.
const YamlTextNode* TemplateNode(const YamlTextDocument& document) {
  for (const auto& node : document.nodes)
    if (node->style == YamlTextNode::Style::kPlain && node->scalar.find("{{") != std::string::npos)
      return node.get();
  return nullptr;
}

shared::Status CheckDocument(const std::string& file, const YamlTextDocument& document) {
  if (const YamlTextNode* node = TemplateNode(document); node != nullptr)
    return Fail(ErrorCode::kUsage,
                "cannot use " + file + ":" + std::to_string(node->line) + ": there is {{ }} in it",
                kTemplateHint);
  if (document.value.is_object()) return shared::Ok();
  return Fail(ErrorCode::kUsage, "cannot use " + file + ":" + std::to_string(document.root->line) +
                                     ": the document is no object");
}

bool IsList(const Json& object) {
  const auto items = object.find("items");
  return StringAt(object, {"kind"}).ends_with("List") && items != object.end() && items->is_array();
}

shared::Status AddObjects(const std::string& file, const std::shared_ptr<const YamlTextDocument>& document,
                          std::vector<Manifest>* manifests) {
  if (!IsList(document->value)) {
    manifests->emplace_back(file, document->value, document, document->root);
    return shared::Ok();
  }
  const YamlTextNode* items = Member(*document->root, "items");
  const Json& values = document->value["items"];
  for (std::size_t i = 0; i < values.size(); ++i) {
    const YamlTextNode* item = items == nullptr ? nullptr : Item(*items, i);
    if (item == nullptr) item = document->root;
    if (!values[i].is_object())
      return Fail(ErrorCode::kUsage,
                  "cannot use " + file + ":" + std::to_string(item->line) + ": the list's item is no object");
    manifests->emplace_back(file, values[i], document, item);
  }
  return shared::Ok();
}

}  // namespace

std::size_t Manifest::LineOf(std::string_view field) const {
  Found found{root_, root_->line};
  for (const FieldPath::Step& step : ParseFieldPath(field).steps()) {
    const Found next = FindStep(*found.node, step);
    if (next.node == nullptr) break;
    found = next;
  }
  return found.line;
}

std::string Manifest::Place(std::string_view field) const {
  return file_ + ":" + std::to_string(LineOf(field));
}

std::string Manifest::WithPlaces(std::string_view message) const {
  std::string placed;
  bool begins = true;  // no word goes on here
  for (std::size_t at = 0; at < message.size();) {
    if (begins && message[at] == '[') {  // a list of complaints
      placed += message[at++];
      continue;
    }
    const std::size_t end = EndOfPath(message, at);
    const std::string_view path = message.substr(at, end - at);
    if (begins && IsField(path)) placed += Place(path) + ": ";
    placed += end > at ? path : message.substr(at, 1);
    at = std::max(end, at + 1);
    begins = !IsPathCharacter(message[at - 1]);
  }
  return placed;
}

Result<std::vector<Manifest>> ParseManifests(const std::string& file, std::string_view text) {
  auto documents = ReadYamlText(file, text);
  if (!documents) {
    shared::Error error = documents.error();
    if (text.find("{{") != text.npos) error.hint = kTemplateHint;
    return shared::Unexpected(std::move(error));
  }
  std::vector<Manifest> manifests;
  for (YamlTextDocument& document : *documents) {
    TRY(CheckDocument(file, document));
    TRY(AddObjects(file, std::make_shared<const YamlTextDocument>(std::move(document)), &manifests));
  }
  return manifests;
}

Result<std::vector<Manifest>> ReadManifests(const std::vector<std::string>& paths, bool recursive,
                                            std::istream& standard_input) {
  std::vector<Manifest> manifests;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const std::vector<std::string> files,
                     ManifestFiles(path, recursive, recursive ? "" : kRecursiveHint));
    for (const std::string& file : files) {
      ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(file, standard_input));
      ASSIGN_OR_RETURN(std::vector<Manifest> objects, ParseManifests(file, text));
      std::move(objects.begin(), objects.end(), std::back_inserter(manifests));
    }
  }
  return manifests;
}

}  // namespace kubectl_ray
