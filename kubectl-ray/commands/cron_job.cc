#include "kubectl-ray/commands/cron_job.h"

#include <fstream>
#include <iterator>

#include "kubectl-ray/kinds/labels.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/operator/flags.h"
#include "kubectl-ray/operator/installation.h"
#include "kubectl-ray/operator/manifests.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::StringAt;

constexpr const char* kGate = "RayCronJob";
constexpr std::streamsize kMaxZoneBytes = 65536;  // the largest has 3 KB

// A name comes from the object: it must not lead out of the database.
bool IsZoneName(const std::string& name) {
  return !name.empty() && name.front() != '/' && name.find("..") == name.npos &&
         name.find_first_of(std::string_view("\\\0", 2)) == name.npos;
}

std::optional<TimeZone> ReadZone(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMaxZoneBytes, '\0');
  file.read(bytes.data(), kMaxZoneBytes);
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return TimeZone::Parse(bytes);
}

// All alpha gates at once turn it on, too.
bool HasGate(const Json& deployment) {
  const auto flag = OperatorFlag(At(OperatorContainer(deployment), {"args"}), "feature-gates");
  const auto gates = ParseFeatureGates(flag.value_or(""));
  const auto own = gates.find(kGate), all = gates.find("AllAlpha");
  return own != gates.end() ? own->second : all != gates.end() && all->second;
}

}  // namespace

std::optional<TimeZone> ZoneOf(const Json& cron_job, const Environment& environment) {
  const std::string name = StringAt(cron_job, {"spec", "timeZone"});
  if (name.empty() || name == "UTC") return TimeZone();
  if (!IsZoneName(name)) return std::nullopt;
  if (const auto own = environment("ZONEINFO"); own && !own->empty()) return ReadZone(*own + "/" + name);
  for (const char* folder : {"/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/",
                             "/etc/zoneinfo/", "/var/db/timezone/zoneinfo/"})
    if (auto zone = ReadZone(folder + name)) return zone;
  return std::nullopt;
}

shared::Result<CronJobReport> LookAtCronJob(const KubeClient& kube, const std::string& ns,
                                            const Target& target, const Environment& environment) {
  ASSIGN_OR_RETURN(const Json cron_job, FindObject(kube, ns, target));
  ASSIGN_OR_RETURN(
      const std::vector<Json> ray_jobs,
      kube.ListAll(kRayJobs, ns, {.label_selector = std::string(kCronJobLabel) + "=" + target.name}));
  CronJobReport report = ReadCronJob(cron_job, ray_jobs, ZoneOf(cron_job, environment), Now());
  report.why_nothing_runs = FindCronOperator(kube, ns).why_none;
  return report;
}

CronOperator FindCronOperator(const KubeClient& kube, const std::string& ns) {
  CronOperator found;
  const auto operators = FindOperators(kube, ns);
  if (!operators) return found;
  for (const Json& deployment : *operators) {
    found.version = OperatorVersionOf(deployment);
    if (HasGate(deployment)) return {found.version, ""};
    found.why_none = "KubeRay's operator (deployment/" + StringAt(deployment, {"metadata", "name"}) +
                     " in namespace " + StringAt(deployment, {"metadata", "namespace"}) +
                     ") has its feature gate RayCronJob off, so that no run begins. "
                     "`kubectl ray operator upgrade --feature-gates RayCronJob=true` turns it on.";
  }
  return found;
}

void WarnIfNothingRuns(const KubeClient& kube, const std::string& ns, Streams& io) {
  const std::string why = FindCronOperator(kube, ns).why_none;
  if (!why.empty()) io.err << "warning: " << shared::EscapeControl(why) << std::endl;
}

}  // namespace kubectl_ray
