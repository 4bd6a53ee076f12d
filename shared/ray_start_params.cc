#include "shared/ray_start_params.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "shared/json.h"
#include "shared/repeated_name.h"
#include "shared/split.h"
#include "shared/text.h"

namespace shared {
namespace {

enum class Type {
  kText,
  kSecret,
  kSwitch,
  kBool,
  kChoice,
  kInteger,
  kBytes,
  kNumber,
  kPort,
  kWorkerPort,
  kPortList,
  kJson,
  kResources,
  kLabels,
  kAbsolutePath
};

enum class Nodes { kBoth, kHeadOnly };

// The releases whose options the table has.
constexpr RayRelease kOldest{2, 9}, kNewest{2, 60};
// Before this release `labels` is a JSON object; from this release on, `key=value,...` is possible too.
constexpr RayRelease kLabelsAsText{2, 45};

// The releases that know an option: from the first to the last one, both included.
struct Releases {
  RayRelease first = kOldest;
  std::optional<RayRelease> last = std::nullopt;  // none: the newest release still has it
};

constexpr Releases Since(int minor) { return {{2, minor}, std::nullopt}; }
constexpr Releases UpTo(int minor) { return {kOldest, RayRelease{2, minor}}; }

struct Option {
  std::string_view name;
  Type type;
  Nodes nodes = Nodes::kBoth;
  std::int64_t minimum = 0;  // of kInteger, kBytes
  Releases releases = {};
};

// How a key is read that the table lacks.
Option UnknownOption(std::string_view name) { return {name, Type::kText}; }

// The options in `ray start --help` and the hidden ones; redis-password is the only one that is secret.
constexpr std::array kOptions = {
    Option{"address", Type::kText},
    Option{"autoscaling-config", Type::kText},
    Option{"block", Type::kSwitch},
    Option{"cgroup-path", Type::kText, Nodes::kBoth, 0, Since(45)},
    Option{"dashboard-agent-grpc-port", Type::kPort},
    Option{"dashboard-agent-listen-port", Type::kPort},
    Option{"dashboard-grpc-port", Type::kPort, Nodes::kBoth, 0, UpTo(47)},
    Option{"dashboard-host", Type::kText},
    Option{"dashboard-port", Type::kPort},
    Option{"disable-usage-stats", Type::kSwitch},
    Option{"enable-object-reconstruction", Type::kSwitch},
    Option{"enable-resource-isolation", Type::kSwitch, Nodes::kBoth, 0, Since(45)},
    Option{"gcs-server-port", Type::kPort, Nodes::kBoth, 0, UpTo(47)},
    Option{"head", Type::kSwitch},
    Option{"include-dashboard", Type::kBool, Nodes::kHeadOnly},
    Option{"include-log-monitor", Type::kBool, Nodes::kBoth, 0, Since(41)},
    Option{"labels", Type::kLabels},
    Option{"labels-file", Type::kText, Nodes::kBoth, 0, Since(45)},
    Option{"log-color", Type::kChoice},
    Option{"log-style", Type::kChoice},
    Option{"max-worker-port", Type::kWorkerPort},
    Option{"memory", Type::kBytes},
    Option{"metrics-export-port", Type::kPort},
    Option{"min-worker-port", Type::kWorkerPort},
    Option{"no-monitor", Type::kSwitch},
    Option{"no-redirect-output", Type::kSwitch},
    Option{"node-ip-address", Type::kText},
    Option{"node-manager-port", Type::kPort},
    Option{"node-name", Type::kText},
    Option{"num-cpus", Type::kInteger},
    Option{"num-gpus", Type::kInteger},
    Option{"object-manager-port", Type::kPort},
    Option{"object-spilling-directory", Type::kText, Nodes::kBoth, 0, Since(45)},
    Option{"object-store-memory", Type::kBytes, Nodes::kBoth, 75 << 20},
    Option{"plasma-directory", Type::kText},
    Option{"plasma-store-socket-name", Type::kText, Nodes::kBoth, 0, UpTo(47)},
    Option{"port", Type::kPort, Nodes::kHeadOnly},
    Option{"proxy-server-url", Type::kText, Nodes::kBoth, 0, Since(55)},
    Option{"ray-client-server-port", Type::kWorkerPort},
    Option{"ray-debugger-external", Type::kSwitch},
    Option{"raylet-socket-name", Type::kText, Nodes::kBoth, 0, UpTo(47)},
    Option{"redis-max-memory", Type::kBytes, Nodes::kBoth, 0, UpTo(43)},
    Option{"redis-password", Type::kSecret},
    Option{"redis-shard-ports", Type::kText, Nodes::kHeadOnly},
    Option{"redis-username", Type::kText, Nodes::kBoth, 0, Since(41)},
    Option{"resources", Type::kResources},
    Option{"runtime-env-agent-port", Type::kWorkerPort},
    Option{"storage", Type::kText, Nodes::kBoth, 0, UpTo(47)},
    Option{"system-config", Type::kJson},
    Option{"system-reserved-cpu", Type::kNumber, Nodes::kBoth, 0, Since(45)},
    Option{"system-reserved-memory", Type::kBytes, Nodes::kBoth, 0, Since(45)},
    Option{"temp-dir", Type::kAbsolutePath},
    Option{"tracing-startup-hook", Type::kText},
    Option{"verbose", Type::kSwitch},
    Option{"worker-port-list", Type::kPortList},
};

const Option* FindOption(std::string_view name) {
  const auto* found =
      std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& o) { return o.name == name; });
  return found == kOptions.end() ? nullptr : found;
}

