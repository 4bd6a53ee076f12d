#include "kubectl-ray/checks/release_checks.h"

#include "kubectl-ray/formats/image_tag.h"
#include "shared/ray_release.h"

namespace kubectl_ray {
namespace {

using shared::StringAt;

// "2.52.0" of the tag "2.52.0-py311-gpu"; empty if the tag is no release.
std::string ReleaseIn(const std::string& tag) {
  return shared::ParseRayRelease(tag) ? tag.substr(0, tag.find('-')) : "";
}

// "py311" of the same; empty if the tag does not say it.
std::string PythonIn(const std::string& tag) {
  const std::size_t at = tag.find("-py3");
  return at == std::string::npos ? "" : tag.substr(at + 1, tag.find('-', at + 1) - at - 1);
}

std::string HeadTag(const Facts& facts) {
  return facts.planned.empty() ? "" : ImageTag(RayImage(facts.planned.front()));
}

}  // namespace

Findings CheckImages(const Facts& facts) {
  Findings findings;
  const std::string head = HeadTag(facts);
  for (const PlannedPods& planned : facts.planned) {
    const std::string image = RayImage(planned), tag = ImageTag(image);
    if (tag == image || tag == "latest" || tag.starts_with("nightly")) {
      if (image.find('@') == std::string::npos)
        findings.push_back({Level::kWarn,
                            "image \"" + image + "\" of \"" + planned.group + "\" names no release",
                            "Nodes that pull it on different days may not fit together: name a release.",
                            planned.field + ".template.spec.containers[0].image"});
      continue;
    }
    for (const auto& [what, read] : {std::pair{"Ray", &ReleaseIn}, std::pair{"Python", &PythonIn}}) {
      const std::string own = read(tag), of_head = read(head);
      if (own.empty() || of_head.empty() || own == of_head) continue;
      findings.push_back({Level::kFail,
                          "group \"" + planned.group + "\" has " + what + " " + own + ", the head " +
                              of_head + " (images " + tag + " and " + head + ")",
                          "Ray refuses nodes of another release: give both the same image.",
                          planned.field + ".template.spec.containers[0].image"});
    }
  }
  return findings;
}

Findings CheckRayVersion(const Facts& facts) {
  const std::string version = StringAt(facts.ray_cluster, {"spec", "rayVersion"}), tag = HeadTag(facts);
  const std::string release = ReleaseIn(tag);
  if (version.empty() || release.empty() || version == release) return {};
  return {{Level::kWarn, "spec.rayVersion is " + version + ", and the head's image has Ray " + release,
           "KubeRay goes by spec.rayVersion: make them equal.", "spec.rayVersion"}};
}

Findings CheckRelease(const Facts& facts) {
  std::string text = StringAt(facts.ray_cluster, {"spec", "rayVersion"});
  if (text.empty()) text = ReleaseIn(HeadTag(facts));
  const auto release = shared::ParseRayRelease(text);
  if (!release) return {};
  Findings findings;
  if (facts.backend == Backend::kOperator && *release >= shared::RayRelease{2, 11} &&
      *release <= shared::RayRelease{2, 37})
    findings.push_back({Level::kWarn,
                        "Ray " + text + " can hang under the probes that KubeRay puts into its pods",
                        "Take Ray 2.38 or later."});
  const bool token = StringAt(facts.ray_cluster, {"spec", "authOptions", "mode"}) == "token";
  if (token && *release < shared::RayRelease{2, 52})
    findings.push_back({Level::kFail,
                        "spec.authOptions asks for a token, which Ray " + text + " does not know",
                        "Take Ray 2.52 or later."});
  return findings;
}

}  // namespace kubectl_ray
