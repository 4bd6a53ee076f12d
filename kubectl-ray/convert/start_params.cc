#include "kubectl-ray/convert/start_params.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kubectl-ray/kinds/ports.h"
#include "shared/ray_start_params.h"
#include "shared/shell_words.h"

namespace kubectl_ray {
namespace {

using shared::DumpJson;
using shared::Json;

struct Rename {
  const char* old;
  const char* now;
};
constexpr Rename kRenamed[] = {
    {"redis-port", "port"}, {"webui-host", "dashboard-host"}, {"include-webui", "include-dashboard"}};

// Gone by Ray 2.60, which fails of them.
constexpr std::array<std::string_view, 15> kGone = {"gcs-server-port",
                                                    "redis-max-memory",
                                                    "plasma-store-socket-name",
                                                    "raylet-socket-name",
                                                    "no-redirect-worker-output",
                                                    "lru-evict",
                                                    "huge-pages",
                                                    "include-java",
                                                    "java-worker-options",
                                                    "load-code-from-local",
                                                    "num-redis-shards",
                                                    "redis-max-clients",
                                                    "storage",
                                                    "internal-config",
                                                    "use-pickle"};

struct Own {
  const char* key;
  const char* why;
};
// What KubeRay sets, so that a value of the user's is superfluous or in the way.
constexpr Own kOwn[] = {{"block", "KubeRay sets it"},
                        {"no-monitor", "KubeRay sets it for its autoscaler"},
                        {"head", "KubeRay sets it"},
                        {"autoscaling-config", "KubeRay's autoscaler has no such file"},
                        {"include-log-monitor", "KubeRay cannot pass it on in any form"}};

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : DumpJson(value);
}

// A resources value in one of the forms in which it is found: JSON as it is, in single quotes, or escaped in
// double quotes. Null if it is none of them.
Json ReadResources(const std::string& text) {
  const auto plain = shared::ParseJson(text);
  if (plain && plain->is_object()) return *plain;
  const auto words = shared::SplitShellWords(text, nullptr);
  if (!words || words->size() != 1) return Json();
  const auto quoted = shared::ParseJson(words->front());
  return quoted && quoted->is_object() ? *quoted : Json();
}

class Modernizer {
 public:
  Modernizer(const StartParamsAtHand& at_hand, NoteList* notes)
      : params_(*at_hand.params), at_hand_(at_hand), field_(at_hand.field), notes_(notes) {}

  void Run() {
    RenameOld();
    for (const std::string_view gone : kGone) Drop(gone, "ray start no longer has it and would fail");
    for (const Own& own : kOwn) Drop(own.key, own.why);
    if (params_.StringAt({"node-ip-address"}) == "$MY_POD_IP")
      Drop("node-ip-address", "Ray finds the pod's address itself");
    if (!at_hand_.fault_tolerant)
      Drop("redis-password", "there is no Redis without fault tolerance of the GCS");
    for (Tree::Member& member : params_.members) MakeText(&member.second);
    for (const char* port : {"object-manager-port", "node-manager-port"}) DropWorkersPort(port);
    Resources();
    Judge();
  }

 private:
  int LineOf(const Tree& tree) const { return tree.line != 0 ? tree.line : at_hand_.line; }

  void Drop(std::string_view key, const std::string& why) {
    const Tree* there = params_.Find(key);
    if (there == nullptr) return;
    notes_->Dropped(LineOf(*there), field_ + "." + std::string(key), why);
    params_.Remove(key);
  }

  // 12345 and 12346 were common; Ray has started its workers there since 1.0, and refuses both uses at once.
  void DropWorkersPort(const char* key) {
    const std::string text = params_.StringAt({key});
    const auto port =
        text.size() == 5 && text.find_first_not_of("0123456789") == text.npos ? std::stoi(text) : 0;
    if (port >= kFirstWorkerPort && port <= kLastWorkerPort)
      Drop(key, "Ray has its workers on the ports 10002 to 19999, and refuses to start");
  }

  void Judge() const {
    shared::RayStartParams params;
    for (const Tree::Member& member : params_.members)
      params[member.first] = member.second.scalar.get_ref<const std::string&>();
    const auto type = at_hand_.is_head ? shared::RayNodeType::kHead : shared::RayNodeType::kWorker;
    for (const shared::Error& error : shared::CheckRayStartParams(params, type))
      notes_->NeedsPerson(at_hand_.line, field_, error.message, error.hint);
  }

  void RenameOld() {
    for (const Rename& rename : kRenamed)
      for (Tree::Member& member : params_.members) {
        if (member.first != rename.old) continue;
        if (params_.Find(rename.now) != nullptr) {
          Drop(rename.old, std::string("it is called ") + rename.now + " today, which is there too");
          break;
        }
        member.first = rename.now;
      }
  }

  static void MakeText(Tree* value) {
    if (value->is_string()) return;
    const Json text = TextOf(value->ToJson());
    Tree made(text);
    made.line = value->line;
    made.above = std::move(value->above);
    made.beside = std::move(value->beside);
    *value = std::move(made);
  }

  void Resources() {
    const std::string text = params_.StringAt({"resources"});
    if (text.empty()) return;
    const Json resources = ReadResources(text);
    if (!resources.is_object()) {
      notes_->NeedsPerson(LineOf(*params_.Find("resources")), field_ + ".resources",
                          "it is not read as a JSON object",
                          "Write it as '{\"NAME\": 1}', in single quotes.");
      return;
    }
    const std::string form = CustomResources(resources);
    if (form == text) return;
    params_.Set("resources", Json(form));
  }

  Tree& params_;
  const StartParamsAtHand& at_hand_;
  const std::string& field_;
  NoteList* notes_;
};

}  // namespace

void ModernizeStartParams(const StartParamsAtHand& at_hand, NoteList* notes) {
  if (!at_hand.params->is_map()) {
    std::vector<std::string> above = std::move(at_hand.params->above);
    *at_hand.params = Tree::Map();
    at_hand.params->above = std::move(above);
  }
  Modernizer(at_hand, notes).Run();
}

std::string CustomResources(const Json& resources) {
  Json whole = resources;
  for (auto& [name, number] : whole.items())
    if (number.is_number_float() && std::trunc(number.get<double>()) == number.get<double>())
      number = static_cast<std::int64_t>(number.get<double>());
  return "'" + DumpJson(whole) + "'";
}

}  // namespace kubectl_ray