bool Has(const std::optional<RayRelease>& release, const Option& option) {
  if (!release) return true;
  const Releases& known = option.releases;
  if (known.last && *release > *known.last) return false;
  return known.first == kOldest || *release >= known.first;
}

bool IsOutsideOfTable(const std::optional<RayRelease>& release) {
  return release && (*release < kOldest || *release > kNewest);
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// Begins every complaint with the same words: `rayStartParams "num-cpus": …`.
Error Complaint(std::string_view key, const std::string& cause, std::string hint) {
  return Error{ErrorCode::kUsage, "rayStartParams " + Quoted(key) + ": " + cause, std::move(hint)};
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::optional<std::int64_t> ReadInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> ReadNumber(const std::string& text) {
  if (text.empty() || std::string_view("+-.0123456789").find(text[0]) == std::string_view::npos)
    return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Returns a Kubernetes quantity (500m, 4Gi, 1.5) as a whole number, rounded up as KubeRay does.
std::optional<std::int64_t> ReadQuantity(const std::string& text) {
  static constexpr std::array<std::pair<std::string_view, double>, 12> kSuffixes = {{{"", 1},
                                                                                     {"m", 1e-3},
                                                                                     {"k", 1e3},
                                                                                     {"M", 1e6},
                                                                                     {"G", 1e9},
                                                                                     {"T", 1e12},
                                                                                     {"Ki", 1024.0},
                                                                                     {"Mi", 1048576.0},
                                                                                     {"Gi", 1073741824.0},
                                                                                     {"Ti", 1099511627776.0},
                                                                                     {"MB", 1e6},
                                                                                     {"GB", 1e9}}};
  const std::size_t split = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = ReadNumber(text.substr(0, split));
  if (!number) return std::nullopt;
  for (const auto& [suffix, factor] : kSuffixes)
    if (text.substr(split) == suffix && *number * factor < 9e18)
      return static_cast<std::int64_t>(std::ceil(*number * factor));
  return std::nullopt;
}

// Reads a JSON value from plain or shell-quoted text, whichever of the two it is. A JSON string that holds
// JSON is opened, because users quote once too often.
std::optional<Json> ReadJson(std::string text, const Variables& variables) {
  for (int layers = 0; layers < 3; ++layers) {
    if (auto value = ParseJson(text)) {
      if (!value->is_string()) return *std::move(value);
      text = value->get<std::string>();
      continue;
    }
    auto words = SplitShellWords(text, variables);
    if (!words) return std::nullopt;
    text.clear();
    for (const std::string& word : *words) text += word + " ";
  }
  return std::nullopt;
}

bool HasShellSyntax(std::string_view text) { return text.find_first_of("'\"\\$`") != std::string_view::npos; }

// Whether the text still refers to a variable.
bool HasReference(std::string_view text, const Variables& variables) {
  return !variables && text.find('$') != std::string_view::npos;
}

// Returns the value as Ray gets it: without quoting, variables resolved, JSON on one line.
Result<std::string> PlainValue(const Option& option, const std::string& text, const Variables& variables) {
  if (option.type == Type::kJson || option.type == Type::kResources) {
    if (auto json = ReadJson(text, variables)) return DumpJson(*json);
    return text;
  }
  if (option.type == Type::kLabels)
    if (auto json = ReadJson(text, variables); json && json->is_object()) return DumpJson(*json);
  if (!HasShellSyntax(text)) return text;
  auto words = SplitShellWords(text, variables);
  if (!words)
    return Unexpected(Complaint(option.name, "its quoting cannot be read",
                                "Close every quote and write $NAME for a variable; no shell runs it."));
  if (words->empty()) return std::string();  // a variable that is not set
  if (words->size() > 1)
    return Unexpected(
        Complaint(option.name, "it is more than one word", "Quote the whole value, or none of it."));
  return std::move(words->front());
}

bool IsLabelName(std::string_view name) {
  auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= 63 && is_alphanumeric(name.front()) &&
         is_alphanumeric(name.back()) && std::all_of(name.begin(), name.end(), [&](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
         });
}

std::optional<Error> CheckJsonLabels(const Json& labels) {
  for (const auto& [name, value] : labels.items())
    if (!value.is_string())
      return Complaint("labels", Quoted(name) + " is " + DumpJson(value) + ", not a string",
                       R"(Write labels: '{"key1": "value1"}'.)");
  return std::nullopt;
}

std::optional<Error> CheckLabels(const std::string& value, const std::optional<RayRelease>& release) {
  if (auto json = ParseJson(value); json && json->is_object()) return CheckJsonLabels(*json);
  if (release && *release < kLabelsAsText)
    return Complaint("labels",
                     Quoted(value) + " is not a JSON object, which Ray " + release->ToText() + " needs",
                     R"(Write labels: '{"key1": "value1"}'.)");
  if (value.empty()) return std::nullopt;
  const std::string hint = "Write labels: \"key1=value1,key2=value2\", each as Kubernetes allows it.";
  for (std::string_view pair : Split(value, ',')) {
    const auto parts = Split(pair, '=');
    if (parts.size() != 2) return Complaint("labels", Quoted(pair) + " is not key=value", hint);
    std::string_view name = Trim(parts[0]);
    if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos)
      name.remove_prefix(slash + 1);
    const std::string_view label_value = Trim(parts[1]);
    if (!IsLabelName(name) || !(label_value.empty() || IsLabelName(label_value)))
      return Complaint("labels", Quoted(pair) + " is not a label", hint);
  }
  return std::nullopt;
}

// Returns what is wrong with a resource's quantity, if anything.
std::optional<std::string> WrongQuantity(const Json& quantity) {
  constexpr double kMostOfAResource = 100e12;  // ray_constants.MAX_RESOURCE_QUANTITY
  if (!quantity.is_number() || quantity.get<double>() < 0 || quantity.get<double>() > kMostOfAResource)
    return DumpJson(quantity) + ", not a number from 0 to 1e14";
  // Tasks may ask for a fraction, but no release lets a node have one.
  if (quantity.get<double>() != std::floor(quantity.get<double>()))
    return DumpJson(quantity) + ", not a whole number";
  return std::nullopt;
}

std::optional<Error> CheckResources(const std::string& value) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOwnParams = {
      {{"CPU", "num-cpus"},
       {"GPU", "num-gpus"},
       {"memory", "memory"},
       {"object_store_memory", "object-store-memory"}}};
  const std::string hint = R"(Write resources: '{"name": 1, "other": 2}'.)";
  auto json = ParseJson(value);
  if (!json || !json->is_object())
    return Complaint("resources", Quoted(value) + " is not a JSON object of numbers", hint);
  for (const auto& [name, quantity] : json->items()) {
    for (const auto& [reserved, param] : kOwnParams)
      if (name == reserved)
        return Complaint("resources", Quoted(name) + " is not a custom resource",
                         "Set rayStartParams " + Quoted(param) + " instead.");
    if (name == "node:__internal_head__")
      return Complaint("resources", Quoted(name) + " is reserved by Ray", "Use another name.");
    if (const auto wrong = WrongQuantity(quantity))
      return Complaint("resources", Quoted(name) + " is " + *wrong, hint);
  }
  return std::nullopt;
}

std::optional<Error> CheckPort(std::string_view key, std::string_view value, std::int64_t minimum,
                               bool zero_allowed) {
  const auto port = ReadInteger(value);
  if (port && ((*port >= minimum && *port <= 65535) || (*port == 0 && zero_allowed))) return std::nullopt;
  return Complaint(key, Quoted(value) + " is not a port",
                   "Write a whole number from " + std::to_string(minimum) + " to 65535" +
                       (zero_allowed && minimum > 0 ? ", or 0 for any." : "."));
}

std::optional<Error> CheckInteger(const Option& option, const std::string& value) {
  const auto number = ReadInteger(value);
  if (number && *number >= option.minimum) return std::nullopt;
  const std::string key(option.name);
  const auto quantity = ReadQuantity(value);
  if (number)
    return Complaint(key, Quoted(value) + " is less than " + std::to_string(option.minimum),
                     "Write " + key + ": \"" + std::to_string(option.minimum) + "\" or more.");
  const bool is_bytes = option.type == Type::kBytes;
  std::string hint = is_bytes ? "Write the number of bytes, e.g. " + key + ": \"4294967296\"."
                              : "Write a whole number, e.g. " + key + ": \"1\".";
  if (quantity && *quantity >= option.minimum)
    hint = "Write " + key + ": \"" + std::to_string(*quantity) + "\".";
  return Complaint(key, Quoted(value) + " is not a whole number" + (is_bytes ? " of bytes" : ""), hint);
}

std::optional<Error> CheckOneOf(std::string_view key, const std::string& value,
                                const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), Lower(value)) != allowed.end()) return std::nullopt;
  std::string list;
  for (const std::string& word : allowed) list += (list.empty() ? "\"" : "\", \"") + word;
  return Complaint(key, Quoted(value) + " is not one of its values", "Write one of " + list + "\".");
}

