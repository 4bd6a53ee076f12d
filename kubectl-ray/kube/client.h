// A client of the Kubernetes API server: typed errors, pages, watches, server-side apply.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/kube/resource.h"
#include "kubectl-ray/kubeconfig/kubeconfig.h"
#include "shared/json.h"
#include "shared/result.h"
#include "shared/web_socket.h"

namespace kubectl_ray {

using shared::Json;

struct ListOptions {
  std::string label_selector = {};
  std::string field_selector = {};
  int page_size = 500;
};

// What a watch tells. kBookmark carries a resourceVersion only. kSynced: the first list is through.
enum class WatchEventType { kAdded, kModified, kDeleted, kBookmark, kSynced };
struct WatchEvent {
  WatchEventType type;
  Json object;
};

struct WriteOptions {
  bool dry_run = false;  // the server validates and stores nothing
  bool force = false;    // apply: take over fields that another manager owns
  // Apply's field manager; also the User-Agent's name.
  std::string field_manager = "kubectl-ray";
};

struct DeleteOptions {
  std::string propagation = "Background";  // Background, Foreground, Orphan
  std::int64_t grace_period_seconds = -1;  // -1: the object's own
  std::string precondition_uid = {};       // only if it is still this object
};

// Thread-safe. Every call blocks until the answer, --request-timeout or the Interrupt. Retries by itself,
// bounded: 401 once with a fresh token, 429 and 503 after Retry-After, a connection that broke before
// anything was sent.
//
// Errors: kNotFound, kAuth (verb, resource and namespace named), kConflict (409), kUsage (400, 422: the
// server's field messages), kTimeout, kInterrupted, kUnavailable.
class KubeClient {
 public:
  // request_timeout: of one request, watches and streams excepted; zero: none. on_note: takes what Note() is
  // given; it may be called on any thread, one call at a time.
  KubeClient(ClusterAccess access, std::chrono::milliseconds request_timeout,
             std::function<void(const std::string&)> on_note = {});
  ~KubeClient();
  KubeClient(const KubeClient&) = delete;
  KubeClient& operator=(const KubeClient&) = delete;

  // Another one with the same access, whose requests end by `end` instead of this one's Interrupt.
  KubeClient Until(const shared::Interrupt* end) const;

  const ClusterAccess& access() const;

  // To be called before the first request. Gives on_warning each text once that the server sends in a Warning
  // header of an answer to a write: not escaped, on any thread, one call at a time.
  void OnWarning(std::function<void(const std::string&)> on_warning);

  // Hands on_note what a person should know beside the answer, as a clause and not escaped; each text once.
  void Note(const std::string& text) const;

  shared::Result<Json> Get(const Resource& resource, std::string_view ns, std::string_view name) const;

  // Calls on_item for every object, page by page; false stops early (Ok). An empty `ns` means all namespaces.
  // Only one page is in memory at a time. Answers the list's resourceVersion. 410 on a later page starts over
  // from a consistent read, without telling an object twice.
  shared::Result<std::string> List(const Resource& resource, std::string_view ns, const ListOptions& options,
                                   const std::function<bool(Json item)>& on_item) const;
  // List into one array, for small answers.
  shared::Result<std::vector<Json>> ListAll(const Resource& resource, std::string_view ns,
                                            const ListOptions& options) const;

  // Lists, then watches, and again after every end or 410 Gone, telling each change once, until on_event says
  // false (Ok), the deadline passes (kTimeout) or an error that no retry mends; of the first list, three do.
  shared::Status Watch(const Resource& resource, std::string_view ns, const ListOptions& options,
                       shared::Deadline deadline,
                       const std::function<bool(const WatchEvent&)>& on_event) const;

  // These three have the server check all fields as kubectl does (fieldValidation=Strict): kUsage names those
  // that it does not know or that are there twice. Servers before 1.25 drop them without a word.
  shared::Result<Json> Create(const Resource& resource, std::string_view ns, const Json& object,
                              const WriteOptions& options = {}) const;
  // Server-side apply (KEP-555).
  shared::Result<Json> Apply(const Resource& resource, std::string_view ns, std::string_view name,
                             const Json& object, const WriteOptions& options = {}) const;
  // type: application/merge-patch+json, application/json-patch+json, application/strategic-merge-patch+json.
  shared::Result<Json> Patch(const Resource& resource, std::string_view ns, std::string_view name,
                             const Json& patch, std::string_view type,
                             const WriteOptions& options = {}) const;
  shared::Result<Json> Delete(const Resource& resource, std::string_view ns, std::string_view name,
                              const DeleteOptions& options = {}) const;

  // Whether the API server serves this resource in this version (discovery; asked once, then remembered).
  shared::Result<bool> Serves(const Resource& resource) const;

  // Anything else: `path` is below the server's URL ("/version",
  // "/api/v1/namespaces/x/pods/y/log?follow=true"). An answer of status 300 and above is an error as above.
  // No deadline but the request's own.
  shared::Result<shared::HttpResponse> Send(shared::HttpRequest request, std::string_view path) const;

  // A WebSocket below the server's URL, with our credentials (port-forward, exec, attach). A refusal becomes
  // the same typed errors as above.
  shared::Result<shared::WebSocket> OpenWebSocket(std::string_view path, std::string_view subprotocols) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "/api/v1/namespaces/NS/pods/NAME" and so on; an empty name gives the collection.
std::string ResourcePath(const Resource& resource, std::string_view ns, std::string_view name);

// "/api/v1/namespaces/NS/pods/NAME/log?container=CONTAINER", to which more parameters may be appended; an
// empty container is the pod's only one.
std::string PodLogPath(std::string_view ns, std::string_view pod, std::string_view container);

}  // namespace kubectl_ray
