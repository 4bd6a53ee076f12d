#include "kubectl-ray/convert/launcher_file.h"

#include <algorithm>
#include <array>

#include "kubectl-ray/convert/group_names.h"
#include "kubectl-ray/convert/note_list.h"
#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/manifests/names.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Json;

enum class Type { kString, kInteger, kNumber, kBoolean, kMap, kList, kAny };

struct Key {
  const char* name;
  Type type;
};

// ray-schema.json of Ray 1.9.2; idle_timeout_minutes was an integer until 1.6.
constexpr Key kKeys[] = {
    {"cluster_name", Type::kString},
    {"min_workers", Type::kInteger},
    {"max_workers", Type::kInteger},
    {"initial_workers", Type::kInteger},
    {"autoscaling_mode", Type::kString},
    {"target_utilization_fraction", Type::kNumber},
    {"upscaling_speed", Type::kNumber},
    {"idle_timeout_minutes", Type::kNumber},
    {"provider", Type::kMap},
    {"auth", Type::kMap},
    {"docker", Type::kMap},
    {"head_node_type", Type::kString},
    {"worker_default_node_type", Type::kString},
    {"head_node", Type::kMap},
    {"worker_nodes", Type::kMap},
    {"file_mounts", Type::kMap},
    {"cluster_synced_files", Type::kList},
    {"file_mounts_sync_continuously", Type::kBoolean},
    {"rsync_exclude", Type::kList},
    {"rsync_filter", Type::kList},
    {"metadata", Type::kMap},
    {"initialization_commands", Type::kList},
    {"setup_commands", Type::kList},
    {"head_setup_commands", Type::kList},
    {"worker_setup_commands", Type::kList},
    {"head_start_ray_commands", Type::kList},
    {"worker_start_ray_commands", Type::kList},
    {"no_restart", Type::kAny},
    {"available_node_types", Type::kMap},
};

constexpr Key kNodeTypeKeys[] = {
    {"node_config", Type::kMap},
    {"resources", Type::kMap},
    {"min_workers", Type::kInteger},
    {"max_workers", Type::kInteger},
    {"initialization_commands", Type::kList},
    {"worker_setup_commands", Type::kList},
    {"docker", Type::kMap},
};

// The pods of autoscaler/kubernetes/defaults.yaml, without what only the launcher had use for.
constexpr const char* kDefaultHead = R"({"metadata":{"labels":{"component":"example-cluster-ray-head"}},
"spec":{"restartPolicy":"Never","containers":[{"name":"ray-node","imagePullPolicy":"Always",
"image":"rayproject/ray:latest","ports":[{"containerPort":6379},{"containerPort":10001},{"containerPort":8265}],
"resources":{"requests":{"cpu":"1000m","memory":"512Mi"},"limits":{"memory":"512Mi"}}}]}})";
constexpr const char* kDefaultWorker = R"({"spec":{"restartPolicy":"Never","containers":[{"name":"ray-node",
"imagePullPolicy":"Always","image":"rayproject/ray:latest",
"resources":{"requests":{"cpu":"1000m","memory":"512Mi"},"limits":{"memory":"512Mi"}}}]}})";

constexpr const char* kDefaultHeadStart =
    "ulimit -n 65536; ray start --head --autoscaling-config=~/ray_bootstrap_config.yaml --dashboard-host "
    "0.0.0.0";
constexpr const char* kDefaultWorkerStart = "ulimit -n 65536; ray start --address=$RAY_HEAD_IP:6379";

Tree DefaultPod(const char* json) { return Tree(shared::ParseJson(json).value_or(Json::object())); }

bool HasType(const Tree& value, Type type) {
  switch (type) {
    case Type::kString:
      return value.is_string();
    case Type::kInteger:
      return value.kind == Tree::Kind::kScalar && value.scalar.is_number_integer();
    case Type::kNumber:
      return value.kind == Tree::Kind::kScalar && value.scalar.is_number();
    case Type::kBoolean:
      return value.kind == Tree::Kind::kScalar && value.scalar.is_boolean();
    case Type::kMap:
      return value.is_map();
    case Type::kList:
      return value.is_list();
    case Type::kAny:
      return true;
  }
  return false;
}

const char* TypeWord(Type type) {
  constexpr std::array<const char*, 7> kWords = {"a text", "a whole number", "a number", "true or false",
                                                 "a map",  "a list",         "anything"};
  return kWords.at(static_cast<std::size_t>(type));
}