std::optional<Error> CheckChoice(const Option& option, const std::string& value) {
  if (option.name == "log-color") return CheckOneOf(option.name, value, {"auto", "false", "true"});
  return CheckOneOf(option.name, value, {"auto", "record", "pretty"});
}

std::optional<Error> CheckPortList(const Option& option, const std::string& value) {
  for (std::string_view port : Split(value, ','))
    if (auto error = CheckPort(option.name, Trim(port), 1024, false)) return error;
  return std::nullopt;
}

std::optional<Error> CheckNumber(const Option& option, const std::string& value) {
  if (auto number = ReadNumber(value); number && *number >= 0) return std::nullopt;
  return Complaint(option.name, Quoted(value) + " is not a number", "Write a number of cores, e.g. \"1.5\".");
}

std::optional<Error> CheckValue(const Option& option, const std::string& value,
                                const std::optional<RayRelease>& release) {
  switch (option.type) {
    case Type::kText:
    case Type::kSecret:
      return std::nullopt;
    case Type::kSwitch:
      return CheckOneOf(option.name, value, {"true", "false"});
    case Type::kBool:  // click.BOOL's words
      return CheckOneOf(option.name, value,
                        {"true", "false", "1", "0", "yes", "no", "on", "off", "y", "n", "t", "f"});
    case Type::kChoice:
      return CheckChoice(option, value);
    case Type::kInteger:
    case Type::kBytes:
      return CheckInteger(option, value);
    case Type::kNumber:
      return CheckNumber(option, value);
    case Type::kPort:
      return CheckPort(option.name, value, 0, true);
    case Type::kWorkerPort:
      return CheckPort(option.name, value, 1024, option.name.find("-worker-") != std::string_view::npos);
    case Type::kPortList:
      return CheckPortList(option, value);
    case Type::kJson:
      if (auto json = ParseJson(value); json && json->is_object()) return std::nullopt;
      return Complaint(option.name, Quoted(value) + " is not a JSON object", "Write it as '{\"name\": 1}'.");
    case Type::kResources:
      return CheckResources(value);
    case Type::kLabels:
      return CheckLabels(value, release);
    case Type::kAbsolutePath:
      if (value.starts_with('/')) return std::nullopt;
      return Complaint(option.name, Quoted(value) + " is not an absolute path", "Let it start with a \"/\".");
  }
  return std::nullopt;
}

