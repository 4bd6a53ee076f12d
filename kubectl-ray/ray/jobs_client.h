// Ray's Jobs REST API, as the dashboard serves it.
// Source: ray/dashboard/modules/job/job_head.py and ray/dashboard/modules/state/state_head.py (2.52).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl-ray/ray/job.h"
#include "kubectl-ray/ray/node_samples.h"
#include "shared/http_client.h"
#include "shared/json.h"
#include "shared/ray_release.h"
#include "shared/web_socket.h"

namespace kubectl_ray {

// Where a dashboard is and how to reach it.
struct DashboardAccess {
  std::string url;  // http://host:port or https://..., without a trailing slash
  shared::HttpOptions http;
  shared::HttpHeaders headers;  // sent with every request: Authorization and the user's own; never printed
  // With http.dial: returns why there is no connection, or why the last one broke. Its message is empty if
  // that is not known.
  std::function<shared::Error()> dial_failure = {};
  // If it was chosen although it was not ready: a clause that says why it was not. Errors about a dashboard
  // that cannot be reached contain it.
  std::string not_ready = {};
};

// What POST /api/jobs/ takes.
struct JobRequest {
  std::string entrypoint;
  std::string submission_id;
  shared::Json runtime_env = shared::Json::object();
  shared::Json metadata = shared::Json::object();  // strings only
  std::optional<double> entrypoint_num_cpus;
  std::optional<double> entrypoint_num_gpus;
  std::optional<std::int64_t> entrypoint_memory;  // bytes
  shared::Json entrypoint_resources;              // an object of numbers, or null
  shared::Json entrypoint_label_selector;         // an object of strings, or null; since Ray 2.54
};

// Returns the body of that request.
shared::Json ToJson(const JobRequest& request);

// A body that can be sent again. `size` is set if it is known beforehand.
struct UploadBody {
  std::function<std::ptrdiff_t(char* buffer, std::size_t size)> read;  // as HttpRequest::read_body
  std::optional<std::int64_t> size;
};

// Every call blocks until the dashboard answers, the request's time is over (`kRequestTimeout`, or a deadline
// that is given) or the Interrupt is raised. The size of an answer is bounded. Errors: kNotFound (404), kAuth
// (401, 403), kUsage (400), kInternal (any other status; the message is the last line of Ray's traceback),
// kUnavailable (no answer, or a 500 because the head's job agent has not started yet), kTimeout and
// kInterrupted (no answer).
class JobsClient {
 public:
  explicit JobsClient(DashboardAccess access);

  const DashboardAccess& access() const { return access_; }

  // Returns the version of Ray that runs there.
  shared::Result<std::string> RayVersion() const;

  // Returns the release of that Ray. It is asked once for this client and its copies. If a dashboard, or the
  // gateway before it, does not say, it counts as a new one.
  shared::Result<shared::RayRelease> Release() const;

  // Returns whether the cluster has gcs://`name`. In both cases Ray keeps a package of this name for ten
  // minutes from now on.
  shared::Result<bool> PackageExists(std::string_view name) const;
  shared::Status UploadPackage(std::string_view name, UploadBody body) const;

  shared::Status Submit(const JobRequest& request) const;
  // `id` is a submission id or the driver's job id.
  shared::Result<Job> Get(std::string_view id, shared::Deadline deadline = shared::Deadline::Never()) const;
  // Returns the whole object as Ray sent it, for -o json.
  shared::Result<shared::Json> GetJson(std::string_view id,
                                       shared::Deadline deadline = shared::Deadline::Never()) const;
  shared::Result<shared::Json> ListJson() const;
  // Returns false if the job was not running any more.
  shared::Result<bool> Stop(std::string_view id) const;
  shared::Status Delete(std::string_view id) const;

  // Passes the driver's output so far to on_bytes, from the first byte on, piece by piece, until that returns
  // false (Ok). The bytes are the file's own on every release. But with token authentication Ray 2.52 cannot
  // read the file (its state head sends its agents no token); the bytes are then the text of the Jobs API,
  // with universal newlines. With `last_lines`, only so many lines from the end.
  shared::Status ReadLog(const Job& job, std::optional<std::int64_t> last_lines,
                         const std::function<bool(std::string_view)>& on_bytes) const;

  // Passes on what the job's supervisor, which runs and stops the driver, logged about it; otherwise as
  // ReadLog.
  shared::Status ReadSupervisorLog(const Job& job,
                                   const std::function<bool(std::string_view)>& on_bytes) const;

  // Returns whether the dashboard says that this node is dead; false also if it says nothing.
  bool IsNodeGone(std::string_view node_id) const;

  // Opens a WebSocket that delivers the driver's output from its first byte on, as text with universal
  // newlines, until the job is over or anything in between breaks.
  shared::Result<shared::WebSocket> OpenLogTail(std::string_view id) const;

  // Returns what Ray's agents have measured on the nodes that are alive.
  shared::Result<std::vector<NodeSample>> NodeSamples(shared::Deadline deadline) const;

  // Gets any other path ("/api/cluster_status") as JSON.
  shared::Result<shared::Json> GetPath(std::string_view path,
                                       shared::Deadline deadline = shared::Deadline::Never()) const;
  // Puts JSON to such a path, or deletes it. Ray starts or stops actors before it answers, and so has two
  // minutes. `action` is what the errors cannot do; that of a body which Ray refuses (400) names its fields.
  shared::Status PutPath(std::string_view path, const shared::Json& body, std::string_view action) const;
  shared::Status DeletePath(std::string_view path, std::string_view action) const;

 private:
  shared::Result<shared::HttpResponse> Send(shared::HttpRequest request, std::string_view path) const;
  shared::Status Change(shared::HttpRequest request, std::string_view path, std::string_view action) const;
  shared::Error NotReached(shared::HttpError failure, const std::string& url) const;
  // Returns the log as the Jobs API has it: as one text, in memory.
  shared::Result<std::string> LogText(std::string_view id) const;
  // Reads a file of the session's log directory on the driver's node.
  shared::Status ReadFile(const Job& job, const std::string& filename, std::optional<std::int64_t> last_lines,
                          const std::function<bool(std::string_view)>& on_bytes) const;

  struct Known;

  DashboardAccess access_;
  std::shared_ptr<shared::HttpClient> http_;
  std::shared_ptr<Known> known_;
};

// Turns a dashboard's answer into an error: "action: cause". `body` is Ray's own text, often a traceback.
shared::Error DashboardError(int status, std::string_view body, std::string_view action);

}  // namespace kubectl_ray