class Reader {
 public:
  Reader(std::string_view source, const Tree& document, const std::string& action)
      : notes_(std::string(source), action), document_(document) {
    file_.source = source;
    file_.action = action;
    file_.document = document;
  }

  shared::Result<LauncherFile> Read() {
    TRY(CheckKeys(document_, "", kKeys));
    TRY(ReadProvider());
    TRY(ReadName());
    TRY(ReadScaling());
    TRY(ReadNodeTypes());
    TRY(ReadCommands());
    TRY(ReadFiles());
    return std::move(file_);
  }

 private:
  template <std::size_t N>
  shared::Status CheckKeys(const Tree& map, const std::string& path, const Key (&keys)[N]) const {
    for (const Tree::Member& member : map.members) {
      const auto key = std::find_if(std::begin(keys), std::end(keys),
                                    [&](const Key& k) { return member.first == k.name; });
      if (key == std::end(keys)) {
        std::vector<std::string> known;
        for (const Key& k : keys) known.emplace_back(k.name);
        return notes_.Refusal(member.second.line, "the launcher has no key \"" + path + member.first + "\"",
                              shared::DidYouMean(member.first, known));
      }
      // The launcher's own files have keys without a value.
      if (!member.second.is_null() && !HasType(member.second, key->type))
        return notes_.Refusal(member.second.line,
                              "\"" + path + member.first + "\" is not " + TypeWord(key->type));
    }
    return shared::Ok();
  }

  shared::Status ReadProvider() {
    const Tree* provider = document_.Find("provider");
    if (provider == nullptr || provider->is_null())
      return notes_.Refusal(document_.line, "it has no \"provider\"");
    const std::string type = provider->StringAt({"type"});
    const int line = document_.LineAt({"provider", "type"});
    if (type.empty()) return notes_.Refusal(line, "it has no \"provider.type\"");
    if (type != "kubernetes")
      return notes_.Refusal(line, "provider \"" + type + "\" is not kubernetes",
                            "Only pods can become a RayCluster: describe the machines of \"" + type +
                                "\" as pods first, or stay with `ray up`.");
    file_.ns = provider->StringAt({"namespace"});
    if (!file_.ns.empty() && !CheckNamespace(file_.ns))
      return notes_.Refusal(document_.LineAt({"provider", "namespace"}),
                            "provider.namespace \"" + file_.ns + "\" is no name in Kubernetes");
    return shared::Ok();
  }

  shared::Status ReadName() {
    file_.cluster_name = document_.StringAt({"cluster_name"});
    file_.cluster_name_line = document_.LineAt({"cluster_name"});
    const shared::Status valid = CheckClusterName(file_.cluster_name);
    if (valid) return shared::Ok();
    return notes_.Refusal(file_.cluster_name_line, "cluster_name: " + valid.error().message,
                          valid.error().hint);
  }

  shared::Result<std::int64_t> Count(const Tree& map, const std::string& path, const char* key,
                                     std::int64_t fallback) const {
    const Tree* value = map.Find(key);
    if (value == nullptr || value->is_null()) return fallback;
    const auto count = value->scalar.get<std::int64_t>();
    if (count < 0 || count > 2147483647)
      return notes_.Refusal(
          value->line, "\"" + path + key + "\" is " + std::to_string(count) + ", not a number of workers");
    return count;
  }

  shared::Status ReadScaling() {
    ASSIGN_OR_RETURN(file_.max_workers, Count(document_, "", "max_workers", 2));
    file_.max_workers_line = document_.LineAt({"max_workers"});
    if (const Tree* speed = document_.Find("upscaling_speed"); speed != nullptr && !speed->is_null())
      file_.upscaling_speed = speed->scalar.get<double>();
    if (const Tree* idle = document_.Find("idle_timeout_minutes"); idle != nullptr && !idle->is_null())
      file_.idle_timeout_minutes = idle->scalar.get<double>();
    if (!(file_.idle_timeout_minutes >= 0) || file_.idle_timeout_minutes > 1e6)
      return notes_.Refusal(document_.LineAt({"idle_timeout_minutes"}),
                            "\"idle_timeout_minutes\" is not a number of minutes");
    return shared::Ok();
  }

