#include "kubectl-ray/operator/flags.h"

#include "shared/split.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

// Whether args[i] is the flag; its value, and how many words it takes.
struct Found {
  std::string value;
  std::size_t words = 0;  // 0: it is another word
};

Found FlagAt(const Json& args, std::size_t i, const std::string& name) {
  if (!args[i].is_string()) return {};
  std::string word = args[i].get<std::string>();
  const std::size_t dashes = word.starts_with("--") ? 2 : word.starts_with("-") ? 1 : 0;
  if (dashes == 0) return {};
  word.erase(0, dashes);
  if (word.starts_with(name + "=")) return {word.substr(name.size() + 1), 1};
  if (word != name) return {};
  if (i + 1 < args.size() && args[i + 1].is_string()) return {args[i + 1].get<std::string>(), 2};
  return {"", 1};
}

}  // namespace

std::optional<std::string> OperatorFlag(const Json& args, const std::string& name) {
  std::optional<std::string> value;
  for (std::size_t i = 0; args.is_array() && i < args.size(); ++i)
    if (Found found = FlagAt(args, i, name); found.words > 0) {
      value = std::move(found.value);
      i += found.words - 1;
    }
  return value;
}

void SetOperatorFlag(Json* args, const std::string& name, const std::string& value) {
  Json changed = Json::array();
  bool set = false;
  for (std::size_t i = 0; args->is_array() && i < args->size(); ++i) {
    const Found found = FlagAt(*args, i, name);
    if (found.words == 0)
      changed.push_back((*args)[i]);
    else if (!std::exchange(set, true))
      changed.push_back("--" + name + "=" + value);
    if (found.words > 1) ++i;
  }
  if (!set) changed.push_back("--" + name + "=" + value);
  *args = std::move(changed);
}

std::map<std::string, bool> ParseFeatureGates(const std::string& text) {
  std::map<std::string, bool> gates;
  for (std::string_view pair : shared::Split(text, ',')) {
    const std::size_t equals = pair.find('=');
    const std::string_view name = shared::Trim(pair.substr(0, equals));
    if (name.empty()) continue;
    const std::string_view value = equals == pair.npos ? "" : shared::Trim(pair.substr(equals + 1));
    gates[std::string(name)] =
        value == "true" || value == "True" || value == "TRUE" || value == "1" || value == "t" || value == "T";
  }
  return gates;
}

}  // namespace kubectl_ray
