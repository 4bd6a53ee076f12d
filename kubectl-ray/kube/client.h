// A client of the Kubernetes API server: typed errors, pages, watches, server-side apply.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/kube/pod_channels.h"
#include "kubectl-ray/kube/resource.h"
#include "kubectl-ray/kubeconfig/kubeconfig.h"
#include "shared/json.h"
#include "shared/json_items.h"
#include "shared/result.h"

namespace kubectl_ray {

using shared::Json;

struct ListOptions {
  std::string label_selector = {};
  std::string field_selector = {};
  int page_size = 500;
  // What is built of each object; metadata.uid always is. Most of a long list's time is fields nobody reads.
  shared::JsonFields fields = {};
};

// What a watch reports. A kBookmark carries a resourceVersion only. kSynced follows the last object of the
// first list.
enum class WatchEventType { kAdded, kModified, kDeleted, kBookmark, kSynced };
struct WatchEvent {
  WatchEventType type;
  Json object;
};

struct WriteOptions {
  bool dry_run = false;  // the server validates the object and stores nothing
  bool force = false;    // apply: take over fields that another manager owns
  // Apply's field manager; also the User-Agent's name.
  std::string field_manager = "kubectl-ray";
};

struct DeleteOptions {
  std::string propagation = "Background";  // Background, Foreground, Orphan
  std::int64_t grace_period_seconds = -1;  // -1: the object's own
  std::string precondition_uid = {};       // only if it is still this object
};

// Thread-safe. Every call blocks until the server answers, --request-timeout has passed or the Interrupt is
// raised. The client retries by itself, a bounded number of times: once after a 401, with a fresh token;
// after Retry-After for 429 and 503; and if a connection broke before anything was sent.
//
// Errors: kNotFound, kAuth (the message names verb, resource and namespace), kConflict (409), kUsage (400 and
// 422, with the server's messages about fields), kTimeout, kInterrupted, kUnavailable.
class KubeClient {
 public:
  // `request_timeout` bounds each request except watches and streams; zero means no bound. `on_note` gets the
  // texts of Note(), on any thread, one call at a time.
  KubeClient(ClusterAccess access, std::chrono::milliseconds request_timeout,
             std::function<void(const std::string&)> on_note = {});
  ~KubeClient();
  KubeClient(const KubeClient&) = delete;
  KubeClient& operator=(const KubeClient&) = delete;

  // Returns another client with the same access, whose requests end when `end` is raised, not when this
  // client's Interrupt is.
  KubeClient Until(const shared::Interrupt* end) const;

  const ClusterAccess& access() const;

  // Sets who gets the texts that the server sends in Warning headers of its answers to writes. Each text is
  // delivered once, not escaped, on any thread, one call at a time. Call this before the first request.
  void OnWarning(std::function<void(const std::string&)> on_warning);

  // Gives on_note a clause that a person should read besides the result, not escaped. Each text is delivered
  // once.
  void Note(const std::string& text) const;

  shared::Result<Json> Get(const Resource& resource, std::string_view ns, std::string_view name) const;

  // Calls on_item for every object, page by page, until it returns false (Ok). An empty `ns` means all
  // namespaces. In memory are the texts of one page's objects, without the fields that are left out, and one
  // object. Returns the list's resourceVersion. After a 410 on a later page it lists from the beginning, but
  // calls on_item once for each object. Of a page that is not whole nothing is delivered.
  shared::Result<std::string> List(const Resource& resource, std::string_view ns, const ListOptions& options,
                                   const std::function<bool(Json item)>& on_item) const;
  // Lists into one array, for small results.
  shared::Result<std::vector<Json>> ListAll(const Resource& resource, std::string_view ns,
                                            const ListOptions& options) const;

  // Lists, then watches, and does both again after every end of the stream and every 410 Gone; reports each
  // change once. Blocks until on_event returns false (Ok), the deadline passes (kTimeout) or an error comes
  // that a retry cannot mend. The first list is retried three times.
  shared::Status Watch(const Resource& resource, std::string_view ns, const ListOptions& options,
                       shared::Deadline deadline,
                       const std::function<bool(const WatchEvent&)>& on_event) const;

  // Create, Apply and Patch have the server check all fields, as kubectl does (fieldValidation=Strict):
  // kUsage names fields that it does not know or that are there twice. Servers before 1.25 drop those
  // silently.
  shared::Result<Json> Create(const Resource& resource, std::string_view ns, const Json& object,
                              const WriteOptions& options = {}) const;
  // Applies on the server's side (KEP-555).
  shared::Result<Json> Apply(const Resource& resource, std::string_view ns, std::string_view name,
                             const Json& object, const WriteOptions& options = {}) const;
  // type: application/merge-patch+json, application/json-patch+json, application/strategic-merge-patch+json.
  shared::Result<Json> Patch(const Resource& resource, std::string_view ns, std::string_view name,
                             const Json& patch, std::string_view type,
                             const WriteOptions& options = {}) const;
  shared::Result<Json> Delete(const Resource& resource, std::string_view ns, std::string_view name,
                              const DeleteOptions& options = {}) const;

  // Returns whether the API server serves this resource in this version. It is asked (discovery) once for
  // each version.
  shared::Result<bool> Serves(const Resource& resource) const;

  // Sends any other request; `path` is below the server's URL ("/version",
  // "/api/v1/namespaces/x/pods/y/log?follow=true"). A response with status 300 or above is an error as above.
  // Only the request's own deadline bounds it.
  shared::Result<shared::HttpResponse> Send(shared::HttpRequest request, std::string_view path) const;

  // Opens the channels of an exec, an attach or a port-forward below the server's URL with our credentials:
  // by a WebSocket, or by SPDY/3.1 if an HTTP answer refuses the WebSocket's upgrade, as kubectl does
  // (client-go's FallbackExecutor). What neither opens is the error of the WebSocket's refusal, one of those
  // above. 401 and 429 are about us and not about the upgrade, so that SPDY is not tried after them.
  shared::Result<PodChannels> OpenChannels(std::string_view path, const PodProtocol& protocol) const;

  // Whether channels of this client were opened by SPDY, because a WebSocket was refused.
  bool speaks_spdy() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Returns "/api/v1/namespaces/NS/pods/NAME" and the like; without a name, the path of the collection.
std::string ResourcePath(const Resource& resource, std::string_view ns, std::string_view name);

// Returns "/api/v1/namespaces/NS/pods/NAME/log?container=CONTAINER", to which more parameters may be
// appended. An empty `container` means the pod's only one.
std::string PodLogPath(std::string_view ns, std::string_view pod, std::string_view container);

}  // namespace kubectl_ray