  shared::Status ReadNodeTypes() {
    const Tree* types = document_.Find("available_node_types");
    file_.has_node_types = types != nullptr && !types->is_null();
    if (!file_.has_node_types) return ReadTwoNodes();
    const std::string head = document_.StringAt({"head_node_type"});
    const int line = document_.LineAt({"head_node_type"});
    if (head.empty())
      return notes_.Refusal(types->line, "it has \"available_node_types\" and no \"head_node_type\"");
    if (types->Find(head) == nullptr) {
      std::vector<std::string> names;
      for (const Tree::Member& type : types->members) names.push_back(type.first);
      return notes_.Refusal(line, "head_node_type \"" + head + "\" is none of the available_node_types",
                            shared::DidYouMean(head, names));
    }
    GroupNames names;
    for (const Tree::Member& member : types->members) {
      ASSIGN_OR_RETURN(LauncherNodeType type,
                       ReadNodeType(member.first, member.second, member.first == head));
      if (!type.is_head) type.group = names.Unique(type.name);
      file_.node_types.insert(type.is_head ? file_.node_types.begin() : file_.node_types.end(),
                              std::move(type));
    }
    return shared::Ok();
  }

  shared::Result<LauncherNodeType> ReadNodeType(const std::string& name, const Tree& tree,
                                                bool is_head) const {
    const std::string path = "available_node_types." + name + ".";
    if (!tree.is_map()) return notes_.Refusal(tree.line, "\"" + path + "\" is not a map");
    TRY(CheckKeys(tree, path, kNodeTypeKeys));
    LauncherNodeType type;
    type.name = name;
    type.group = kHeadGroupName;
    type.line = tree.line;
    type.above = tree.above;
    type.is_head = is_head;
    ASSIGN_OR_RETURN(type.min_workers, Count(tree, path, "min_workers", 0));
    if (const Tree* most = tree.Find("max_workers"); most != nullptr && !most->is_null()) {
      ASSIGN_OR_RETURN(type.max_workers, Count(tree, path, "max_workers", 0));
    }
    const Tree* config = tree.Find("node_config");
    if (config == nullptr || config->is_null())
      return notes_.Refusal(tree.line, "\"" + path + "node_config\" is missing");
    const Tree* pod = config->Find("pod");
    type.pod = pod != nullptr ? *pod : *config;
    for (const char* key : {"service", "ingress"})
      if (const Tree* service = config->Find(key); pod != nullptr && service != nullptr)
        type.services.push_back(*service);
    if (const Tree* resources = tree.Find("resources")) type.resources = *resources;
    ASSIGN_OR_RETURN(type.initialization_commands, OwnCommands(tree, path, "initialization_commands"));
    ASSIGN_OR_RETURN(type.worker_setup_commands, OwnCommands(tree, path, "worker_setup_commands"));
    return type;
  }

  // Ray until 1.13; also what the file leaves to the launcher's own defaults.
  shared::Status ReadTwoNodes() {
    const auto given = [&](const char* key) {
      const Tree* node = document_.Find(key);
      return node != nullptr && !node->empty() ? node : nullptr;
    };
    const Tree* head = given("head_node");
    const Tree* workers = given("worker_nodes");
    file_.has_own_pods = head != nullptr || workers != nullptr;
    LauncherNodeType head_type = NodeOf(head, "head_node", kDefaultHead);
    head_type.group = kHeadGroupName;
    head_type.is_head = true;
    head_type.max_workers = 0;
    LauncherNodeType worker_type = NodeOf(workers, "worker_nodes", kDefaultWorker);
    GroupNames names;
    worker_type.group = names.Unique(worker_type.name);
    if (file_.has_own_pods) {
      ASSIGN_OR_RETURN(worker_type.min_workers, Count(document_, "", "min_workers", 0));
    }
    file_.node_types = {std::move(head_type), std::move(worker_type)};
    return shared::Ok();
  }

  static LauncherNodeType NodeOf(const Tree* node, const char* name, const char* fallback) {
    LauncherNodeType type;
    type.name = name;
    type.pod = node != nullptr ? *node : DefaultPod(fallback);
    type.line = type.pod.line;
    type.above = type.pod.above;
    type.resources = type.pod.Take("resources");
    return type;
  }

