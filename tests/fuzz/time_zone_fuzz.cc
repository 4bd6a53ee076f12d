// A file of the time zone database (RFC 9636), as this machine has it.
#include <cstdint>
#include <cstdlib>

#include "kubectl-ray/formats/time_zone.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto zone = TimeZone::Parse({reinterpret_cast<const char*>(data), size});
  if (!zone) return 0;
  for (const std::int64_t seconds :
       {-4'000'000'000LL, 0LL, 1'774'745'999LL, 1'774'746'000LL, 1'792'890'000LL, 9'000'000'000LL})
    if (FormatIn(*zone, SystemTime(std::chrono::seconds(seconds))).empty()) std::abort();
  return 0;
}
