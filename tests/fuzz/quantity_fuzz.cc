// Quantities, times and durations, of manifests, servers and flags.
#include <string_view>

#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/formats/time.h"
#include "shared/duration.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)kubectl_ray::Quantity::Parse("memory", text);
  (void)kubectl_ray::ParseTime(text);
  (void)shared::ParseDuration("--timeout", text);
  return 0;
}
