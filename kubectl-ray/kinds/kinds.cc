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

}  // namespace

std::span<const Kind* const> Kinds() { return Table(); }

const Kind* FindKind(std::string_view word) {
  std::string type(word);
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const Kind* kind : Kinds())
    if (type == kind->type || type == kind->resource.plural || type == kind->noun || type == kind->nouns)
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
