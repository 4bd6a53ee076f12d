#include "kubectl-ray/cli/print_objects.h"

#include <algorithm>
#include <cctype>

#include "kubectl-ray/formats/yaml.h"
#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;
using shared::Json;
using shared::StringAt;

shared::Status CheckOutput(const std::string& output, const std::string& dry_run) {
  const std::vector<std::string> outputs = {"", "yaml", "json", "name"};
  if (std::find(outputs.begin(), outputs.end(), output) == outputs.end())
    return Fail(ErrorCode::kUsage, "cannot print as \"" + shared::EscapeControl(output) + "\"",
                "Use -o yaml, -o json or -o name.");
  const std::vector<std::string> modes = {"none", "client", "server"};
  if (std::find(modes.begin(), modes.end(), dry_run) == modes.end())
    return Fail(ErrorCode::kUsage, "cannot make a dry run of \"" + shared::EscapeControl(dry_run) + "\"",
                "Use --dry-run=client or --dry-run=server.");
  return shared::Ok();
}

std::string ObjectName(const Json& object) {
  std::string kind = StringAt(object, {"kind"});
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string version = StringAt(object, {"apiVersion"});
  const std::size_t slash = version.find('/');
  if (slash != version.npos) kind += "." + version.substr(0, slash);
  return kind + "/" + StringAt(object, {"metadata", "name"});
}

void PrintObjects(Streams& io, const std::string& output, std::vector<Json> objects) {
  for (Json& object : objects)
    if (auto metadata = object.find("metadata"); metadata != object.end() && metadata->is_object())
      metadata->erase("managedFields");
  if (output == "name") {
    for (const Json& object : objects) io.out << ObjectName(object) << '\n';
  } else if (output == "json") {
    const Json shown = objects.size() == 1 ? objects.front()
                                           : Json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", objects}};
    io.out << shared::DumpJson(shown, 4) << '\n';
  } else {
    for (std::size_t i = 0; i < objects.size(); ++i)
      io.out << (i == 0 ? "" : "---\n") << DumpYaml(objects[i]);
  }
}

}  // namespace kubectl_ray
