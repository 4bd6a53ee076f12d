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
#include "kubectl-ray/ray/ray_release.h"
#include "shared/http_client.h"
#include "shared/json.h"
#include "shared/web_socket.h"

namespace kubectl_ray {

// Where a dashboard is and how to reach it.
struct DashboardAccess {
  std::string url;  // http://host:port or https://..., without a trailing slash
  shared::HttpOptions http;
  shared::HttpHeaders headers;  // with every request: Authorization and the user's own; never printed
  // With http.dial: why there is no connection, or why the last one broke; its message is empty where that is
  // not known.
  std::function<shared::Error()> dial_failure = {};
  // Where it was chosen though it was not ready: why it was not, as a clause; what cannot be reached says so.
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

// The body of that request.
shared::Json ToJson(const JobRequest& request);

// A body that can be sent again: each call starts over. `size` where it is known beforehand.
struct UploadBody {
  std::function<std::ptrdiff_t(char* buffer, std::size_t size)> read;  // as HttpRequest::read_body
  std::optional<std::int64_t> size;
};

// The answer to one request is bounded in time by `kRequestTimeout`, or by a deadline that is given, and in
// size. Every call blocks until then or until the Interrupt. Errors: kNotFound (404), kAuth (401, 403),
// kUsage (400), kInternal (any other status; the message is the last line of Ray's traceback), kUnavailable
// (no answer, or a 500 because the head's job agent has not started yet), kTimeout and kInterrupted (no
// answer).
class JobsClient {
 public:
  explicit JobsClient(DashboardAccess access);

  const DashboardAccess& access() const { return access_; }

  // The version of Ray that runs there.
  shared::Result<std::string> RayVersion() const;

  // The release of that Ray, asked once in the life of this client and its copies. A dashboard (or the
  // gateway before it) that does not say is taken for a new one.
  shared::Result<RayRelease> Release() const;

  // Whether gcs://`name` is there; if so, or not, Ray keeps what comes under this name for ten minutes.
  shared::Result<bool> PackageExists(std::string_view name) const;
  shared::Status UploadPackage(std::string_view name, UploadBody body) const;

  shared::Status Submit(const JobRequest& request) const;
  // By submission id or by the driver's job id.
  shared::Result<Job> Get(std::string_view id, shared::Deadline deadline = shared::Deadline::Never()) const;
  // The whole object as Ray sent it, for -o json.
  shared::Result<shared::Json> GetJson(std::string_view id,
                                       shared::Deadline deadline = shared::Deadline::Never()) const;
  shared::Result<shared::Json> ListJson() const;
  // False: it was not running any more.
  shared::Result<bool> Stop(std::string_view id) const;
  shared::Status Delete(std::string_view id) const;

  // The driver's output so far, from its first byte, piece by piece; on_bytes answers false to end early
  // (Ok). The bytes are the file's own on every release; with token authentication Ray 2.52 cannot read the
  // file (its state head sends its agents no token), and they are the text of the Jobs API, with universal
  // newlines. `last_lines`: only so many from the end.
  shared::Status ReadLog(const Job& job, std::optional<std::int64_t> last_lines,
                         const std::function<bool(std::string_view)>& on_bytes) const;

  // What the job's supervisor, which runs and stops the driver, logged about it; as ReadLog.
  shared::Status ReadSupervisorLog(const Job& job,
                                   const std::function<bool(std::string_view)>& on_bytes) const;

  // Whether the dashboard says that this node is dead; false also where it says nothing.
  bool IsNodeGone(std::string_view node_id) const;

  // A WebSocket that tells the driver's output from its first byte on, as text with universal newlines, until
  // the job is over or anything in between breaks.
  shared::Result<shared::WebSocket> OpenLogTail(std::string_view id) const;

  // GET of any other path ("/api/cluster_status"), as JSON.
  shared::Result<shared::Json> GetPath(std::string_view path,
                                       shared::Deadline deadline = shared::Deadline::Never()) const;

 private:
  shared::Result<shared::HttpResponse> Send(shared::HttpRequest request, std::string_view path) const;
  shared::Error NotReached(shared::HttpError failure, const std::string& url) const;
  // The log as the Jobs API has it: as one text, held in memory.
  shared::Result<std::string> LogText(std::string_view id) const;
  // A file of the session's log directory on the driver's node.
  shared::Status ReadFile(const Job& job, const std::string& filename, std::optional<std::int64_t> last_lines,
                          const std::function<bool(std::string_view)>& on_bytes) const;

  struct Known;

  DashboardAccess access_;
  std::shared_ptr<shared::HttpClient> http_;
  std::shared_ptr<Known> known_;
};

// What a dashboard answered, as an error: "action: cause". `body` is Ray's own text, often a traceback.
shared::Error DashboardError(int status, std::string_view body, std::string_view action);

}  // namespace kubectl_ray