std::string NearName(const std::string& key) {
  std::vector<std::string> names;
  for (const Option& known : kOptions) names.emplace_back(known.name);
  return DidYouMean(key.starts_with("--") ? key.substr(2) : key, names);
}

// Whether a release that the table lacks may have an option of this name.
bool MayBeAnOption(const std::string& key) {
  return !key.empty() && key.front() >= 'a' && key.front() <= 'z' &&
         key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

Error NoSuchOption(const std::string& key) {
  std::string hint = NearName(key);
  if (hint.empty()) hint = "`ray start --help` lists what there is.";
  return Complaint(key, "`ray start` has no such option", hint);
}

Error OfAnotherRelease(const Option& option, const RayRelease& release) {
  const bool is_newer = release < option.releases.first;
  const std::string cause = "`ray start` of Ray " + release.ToText() + " has no such option, which " +
                            (is_newer ? "came with Ray " + option.releases.first.ToText()
                                      : "Ray " + option.releases.last->ToText() + " had last");
  return Complaint(option.name, cause,
                   is_newer ? "Remove it, or use an image with a newer Ray." : "Remove it.");
}

std::optional<Error> CheckParam(const std::string& key, const std::string& text, RayNodeType node_type,
                                const Variables& variables, const std::optional<RayRelease>& release) {
  const Option* option = FindOption(key);
  if (option == nullptr && !(IsOutsideOfTable(release) && MayBeAnOption(key))) return NoSuchOption(key);
  if (option != nullptr && !Has(release, *option)) return OfAnotherRelease(*option, *release);
  const Option unknown = UnknownOption(key);
  if (option == nullptr) option = &unknown;
  if (option->nodes == Nodes::kHeadOnly && node_type == RayNodeType::kWorker)
    return Complaint(key, "only a head may have it", "Move it to the head group, or remove it.");
  if (HasReference(text, variables)) return std::nullopt;
  auto value = PlainValue(*option, text, variables);
  if (!value) return value.error();
  if (auto error = CheckValue(*option, *value, release)) return error;
  if (key == "head" && (Lower(*value) == "true") != (node_type == RayNodeType::kHead))
    return Complaint(key, Quoted(*value) + " contradicts the group it stands in", "Remove it.");
  if (key == "no-redirect-output" && Lower(*value) == "true")
    return Complaint(key, "Ray refuses it since its 1.6", "Remove it.");
  return std::nullopt;
}

// The params whose values are plain, so that two of them can be compared.
class PlainParams {
 public:
  PlainParams(const RayStartParams& params, const Variables& variables,
              const std::optional<RayRelease>& release) {
    for (const auto& [key, text] : params) {
      const Option* option = FindOption(key);
      if (option == nullptr || HasReference(text, variables)) continue;
      auto value = PlainValue(*option, text, variables);
      if (value && !CheckValue(*option, *value, release)) values_[key] = *std::move(value);
    }
  }

  const std::string* Find(const std::string& key) const {
    auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }
  bool IsTrue(const std::string& key) const {
    const std::string* value = Find(key);
    return value != nullptr && Lower(*value) == "true";
  }
  std::int64_t Integer(const std::string& key, std::int64_t fallback) const {
    const std::string* value = Find(key);
    return value == nullptr ? fallback : ReadInteger(*value).value_or(fallback);
  }

 private:
  std::map<std::string, std::string> values_;
};

struct NamedPort {
  std::string key;
  std::int64_t port;
  bool is_default;
};

// Returns every port but the workers', the defaults included; 0 (any) is left out. A worker reserves the
// dashboard's and the client server's port as well (RayParams.update_pre_selected_port).
std::vector<NamedPort> NamedPorts(const PlainParams& params, const RayStartParams& given,
                                  RayNodeType node_type) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 11> kDefaults = {
      {{"port", 6379},
       {"dashboard-port", 8265},
       {"ray-client-server-port", 10001},
       {"dashboard-agent-listen-port", 52365},
       {"metrics-export-port", 8080},
       {"dashboard-agent-grpc-port", 0},
       {"dashboard-grpc-port", 0},
       {"gcs-server-port", 0},
       {"node-manager-port", 0},
       {"object-manager-port", 0},
       {"runtime-env-agent-port", 0}}};
  std::vector<NamedPort> ports;
  for (const auto& [name, fallback] : kDefaults) {
    const std::string key(name);
    const bool is_default = !given.contains(key);
    if (key == "port" && node_type == RayNodeType::kWorker) continue;
    const std::int64_t port = params.Integer(key, is_default ? fallback : 0);
    if (port != 0) ports.push_back({key, port, is_default});
  }
  return ports;
}