  shared::Result<std::vector<LauncherCommand>> Commands(const Tree& map, const std::string& path,
                                                        const char* key) const {
    std::vector<LauncherCommand> commands;
    const Tree* list = map.Find(key);
    if (list == nullptr) return commands;
    for (const Tree& item : list->items) {
      if (!item.is_string())
        return notes_.Refusal(item.line, "an item of \"" + path + key + "\" is not a text");
      commands.push_back({item.scalar.get<std::string>(), item.line});
    }
    return commands;
  }

  shared::Result<std::optional<std::vector<LauncherCommand>>> OwnCommands(const Tree& map,
                                                                          const std::string& path,
                                                                          const char* key) const {
    const Tree* list = map.Find(key);
    if (list == nullptr || list->is_null()) return std::optional<std::vector<LauncherCommand>>();
    ASSIGN_OR_RETURN(std::vector<LauncherCommand> commands, Commands(map, path, key));
    return std::optional(std::move(commands));
  }

  shared::Status ReadCommands() {
    const std::pair<const char*, std::vector<LauncherCommand>*> lists[] = {
        {"initialization_commands", &file_.initialization_commands},
        {"setup_commands", &file_.setup_commands},
        {"head_setup_commands", &file_.head_setup_commands},
        {"worker_setup_commands", &file_.worker_setup_commands},
        {"head_start_ray_commands", &file_.head_start_ray_commands},
        {"worker_start_ray_commands", &file_.worker_start_ray_commands},
        {"cluster_synced_files", &file_.cluster_synced_files}};
    for (const auto& [key, commands] : lists) {
      ASSIGN_OR_RETURN(*commands, Commands(document_, "", key));
    }
    if (document_.Find("head_start_ray_commands") == nullptr)
      file_.head_start_ray_commands = {{kDefaultHeadStart, 0}};
    if (document_.Find("worker_start_ray_commands") == nullptr)
      file_.worker_start_ray_commands = {{kDefaultWorkerStart, 0}};
    return shared::Ok();
  }

  shared::Status ReadFiles() {
    if (const Tree* mounts = document_.Find("file_mounts"))
      for (const Tree::Member& mount : mounts->members) {
        if (!mount.second.is_string())
          return notes_.Refusal(mount.second.line, "\"file_mounts." + mount.first + "\" is not a path");
        file_.file_mounts.push_back({mount.first, mount.second.scalar.get<std::string>(), mount.second.line});
      }
    const std::pair<const char*, std::vector<std::string>*> lists[] = {
        {"rsync_exclude", &file_.rsync_exclude}, {"rsync_filter", &file_.rsync_filter}};
    for (const auto& [key, texts] : lists) {
      ASSIGN_OR_RETURN(const std::vector<LauncherCommand> items, Commands(document_, "", key));
      for (const LauncherCommand& item : items) texts->push_back(item.text);
    }
    return shared::Ok();
  }

  NoteList notes_;
  const Tree& document_;
  LauncherFile file_;
};

}  // namespace

std::vector<LauncherCommand> LauncherFile::SetupOf(const LauncherNodeType& type) const {
  std::vector<LauncherCommand> commands = type.initialization_commands.value_or(initialization_commands);
  const auto append = [&](const std::vector<LauncherCommand>& more) {
    commands.insert(commands.end(), more.begin(), more.end());
  };
  if (!type.is_head && type.worker_setup_commands) {
    append(*type.worker_setup_commands);
    return commands;
  }
  append(setup_commands);
  append(type.is_head ? head_setup_commands : worker_setup_commands);
  return commands;
}

bool IsLauncherFile(const Tree& document) {
  return document.Find("cluster_name") != nullptr && document.Find("provider") != nullptr &&
         document.Find("kind") == nullptr;
}

shared::Result<LauncherFile> ReadLauncherFile(std::string_view source, const Tree& document,
                                              const std::string& action) {
  if (!IsLauncherFile(document))
    return NoteList(std::string(source), action)
        .Refusal(document.line, "it has no cluster_name and provider, as the launcher's files have");
  return Reader(source, document, action).Read();
}

shared::Result<LauncherFile> ReadLauncherFile(std::string_view source, std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<Tree> documents, ParseTrees(source, text));
  if (documents.size() != 1)
    return NoteList(std::string(source))
        .Refusal(documents.size() > 1 ? documents[1].line : 0, "the launcher reads one document");
  return ReadLauncherFile(source, documents[0]);
}

}  // namespace kubectl_ray
