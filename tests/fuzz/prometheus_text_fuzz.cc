// What an agent serves for Prometheus: whole and byte by byte it has to be the same.
#include <cstdlib>

#include "kubectl-ray/ray/agent_metrics.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  AgentMetrics whole, pieces;
  whole.Feed(text);
  for (std::size_t i = 0; i < size; ++i) pieces.Feed(text.substr(i, 1));
  if (whole.Sample() != pieces.Sample()) std::abort();
  (void)shared::ReadPrometheusLine(text);
  return 0;
}
