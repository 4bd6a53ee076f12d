#include "kubectl-ray/convert/ray_image.h"

#include "kubectl-ray/formats/image_tag.h"
#include "kubectl-ray/manifests/cluster_spec.h"
#include "shared/ray_release.h"

namespace kubectl_ray {
namespace {

using shared::Json;

// A file without a limit of CPU gets none: at its request's worth of CPU a small head takes minutes to start.
void SetSizes(Tree* container, const ConvertSizes& sizes) {
  const std::pair<const char*, const std::string*> resources[] = {
      {"cpu", &sizes.cpu}, {"memory", &sizes.memory}, {"nvidia.com/gpu", &sizes.gpu}};
  for (const auto& [name, quantity] : resources) {
    if (quantity->empty()) continue;
    for (const char* kind : {"limits", "requests"}) {
      if (std::string_view(name) == "cpu" && std::string_view(kind) == "limits" &&
          container->At({"resources", "limits", "cpu"}) == nullptr)
        continue;
      Tree& list = container->Get("resources").Get(kind);
      if (*quantity == "0")
        list.Remove(name);
      else
        list.Set(name, Json(*quantity));
    }
  }
}

void JudgeImage(const PodAtHand& pod, const Tree& container) {
  const std::string image = container.StringAt({"image"});
  const int line = pod.LineOf(container.Find("image"));
  const std::string field = pod.path + ".spec.containers[0].image";
  const std::string version = RayVersionOf(image);
  const std::string way_out = std::string("Say which with `--image rayproject/ray:") + kDefaultRayVersion +
                              "`, and try your code with it.";
  if (image.empty()) {
    pod.notes->NeedsPerson(line, field, "the Ray container has no image", way_out);
  } else if (version.empty()) {
    pod.notes->NeedsPerson(line, field, "\"" + image + "\" names no release of Ray", way_out);
  } else if (*shared::ParseRayRelease(version) < shared::RayRelease{2, 0}) {
    pod.notes->NeedsPerson(
        line, field,
        "Ray " + version + " does not answer KubeRay's probes, which want Ray 2.0: its pods never get ready",
        way_out);
  }
}

}  // namespace

std::string RayVersionOf(const std::string& image) {
  const std::string tag = ImageTag(image);
  if (tag == image || !shared::ParseRayRelease(tag)) return "";
  const std::size_t end = tag.find_first_not_of("0123456789.");
  std::string version = tag.substr(0, end);
  return version.ends_with('.') ? "" : version;
}

std::string FitRayContainer(const PodAtHand& pod, const ConvertOptions& options) {
  Tree* container = pod.ray_container();
  if (container == nullptr) return "";
  if (!options.image.empty()) container->Set("image", Json(options.image));
  SetSizes(container, pod.is_head ? options.head : options.worker);
  JudgeImage(pod, *container);
  return container->StringAt({"image"});
}

}  // namespace kubectl_ray