std::string Owner(const NamedPort& port) {
  return Quoted(port.key) + (port.is_default ? " (its default)" : "");
}

void CheckNamedPorts(const std::vector<NamedPort>& ports, std::vector<Error>* errors) {
  for (std::size_t i = 0; i < ports.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      if (ports[i].port != ports[j].port) continue;
      // The complaint is about the port that the user wrote.
      const NamedPort& wrong = ports[i].is_default ? ports[j] : ports[i];
      const NamedPort& other = ports[i].is_default ? ports[i] : ports[j];
      errors->push_back(Complaint(wrong.key,
                                  "port " + std::to_string(wrong.port) + " is also that of " + Owner(other),
                                  "Give one of the two another port."));
    }
}

void CheckWorkerPorts(const PlainParams& params, const RayStartParams& given,
                      const std::vector<NamedPort>& named, std::vector<Error>* errors) {
  if (const std::string* list = params.Find("worker-port-list")) {
    for (std::string_view port : Split(*list, ','))
      for (const NamedPort& other : named)
        if (ReadInteger(Trim(port)) == other.port)
          errors->push_back(Complaint("worker-port-list",
                                      "port " + std::string(Trim(port)) + " is also that of " + Owner(other),
                                      "Take it out of the list, or give the other another port."));
    return;
  }
  if (given.contains("worker-port-list")) return;
  const std::int64_t low = params.Integer("min-worker-port", 10002);
  const std::int64_t high = params.Integer("max-worker-port", 19999);
  const std::string range = std::to_string(low) + " to " + std::to_string(high);
  const std::string key = given.contains("min-worker-port") || !given.contains("max-worker-port")
                              ? "min-worker-port"
                              : "max-worker-port";
  if (low == 0 && high == 0) return;
  if (high != 0 && high <= low) {
    errors->push_back(Complaint(key, "the workers' ports " + range + " are no range",
                                "Set both min-worker-port and max-worker-port, the second higher."));
    return;
  }
  for (const NamedPort& other : named)
    if (other.port >= low && other.port <= high)
      errors->push_back(Complaint(other.is_default ? key : other.key,
                                  "port " + std::to_string(other.port) + " of " + Owner(other) +
                                      " lies among the workers' ports " + range,
                                  "Move min-worker-port and max-worker-port, or give " + Quoted(other.key) +
                                      " a port outside of them."));
}

