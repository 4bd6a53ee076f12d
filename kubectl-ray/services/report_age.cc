#include "kubectl-ray/services/report_age.h"

#include <algorithm>
#include <optional>

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Json;
using shared::StringAt;

constexpr std::chrono::seconds kLongAgo(30);
// Five of the operator's looks, for one that is slow.
constexpr std::chrono::seconds kSeveralLooks(10);

// Of all but the status; nothing if the server does not say.
std::optional<SystemTime> LastChange(const Json& service) {
  std::optional<SystemTime> newest;
  const Json& managers = At(service, {"metadata", "managedFields"});
  if (!managers.is_array()) return newest;
  for (const Json& manager : managers) {
    if (StringAt(manager, {"subresource"}) == "status") continue;
    const std::optional<SystemTime> time = ParseTime(StringAt(manager, {"time"}));
    if (time) newest = newest ? std::max(*newest, *time) : time;
  }
  return newest;
}

std::string Applications(const Json& service) {
  std::string text;
  for (const char* which : {"activeServiceStatus", "pendingServiceStatus"})
    text += shared::DumpJson(At(service, {"status", which, "applicationStatuses"})) + "\n";
  return text;
}

}  // namespace

bool HasSeenLastChange(const Json& service) {
  if (!At(service, {"status"}).is_object()) return false;
  const Json& seen = At(service, {"status", "observedGeneration"});
  return !seen.is_number_integer() ||
         seen.get<std::int64_t>() >= shared::IntAt(service, {"metadata", "generation"});
}

bool IsValidationOfLastChange(const Json& service) {
  const Json& seen = At(service, {"status", "observedGeneration"});
  if (seen.is_number_integer() && HasSeenLastChange(service)) return false;
  const std::optional<SystemTime> changed = LastChange(service);
  const std::optional<SystemTime> written = ParseTime(StringAt(service, {"status", "lastUpdateTime"}));
  return !changed || !written || *written >= *changed;
}

bool ReportAge::IsOfLastChange(const Json& service, SystemTime now, SteadyTime at) {
  if (!HasSeenLastChange(service)) return false;
  const std::int64_t generation = shared::IntAt(service, {"metadata", "generation"});
  if (!seen_ || generation != generation_) {
    seen_ = true;
    generation_ = generation;
    first_report_ = Applications(service);
    first_seen_ = at;
  }
  const std::optional<SystemTime> changed = LastChange(service);
  return (changed && now - *changed >= kLongAgo) || at - first_seen_ >= kSeveralLooks ||
         Applications(service) != first_report_;
}

}  // namespace kubectl_ray
