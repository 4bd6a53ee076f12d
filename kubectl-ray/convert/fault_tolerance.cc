#include "kubectl-ray/convert/fault_tolerance.h"

#include <algorithm>

#include "kubectl-ray/kinds/old_names.h"

namespace kubectl_ray {
namespace {

using shared::Json;

constexpr const char* kAddress = "RAY_REDIS_ADDRESS";
constexpr const char* kPassword = "REDIS_PASSWORD";

class Mover {
 public:
  Mover(Tree* spec, Tree* metadata, const std::string& path, NoteList* notes)
      : spec_(*spec), metadata_(metadata), path_(path), notes_(notes) {}

  bool Run() {
    const bool has_options = spec_.Find("gcsFaultToleranceOptions") != nullptr;
    if (!has_options && (Annotation(kFaultToleranceAnnotation) == "true")) return true;  // works as it is
    if (!has_options && Variable(kAddress) == nullptr) return false;
    if (!has_options && Variable(kAddress)->Find("value") == nullptr) {
      notes_->NeedsPerson(Variable(kAddress)->line, path_ + ".headGroupSpec",
                          "KubeRay refuses RAY_REDIS_ADDRESS without gcsFaultToleranceOptions",
                          "Write gcsFaultToleranceOptions.redisAddress.");
      return true;
    }
    Tree& options = spec_.Get("gcsFaultToleranceOptions");
    TakeVariable(kAddress, &options, "redisAddress", false);
    TakeVariable(kPassword, &options, "redisPassword", true);
    TakeParam(&options);
    TakeAnnotation(kExternalStorageAnnotation, &options);
    TakeAnnotation(kFaultToleranceAnnotation, nullptr);
    return true;
  }

 private:
  std::string Annotation(const char* name) const {
    const Tree* annotations = metadata_ != nullptr ? metadata_->Find("annotations") : nullptr;
    return annotations != nullptr ? annotations->StringAt({name}) : "";
  }

  Tree* HeadEnvironment() {
    Tree* containers = spec_.At({"headGroupSpec", "template", "spec", "containers"});
    return containers != nullptr && !containers->items.empty() ? containers->items.front().Find("env")
                                                               : nullptr;
  }

  const Tree* Variable(const char* name) {
    const Tree* env = HeadEnvironment();
    if (env == nullptr) return nullptr;
    for (const Tree& variable : env->items)
      if (variable.StringAt({"name"}) == name) return &variable;
    return nullptr;
  }

  void TakeVariable(const char* name, Tree* options, const char* field, bool is_credential) {
    const Tree* variable = Variable(name);
    if (variable == nullptr) return;
    Note(variable->line, std::string("env ") + name, field);
    if (options->Find(field) == nullptr) {
      if (!is_credential)
        options->Set(field, Json(variable->StringAt({"value"})));
      else
        for (const char* key : {"value", "valueFrom"})
          if (const Tree* value = variable->Find(key)) options->Get(field).Set(key, *value);
    }
    Tree* env = HeadEnvironment();
    std::erase_if(env->items, [&](const Tree& item) { return item.StringAt({"name"}) == name; });
    if (env->empty())
      spec_.At({"headGroupSpec", "template", "spec", "containers"})->items.front().Remove("env");
  }

  void TakeParam(Tree* options) {
    Tree* params = spec_.At({"headGroupSpec", "rayStartParams"});
    const Tree* param = params != nullptr ? params->Find("redis-password") : nullptr;
    if (param == nullptr) return;
    const std::string text = param->StringAt({});
    Note(param->line, "rayStartParams.redis-password", "redisPassword");
    // "$REDIS_PASSWORD" only repeats the variable.
    if (options->Find("redisPassword") == nullptr && text.find('$') == std::string::npos)
      options->Get("redisPassword").Set("value", Json(text));
    params->Remove("redis-password");
  }

  void TakeAnnotation(const char* name, Tree* options) {
    const std::string value = Annotation(name);
    if (value.empty()) return;
    Tree* annotations = metadata_->Find("annotations");
    notes_->Dropped(annotations->LineAt({name}), std::string("metadata.annotations.") + name,
                    "KubeRay refuses it beside gcsFaultToleranceOptions, which says the same");
    if (options != nullptr && options->Find("externalStorageNamespace") == nullptr)
      options->Set("externalStorageNamespace", Json(value));
    annotations->Remove(name);
    if (annotations->empty()) metadata_->Remove("annotations");
  }

  void Note(int line, const std::string& what, const char* field) {
    notes_->Dropped(line, path_ + ".headGroupSpec: " + what,
                    std::string("it is gcsFaultToleranceOptions.") + field + " today");
  }

  Tree& spec_;
  Tree* metadata_;
  const std::string& path_;
  NoteList* notes_;
};

}  // namespace

bool MoveFaultTolerance(Tree* spec, Tree* metadata, const std::string& path, NoteList* notes) {
  return Mover(spec, metadata, path, notes).Run();
}

}  // namespace kubectl_ray
