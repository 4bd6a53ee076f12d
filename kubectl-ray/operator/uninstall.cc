#include "kubectl-ray/operator/uninstall.h"

#include <algorithm>
#include <set>

#include "kubectl-ray/cli/progress.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "kubectl-ray/operator/resources.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::At;
using shared::Deadline;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::StringAt;

const std::vector<const Resource*>& OwnersFirst() {
  static const std::vector<const Resource*> order = {&kRayCronJobs, &kRayJobs, &kRayServices, &kRayClusters};
  return order;
}

// Blocks until none of these is there any more.
Status WaitGone(const KubeClient& kube, const Resource& resource, std::set<std::string> uids,
                Deadline deadline) {
  std::set<std::string> seen;
  const auto look = [&](const WatchEvent& event) {
    const std::string uid = StringAt(event.object, {"metadata", "uid"});
    if (event.type == WatchEventType::kAdded) seen.insert(uid);
    if (event.type == WatchEventType::kDeleted) uids.erase(uid);
    // What the first list does not have went before it.
    if (event.type == WatchEventType::kSynced)
      std::erase_if(uids, [&](const std::string& left) { return !seen.contains(left); });
    return !uids.empty();
  };
  return kube.Watch(resource, "", {}, deadline, look);
}

Status StillThere(const KubeClient& kube, const RayObjects& objects, std::chrono::milliseconds timeout) {
  std::string left;
  for (const RayObjects::Object& object : objects.objects) {
    const auto found = kube.Get(object.resource, object.ns, object.name);
    if (!found || StringAt(*found, {"metadata", "uid"}) != object.uid) continue;
    left += "\n- " + object.resource.plural + " " + object.ns + "/" + object.name +
            " (finalizers: " + shared::DumpJson(At(*found, {"metadata", "finalizers"})) + ")";
  }
  return Fail(ErrorCode::kTimeout,
              "objects are still there after " + shared::FormatDuration(timeout) + ":" + left,
              "The operator takes their finalizers away: `kubectl ray operator status` says whether it is "
              "well. Nothing of it was removed.");
}

}  // namespace

std::string RayObjects::Count() const {
  std::string text;
  for (const Resource* resource : OwnersFirst()) {
    const auto count = std::count_if(objects.begin(), objects.end(),
                                     [&](const Object& object) { return object.resource == *resource; });
    if (count == 0) continue;
    const std::string plural = resource->plural;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " +
            (count == 1 ? plural.substr(0, plural.size() - 1) : plural);
  }
  return text.empty() ? "no objects" : text;
}

Result<RayObjects> FindRayObjects(const KubeClient& kube, const std::vector<std::string>& namespaces) {
  RayObjects found;
  for (const Resource* resource : OwnersFirst()) {
    const auto add = [&](const Json& object) {
      found.objects.push_back({*resource, StringAt(object, {"metadata", "namespace"}),
                               StringAt(object, {"metadata", "name"}),
                               StringAt(object, {"metadata", "uid"})});
      return true;
    };
    for (const std::string& ns : namespaces.empty() ? std::vector<std::string>{""} : namespaces) {
      const auto listed = kube.List(*resource, ns, {}, add);
      if (!listed && listed.error().code != ErrorCode::kNotFound) return shared::Unexpected(listed.error());
    }
  }
  return found;
}

Status DeleteRayObjects(const KubeClient& kube, const RayObjects& objects, std::chrono::milliseconds timeout,
                        Streams& io) {
  Progress shown(io);
  const Deadline deadline = Deadline::After(timeout);
  for (const Resource* resource : OwnersFirst()) {
    std::set<std::string> uids;
    for (const RayObjects::Object& object : objects.objects) {
      if (object.resource != *resource) continue;
      uids.insert(object.uid);
      const auto deleted =
          kube.Delete(object.resource, object.ns, object.name, {.precondition_uid = object.uid});
      if (!deleted && deleted.error().code != ErrorCode::kNotFound)
        return shared::Unexpected(deleted.error());
    }
    if (uids.empty()) continue;
    shown.Show("waiting for the end of " + std::to_string(uids.size()) + " " + resource->plural);
    const Status gone = WaitGone(kube, *resource, std::move(uids), deadline);
    if (!gone && gone.error().code == ErrorCode::kTimeout) return StillThere(kube, objects, timeout);
    TRY(gone);
  }
  return shared::Ok();
}

std::vector<OperatorObject> LeavingObjects(const std::vector<OperatorObject>& objects, bool alone) {
  std::vector<OperatorObject> leaving;
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    if (object->resource == kDefinitions || object->resource == kNamespaces) continue;
    const bool shared_by_all = object->ns().empty();
    if (alone || !shared_by_all) leaving.push_back(*object);
  }
  return leaving;
}

std::vector<Json> WebhooksOf(const KubeClient& kube, const std::string& ns) {
  std::vector<Json> found;
  (void)!kube.List(kValidatingWebhooks, "", {}, [&](Json configuration) {
    const Json& webhooks = At(configuration, {"webhooks"});
    const bool ours = std::any_of(webhooks.begin(), webhooks.end(), [&](const Json& webhook) {
      if (StringAt(webhook, {"clientConfig", "service", "namespace"}) != ns) return false;
      const Json& rules = At(webhook, {"rules"});
      return std::any_of(rules.begin(), rules.end(),
                         [](const Json& rule) { return At(rule, {"apiGroups"}) == Json::array({"ray.io"}); });
    });
    if (ours) found.push_back(std::move(configuration));
    return true;
  });
  return found;
}

}  // namespace kubectl_ray
