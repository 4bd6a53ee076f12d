#include "kubectl-ray/kinds/kinds.h"

#include <algorithm>
#include <cctype>

#include "kubectl-ray/kinds/ray_cluster.h"
#include "kubectl-ray/kinds/ray_cron_job.h"
#include "kubectl-ray/kinds/ray_job.h"
#include "kubectl-ray/kinds/ray_service.h"

namespace kubectl_ray {
namespace {

std::vector<const Kind*>& Table() {
  static std::vector<const Kind*> table = {&RayClusterKind(), &RayJobKind(), &RayServiceKind(),
                                           &RayCronJobKind()};
  return table;
}

// "rayjob.ray.io", as `-o name` prints it, and "rayjobs.ray.io" and "rayjobs.v1.ray.io", which kubectl takes
// too.
bool IsQualified(const Kind& kind, std::string_view type) {
  const std::size_t dot = type.find('.');
  const std::string_view word = type.substr(0, dot);
  if (dot == type.npos || (word != kind.type && word != kind.resource.plural)) return false;
  const std::string_view of = type.substr(dot + 1);
  return of == kind.resource.group || of == kind.resource.version + "." + kind.resource.group;
}

}  // namespace

std::span<const Kind* const> Kinds() { return Table(); }

const Kind* FindKind(std::string_view word) {
  std::string type(word);
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const Kind* kind : Kinds())
    if (IsQualified(*kind, type) || type == kind->type || type == kind->resource.plural ||
        type == kind->noun || type == kind->nouns)
      return kind;
  return nullptr;
}

std::string KindTypes(std::string_view conjunction) {
  const auto kinds = Kinds();
  std::string types;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (i > 0) types += i + 1 < kinds.size() ? ", " : " " + std::string(conjunction) + " ";
    types += kinds[i]->type;
  }
  return types;
}

shared::Unexpected<shared::Error> NotServed(const Kind& kind) {
  return shared::Fail(
      shared::ErrorCode::kNotFound,
      "this API server has no " + kind.resource.kind + "s: they come with the KubeRay operator",
      kind.where_not_served);
}

KindForTest::KindForTest(const Kind& kind) { Table().push_back(&kind); }
KindForTest::~KindForTest() { Table().pop_back(); }

}  // namespace kubectl_ray