void CheckIsolation(const PlainParams& params, const RayStartParams& given, std::vector<Error>* errors) {
  if (params.IsTrue("enable-resource-isolation")) return;
  for (const char* key : {"cgroup-path", "system-reserved-cpu", "system-reserved-memory"})
    if (given.contains(key))
      errors->push_back(Complaint(key, "it contradicts \"enable-resource-isolation\", which is not \"true\"",
                                  "Set enable-resource-isolation: \"true\", or remove it."));
}

// Reads one word of a command line after `ray start`, and the next one too if that is its value.
Status ReadOption(const std::vector<std::string>& words, std::size_t* at, RayStartCommand* command) {
  std::string key = words[*at] == "-v" ? "verbose" : words[*at];
  if (key.starts_with("--"))
    key.erase(0, 2);
  else if (key != "verbose")
    return Fail(ErrorCode::kUsage, "cannot read the ray start command line: " + Quoted(key) + " is no option",
                "Write each option as --name or --name=value.");
  std::optional<std::string> value;
  if (const std::size_t equals = key.find('='); equals != std::string::npos) {
    value = key.substr(equals + 1);
    key.resize(equals);
  }
  if (key == "head") {
    command->node_type = RayNodeType::kHead;
    return Ok();
  }
  const Option* option = FindOption(key);
  if (!value && (option == nullptr || option->type == Type::kSwitch)) value = "true";
  if (!value && *at + 1 < words.size()) value = words[++*at];
  if (!value) return Unexpected(Complaint(key, "it has no value", "Write --" + key + "=value."));
  if (!command->params.emplace(key, QuoteShellWord(*value)).second)
    return Unexpected(Complaint(key, "it is given twice", "Remove one of the two."));
  return Ok();
}

}  // namespace

Result<RayStartParams> ParseRayStartParams(std::string_view json) {
  const std::string hint = R"(Write it as {"num-cpus": "4", "dashboard-host": "0.0.0.0"}.)";
  auto parsed = ParseJson(json);
  if (!parsed) return Fail(ErrorCode::kUsage, "cannot read rayStartParams: " + parsed.error().message, hint);
  if (!parsed->is_object())
    return Fail(ErrorCode::kUsage, "cannot read rayStartParams: it is not a JSON object", hint);
  if (const auto repeated = FindRepeatedName(json))
    return Unexpected(Complaint(*repeated, "it is given twice", "Remove one of the two."));
  RayStartParams params;
  for (const auto& [key, value] : parsed->items()) {
    if (value.is_string()) {
      params[key] = value.get<std::string>();
    } else if (value.is_number() || value.is_boolean() || value.is_object()) {
      params[key] = DumpJson(value);
    } else {
      return Unexpected(Complaint(key, DumpJson(value) + " is not a value", "Write it as a string."));
    }
  }
  return params;
}

