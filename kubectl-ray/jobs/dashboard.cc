#include "kubectl-ray/jobs/dashboard.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <mutex>
#include <sstream>

#include "kubectl-ray/clusters/change.h"
#include "kubectl-ray/clusters/kueue.h"
#include "kubectl-ray/kube/port_forward.h"
#include "kubectl-ray/kubeconfig/proxy.h"
#include "kubectl-ray/pods/head_pod.h"
#include "kubectl-ray/pods/pod_refusal.h"
#include "shared/text.h"

namespace kubectl_ray {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Unexpected;

// Dials the dashboard of whichever pod is the cluster's head now. Thread-safe.
class ClusterDialer {
 public:
  ClusterDialer(const KubeClient* kube, std::string ns, std::string cluster, const HeadPod& head)
      : kube_(kube), ns_(std::move(ns)), cluster_(std::move(cluster)) {
    Point(head);
  }

  // A connected socket, or -1.
  int Dial() {
    std::lock_guard lock(mutex_);
    if (Result<int> fd = DialPod()) return *fd;
    Result<HeadPod> head = FindHead(*kube_, ns_, cluster_);
    if (!head || head->name == pod_) return -1;
    Point(*head);
    Result<int> fd = DialPod();
    return fd ? *fd : -1;
  }

  // Why the last Dial() returned no socket, or why its connection ended; without a message if that is not
  // known.
  shared::Error failure() const {
    std::lock_guard lock(mutex_);
    if (!failure_.message.empty())
      return {failure_.code, "no connection to pod \"" + pod_ + "\": " + failure_.message, failure_.hint};
    // What the kubelet writes of it is long, and says no more.
    if (dialer_->last_error().empty()) return {};
    return {ErrorCode::kUnavailable,
            "nothing answers on port " + std::to_string(port_) + " of pod \"" + pod_ + "\""};
  }

 private:
  Result<int> DialPod() {
    Result<int> fd = dialer_->Dial();
    failure_ = fd ? shared::Error() : fd.error();
    return fd;
  }

  void Point(const HeadPod& head) {
    pod_ = head.name;
    port_ = head.dashboard_port;
    dialer_ = std::make_shared<PodDialer>(kube_, PodPort{ns_, head.name, head.dashboard_port});
    // Sockets to the earlier pod may still be in use; their dialer lives as long as this object.
    dialers_.push_back(dialer_);
  }

