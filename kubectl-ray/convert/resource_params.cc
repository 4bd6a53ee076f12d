#include "kubectl-ray/convert/resource_params.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "kubectl-ray/convert/start_params.h"
#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/kinds/container_resources.h"

namespace kubectl_ray {
namespace {

using shared::DumpJson;
using shared::Json;

// Less memory than this is meant in Ray's old unit of 50 MiB.
constexpr double kLeastMemory = 10'000'000;

std::optional<std::int64_t> Whole(const Tree& container, const char* kind, const std::string& name) {
  const Tree* value = container.At({"resources", kind, name});
  if (value == nullptr || value->kind != Tree::Kind::kScalar || value->is_null()) return std::nullopt;
  const std::string text = value->is_string() ? value->scalar.get<std::string>() : DumpJson(value->scalar);
  const auto quantity = Quantity::Parse(name, text);
  return quantity ? std::optional(quantity->value()) : std::nullopt;
}

// The name of the container's GPU resource, of whatever vendor.
std::string GpuName(const Tree& container) {
  for (const char* kind : {"limits", "requests"})
    if (const Tree* list = container.At({"resources", kind}))
      for (const Tree::Member& member : list->members)
        if (IsGpuResource(member.first)) return member.first;
  return "nvidia.com/gpu";
}

struct Figures {
  std::int64_t old;                        // by the old autoscaler
  std::optional<std::int64_t> by_kuberay;  // nothing if KubeRay writes none
};

Figures FiguresOf(const Tree& container, const std::string& name, bool requests_count) {
  const auto request = Whole(container, "requests", name), limit = Whole(container, "limits", name);
  const std::int64_t old = request && limit ? std::min(*request, *limit)
                           : limit          ? *limit
                                            : request.value_or(0);
  return {old, limit || !requests_count ? limit : request};
}

bool IsRaysOwn(std::string_view resource) {
  return resource == "CPU" || resource == "GPU" || resource == "memory" || resource == "object_store_memory";
}

class Setter {
 public:
  Setter(Tree* params, const std::string& field, int line, NoteList* notes)
      : params_(*params), field_(field), line_(line), notes_(notes) {}

  void Processors(const char* param, const char* resource, const Tree& resources, const Figures& figures,
                  bool always) {
    const Tree* wanted = resources.Find(resource);
    if (wanted != nullptr && wanted->kind == Tree::Kind::kScalar && wanted->scalar.is_number())
      return Set(param, static_cast<std::int64_t>(std::ceil(wanted->scalar.get<double>())), wanted->line);
    if (figures.by_kuberay ? *figures.by_kuberay == figures.old : !always && figures.old == 0)
      return ForgetDifferent(param, figures.old);
    Set(param, figures.old, line_);
    if (!figures.by_kuberay && always)
      notes_->Guessed(line_, field_,
                      std::string(param) + ": the container asks for no CPU, so the old autoscaler counted 0",
                      "Give the container a CPU request and limit, or set num-cpus in rayStartParams.");
  }

  void Memory(const Tree& resources, const char* resource, const char* param) {
    const Tree* wanted = resources.Find(resource);
    if (wanted == nullptr || !wanted->scalar.is_number()) return;
    const double bytes = wanted->scalar.get<double>();
    if (bytes < kLeastMemory) {
      notes_->NeedsPerson(
          wanted->line, field_ + "." + resource,
          "Ray until 1.2 counted memory in units of 50 MiB, and this is either that or very few bytes",
          std::string("Set ") + param + " in rayStartParams, in bytes.");
      return;
    }
    Set(param, static_cast<std::int64_t>(bytes), wanted->line);
  }

  void Custom(const Tree& resources) {
    Json custom = Json::object();
    for (const Tree::Member& member : resources.members) {
      if (IsRaysOwn(member.first)) continue;
      custom[member.first] = member.second.ToJson();
      if (member.second.scalar.is_number_float())
        notes_->NeedsPerson(member.second.line, field_ + "." + member.first,
                            "Ray's autoscaler under KubeRay takes whole numbers alone",
                            "Write a whole number.");
    }
    if (!custom.empty()) params_.Set("resources", Json(CustomResources(custom)));
  }

 private:
  void Set(const char* param, std::int64_t value, int line) {
    ForgetDifferent(param, value);
    Tree text{Json(std::to_string(value))};
    text.line = line;
    params_.Set(param, std::move(text));
  }

  // `ray start` had it, and it was not heard.
  void ForgetDifferent(const char* param, std::int64_t value) {
    const Tree* said = params_.Find(param);
    if (said == nullptr) return;
    const std::string text = said->is_string() ? said->scalar.get<std::string>() : DumpJson(said->ToJson());
    if (text != std::to_string(value))
      notes_->Dropped(
          said->line != 0 ? said->line : line_, std::string("--") + param + " " + text,
          "the old autoscaler gave Ray " + std::to_string(value) + ", from the pod and its resources");
    params_.Remove(param);
  }

  Tree& params_;
  const std::string& field_;
  int line_;
  NoteList* notes_;
};

}  // namespace

void SetResourceParams(Tree* params, const Tree& container, const Tree& resources, const std::string& field,
                       int line, NoteList* notes) {
  Setter setter(params, field, line, notes);
  setter.Processors("num-cpus", "CPU", resources, FiguresOf(container, "cpu", true), true);
  setter.Processors("num-gpus", "GPU", resources, FiguresOf(container, GpuName(container), false), false);
  setter.Memory(resources, "memory", "memory");
  setter.Memory(resources, "object_store_memory", "object-store-memory");
  setter.Custom(resources);
}

}  // namespace kubectl_ray