std::vector<Error> CheckRayStartParams(const RayStartParams& params, RayNodeType node_type,
                                       const Variables& variables, const std::optional<RayRelease>& release) {
  std::vector<Error> errors;
  for (const auto& [key, text] : params)
    if (auto error = CheckParam(key, text, node_type, variables, release))
      errors.push_back(*std::move(error));
  const PlainParams plain(params, variables, release);
  const std::vector<NamedPort> named = NamedPorts(plain, params, node_type);
  CheckNamedPorts(named, &errors);
  CheckWorkerPorts(plain, params, named, &errors);
  CheckIsolation(plain, params, &errors);
  return errors;
}

std::vector<Error> UnknownRayStartParams(const RayStartParams& params,
                                         const std::optional<RayRelease>& release) {
  std::vector<Error> warnings;
  if (!IsOutsideOfTable(release)) return warnings;
  for (const auto& [key, text] : params)
    if (FindOption(key) == nullptr)
      warnings.push_back(
          Complaint(key, "this option is not known here, and Ray " + release->ToText() + " gets it unread",
                    NearName(key)));
  return warnings;
}

RayStartParams CompleteRayStartParams(RayStartParams params, RayNodeType node_type, std::string_view address,
                                      const RayContainerLimits& limits) {
  if (node_type == RayNodeType::kHead) {
    params.try_emplace("dashboard-host", "0.0.0.0");
  } else {
    params.try_emplace("address", address);
  }
  params.try_emplace("metrics-export-port", "8080");
  params.try_emplace("dashboard-agent-listen-port", "52365");
  params["block"] = "true";
  if (limits.cpus) params.try_emplace("num-cpus", std::to_string(*limits.cpus));
  if (limits.memory_bytes) params.try_emplace("memory", std::to_string(*limits.memory_bytes));
  if (limits.gpus) params.try_emplace("num-gpus", std::to_string(*limits.gpus));
  return params;
}

std::optional<std::string> WithAccelerator(const RayStartParams& params, const std::string& name,
                                           std::int64_t count) {
  Json resources = Json::object();
  if (auto found = params.find("resources"); found != params.end()) {
    auto given = ReadJson(found->second, nullptr);
    if (!given || !given->is_object()) return std::nullopt;
    resources = *std::move(given);
  }
  if (resources.contains("TPU") || resources.contains("neuron_cores")) return std::nullopt;
  resources[name] = count;
  return QuoteShellWord(DumpJson(resources));
}

Result<std::vector<std::string>> RayStartArguments(const RayStartParams& params, RayNodeType node_type,
                                                   const Variables& variables) {
  std::vector<std::string> arguments = {"start"};
  if (node_type == RayNodeType::kHead) arguments.emplace_back("--head");
  for (const auto& [key, text] : params) {
    const Option* known = FindOption(key);
    const Option option = known != nullptr ? *known : UnknownOption(key);
    ASSIGN_OR_RETURN(const std::string value, PlainValue(option, text, variables));
    if (key == "head") continue;
    const std::string word = Lower(value);
    const bool is_switch =
        known != nullptr ? option.type == Type::kSwitch : word == "true" || word == "false";
    if (!is_switch) {
      arguments.push_back("--" + key + "=" + value);
    } else if (word == "true") {
      arguments.push_back("--" + key);
    }
  }
  return arguments;
}

Result<RayStartCommand> ParseRayStartCommand(std::string_view command_line, const Variables& variables) {
  ASSIGN_OR_RETURN(const std::vector<std::string> words, SplitShellWords(command_line, variables));
  const bool is_ray = words.size() >= 2 && (words[0] == "ray" || words[0].ends_with("/ray"));
  if (!is_ray || words[1] != "start")
    return Fail(ErrorCode::kUsage,
                "cannot read the ray start command line: it does not begin with \"ray start\"",
                "Set rayStartParams instead.");
  RayStartCommand command;
  for (std::size_t at = 2; at < words.size(); ++at) TRY(ReadOption(words, &at, &command));
  return command;
}

}  // namespace shared