  const KubeClient* kube_;
  const std::string ns_;
  const std::string cluster_;
  mutable std::mutex mutex_;
  std::string pod_;
  int port_ = 0;
  shared::Error failure_;
  std::shared_ptr<PodDialer> dialer_;
  std::vector<std::shared_ptr<PodDialer>> dialers_;
};

namespace {

constexpr std::chrono::milliseconds kReadyInterval(1000);

Result<std::string> ReadFile(const std::string& flag, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Fail(ErrorCode::kUsage, "cannot read \"" + path + "\" of " + flag);
  return text.str();
}

// The user's own token: the flag's file, else what Ray's own programs take from the environment.
Result<std::string> OwnToken(const CommandContext& context, const DashboardAddress& address) {
  std::string path = address.token_file;
  std::string flag = "--ray-token-file";
  if (path.empty()) {
    if (auto token = context.environment("RAY_AUTH_TOKEN"); token && !token->empty()) return *token;
    path = context.environment("RAY_AUTH_TOKEN_PATH").value_or("");
    flag = "$RAY_AUTH_TOKEN_PATH";
  }
  if (path.empty()) return std::string();
  ASSIGN_OR_RETURN(std::string token, ReadFile(flag, path));
  return std::string(shared::Trim(token));
}

Result<std::string> TokenFor(const KubeClient& kube, const HeadPod& head, std::string own) {
  if (!own.empty() || !head.token) return own;
  return ReadSecret(kube, head.ns, *head.token);
}

shared::Status ApplyVerify(const DashboardAddress& address, shared::TlsOptions* tls) {
  std::string ca = address.ca;
  if (address.verify == "false" || address.verify == "False" || address.verify == "0") {
    tls->insecure_skip_verify = true;
  } else if (!address.verify.empty() && address.verify != "true" && address.verify != "True" &&
             address.verify != "1") {
    ca = address.verify;
  }
  if (ca.empty()) return shared::Ok();
  ASSIGN_OR_RETURN(tls->ca_pem, ReadFile("--ca", ca));
  return shared::Ok();
}

bool HasAuthorization(const shared::HttpHeaders& headers) {
  for (const auto& [name, value] : headers)
    if (name == "Authorization" || name == "authorization") return true;
  return false;
}

// Why a cluster has no head pod, if one will come: its Deployment or KubeRay makes it a moment after the
// cluster itself, and again after it is lost. An error if none will.
Result<std::string> WhyNoHead(const KubeClient& kube, const std::string& ns, const std::string& name,
                              const shared::Error& no_head) {
  const Result<Cluster> cluster = FindCluster(kube, ns, name);
  if (!cluster) return Unexpected(cluster.error().code == ErrorCode::kNotFound ? cluster.error() : no_head);
  if (shared::At(cluster->ray_cluster, {"metadata", "deletionTimestamp"}).is_string())
    return Fail(ErrorCode::kNotFound, "cluster \"" + name + "\" is being deleted");
  if (std::string queued = WhyQueued(kube, cluster->ray_cluster); !queued.empty()) return queued;
  if (IsSuspended(*cluster))
    return Fail(ErrorCode::kConflict, "cluster \"" + name + "\" is suspended",
                "Resume it: kubectl ray resume " + name + " -n " + ns);
  const std::string refused = RefusalOfPods(*cluster);
  if (IsLastingRefusal(refused))
    return Fail(ErrorCode::kConflict, "cluster \"" + name + "\" cannot become ready: " + refused,
                WayOutOfRefusal(refused));
  return "it has no head pod yet" + (refused.empty() ? "" : "; " + refused);
}

// Why the head is not ready, or an empty string and the head.
Result<std::string> LookForHead(const KubeClient& kube, const std::string& ns, const std::string& cluster,
                                bool wait, HeadPod* found) {
  Result<HeadPod> head = FindHead(kube, ns, cluster);
  if (!head && (!wait || head.error().code != ErrorCode::kNotFound)) return Unexpected(head.error());
  if (!head) return WhyNoHead(kube, ns, cluster, head.error());
  *found = *std::move(head);
  if (found->ready || (!wait && found->running)) return std::string();
  return "pod \"" + found->name + "\" " + found->reason;
}

shared::Unexpected<shared::Error> NotReadyInTime(const std::string& cluster, const HeadPod& head,
                                                 const std::string& why) {
  std::string hint = "See `kubectl ray status " + cluster + "`";
  if (!head.name.empty()) hint += " and `kubectl describe pod " + head.name + "`";
  return Fail(ErrorCode::kTimeout, "cluster \"" + cluster + "\" is not ready: " + why, hint + ".");
}

Result<HeadPod> WaitForHead(CommandContext& context, const KubeClient& kube, const std::string& ns,
                            const std::string& cluster, std::optional<shared::Deadline> ready_by) {
  std::string printed;
  while (true) {
    HeadPod head;
    ASSIGN_OR_RETURN(const std::string why, LookForHead(kube, ns, cluster, ready_by.has_value(), &head));
    if (why.empty()) return head;
    if (!ready_by || ready_by->passed()) return NotReadyInTime(cluster, head, why);
    if (std::exchange(printed, why) != why)
      context.io.err << "Waiting for cluster " << cluster << ": " << shared::EscapeControl(why) << std::endl;
    if (context.interrupt.WaitFor(std::min(kReadyInterval, ready_by->Remaining())))
      return Fail(ErrorCode::kInterrupted, "interrupted while waiting for cluster \"" + cluster + "\"");
  }
}

Result<std::unique_ptr<Dashboard>> ConnectCluster(CommandContext& context, const DashboardAddress& address,
                                                  DashboardAccess access, std::string token,
                                                  std::optional<shared::Deadline> ready_by) {
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  ASSIGN_OR_RETURN(std::string ns, context.Namespace());
  ASSIGN_OR_RETURN(HeadPod head, WaitForHead(context, *kube, ns, address.cluster, ready_by));
  ASSIGN_OR_RETURN(token, TokenFor(*kube, head, std::move(token)));
  if (!token.empty() && !HasAuthorization(access.headers))
    access.headers.emplace_back("Authorization", "Bearer " + token);
  access.url = "http://" + address.cluster + "-head-svc." + ns + ":" + std::to_string(head.dashboard_port);
  auto dialer = std::make_unique<ClusterDialer>(kube, ns, address.cluster, head);
  access.http.dial = [dialer = dialer.get()] { return dialer->Dial(); };
  if (!head.ready) access.not_ready = "pod \"" + head.name + "\" " + head.reason;
  access.dial_failure = [dialer = dialer.get()] { return dialer->failure(); };
  return std::make_unique<Dashboard>(std::move(dialer), std::move(access));
}

// The flag's or, for --address, those of `ray job` (dashboard/modules/job/cli.py); the flag wins.
Result<shared::HttpHeaders> GivenHeaders(const CommandContext& context, const DashboardAddress& address) {
  const bool variable = address.headers.empty() && !address.address.empty();
  return ParseHeaders(variable ? "$RAY_JOB_HEADERS" : "--headers",
                      variable ? context.environment("RAY_JOB_HEADERS").value_or("") : address.headers);
}

}  // namespace

Dashboard::Dashboard(std::unique_ptr<ClusterDialer> dialer, DashboardAccess access)
    : dialer_(std::move(dialer)), jobs_(std::move(access)) {}
Dashboard::~Dashboard() = default;

Result<std::string> NormalizeAddress(const std::string& address) {
  std::string url = address.find("://") == std::string::npos ? "http://" + address : address;
  url.resize(std::min(url.find_first_of("?#"), url.size()));
  while (url.ends_with('/')) url.pop_back();
  const bool known = url.starts_with("http://") || url.starts_with("https://");
  const std::size_t authority = url.find("://") + 3;
  if (known && authority < url.size()) return url;
  return Fail(ErrorCode::kUsage, "cannot use --address \"" + address + "\": it is no http:// or https:// URL",
              "Give the dashboard's URL, such as http://10.0.0.5:8265.");
}

Result<shared::HttpHeaders> ParseHeaders(const std::string& source, const std::string& json) {
  shared::HttpHeaders headers;
  if (json.empty()) return headers;
  Result<shared::Json> value = shared::ParseJson(json);
  const std::string hint = "Give a JSON object of strings, such as '{\"X-Team\": \"ml\"}'.";
  const std::string cannot = "cannot read " + source + ": ";
  if (!value) return Fail(ErrorCode::kUsage, cannot + value.error().message, hint);
  if (!value->is_object()) return Fail(ErrorCode::kUsage, cannot + "not an object", hint);
  for (const auto& [name, text] : value->items()) {
    if (!text.is_string()) return Fail(ErrorCode::kUsage, cannot + "\"" + name + "\" is no string", hint);
    const std::string& header = text.get_ref<const std::string&>();
    if (name.empty() || name.find_first_of("\r\n: ") != std::string::npos ||
        header.find_first_of("\r\n") != std::string::npos)
      return Fail(ErrorCode::kUsage, cannot + "\"" + name + "\" is no header", hint);
    headers.emplace_back(name, header);
  }
  return headers;
}

Result<std::unique_ptr<Dashboard>> ConnectDashboard(CommandContext& context, const DashboardAddress& address,
                                                    std::optional<shared::Deadline> ready_by) {
  if (address.cluster.empty() == address.address.empty())
    return Fail(ErrorCode::kUsage,
                address.cluster.empty() ? "cannot tell which Ray is meant"
                                        : "cannot use --cluster and --address together",
                "Give --cluster NAME, or --address URL of a dashboard.");
  DashboardAccess access;
  access.http.user_agent = std::string("kubectl-ray/") + RAY_VERSION;
  access.http.interrupt = &context.interrupt;
  ASSIGN_OR_RETURN(access.headers, GivenHeaders(context, address));
  TRY(ApplyVerify(address, &access.http.tls));
  ASSIGN_OR_RETURN(std::string token, OwnToken(context, address));
  if (!address.cluster.empty())
    return ConnectCluster(context, address, std::move(access), std::move(token), ready_by);
  ASSIGN_OR_RETURN(access.url, NormalizeAddress(address.address));
  access.http.proxy_url = ProxyFor(access.url, context.environment);
  if (!token.empty() && !HasAuthorization(access.headers))
    access.headers.emplace_back("Authorization", "Bearer " + token);
  return std::make_unique<Dashboard>(nullptr, std::move(access));
}

Result<std::string> RayToken(const CommandContext& context, const KubeClient& kube, const HeadPod& head) {
  ASSIGN_OR_RETURN(std::string own, OwnToken(context, {}));
  return TokenFor(kube, head, std::move(own));
}

DashboardReader ReaderOf(CommandContext& context, const std::string& cluster) {
  DashboardAddress address;
  address.cluster = cluster;
  return [&context, address, dashboard = std::shared_ptr<Dashboard>()](
             const std::string& path, std::chrono::milliseconds patience) mutable -> Result<shared::Json> {
    if (dashboard == nullptr) {
      ASSIGN_OR_RETURN(dashboard, ConnectDashboard(context, address));
    }
    return dashboard->jobs().GetPath(path, shared::Deadline::After(patience));
  };
}

}  // namespace kubectl_ray
