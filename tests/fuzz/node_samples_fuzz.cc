// The dashboard's /nodes?view=summary, and what `top` prints of it.
#include "kubectl-ray/usage/usage.h"
#include "shared/json.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  constexpr double kNow = 1764453564;
  const auto samples = ReadNodeSamples({reinterpret_cast<const char*>(data), size});
  if (!samples) return 0;
  LimitedPod pod;
  pod.name = pod.cluster = "demo";
  pod.address = "10.0.0.1";
  pod.cpu = pod.memory = pod.gpus = 1;
  for (const UsageOf what : {UsageOf::kClusterSums, UsageOf::kRayNodes, UsageOf::kRayPods}) {
    std::vector<Usage> rows = RowsOf(what, JoinUsage({pod}, *samples, kNow));
    (void)SortUsage("memory", what, &rows);
    for (const Usage& row : rows) {
      const shared::Json object = UsageToJson(row, what);
      (void)shared::DumpJson(object);
      for (const Column& column : UsageColumns(what, HasGpus(rows))) (void)column.cell(object);
    }
  }
  return 0;
}
