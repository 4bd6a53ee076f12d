#include "kubectl-ray/ray/jobs_client.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "kubectl-ray/ray/marked_log.h"
#include "shared/html.h"
#include "shared/split.h"
#include "shared/text.h"
#include "shared/url.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::HttpRequest;
using shared::HttpResponse;
using shared::Json;
using shared::Result;
using shared::Status;
using shared::Unexpected;

constexpr std::chrono::seconds kRequestTimeout(60);  // the dashboard itself waits 30 s for its agent
constexpr std::chrono::seconds kIdleTimeout(60);
constexpr std::chrono::seconds kChangeTimeout(120);  // Serve's proxies have 60 s to start
constexpr std::chrono::seconds kUploadTimeout(600);  // while bytes flow: after this time Ray unpins a package
constexpr std::chrono::seconds kConnectTimeout(15);
constexpr std::size_t kMaxAnswerBytes = 256u << 20;  // 10,000 jobs with large runtime environments
constexpr std::size_t kMaxCauseBytes = 600;
constexpr shared::RayRelease kLastWithMarks{2, 44};  // see marked_log.h
constexpr shared::RayRelease kNewest{999, 0};

// Ray answers with a Python traceback, nested once for each process that it went through; the last line that
// is not just a closing dot is the cause. A gRPC error has several lines, and the cause is in one of them.
std::string_view Cause(std::string_view body) {
  constexpr std::string_view kDetails = "details = \"";
  if (const std::size_t at = body.rfind(kDetails); at != std::string_view::npos) {
    const std::string_view details = body.substr(at + kDetails.size());
    return details.substr(0, std::min(details.find('"'), kMaxCauseBytes));
  }
  while (true) {
    while (!body.empty() && (body.back() == '\n' || body.back() == '.' || body.back() == ' '))
      body.remove_suffix(1);
    const std::size_t line = body.rfind('\n');
    std::string_view last = line == std::string_view::npos ? body : body.substr(line + 1);
    return last.substr(0, kMaxCauseBytes);
  }
}

// A head's dashboard answers before the agent that starts jobs has joined it. Ray 2.9.3 and 2.60 wait for an
// agent and give up with the first text (job_head.py); 2.40 does not wait and fails with the second one (run
// on it).
bool HasNoJobAgent(int status, std::string_view body) {
  return status == 500 &&
         (body.find("No available agent to submit job") != std::string_view::npos ||
          body.find("'NoneType' object has no attribute 'submit_job_internal'") != std::string_view::npos);
}

// What pydantic writes of a body that it refuses: a line that counts, then a field, its fault and a link for
// each one.
std::string ValidationCause(std::string_view body) {
  std::string cause;
  bool is_field = true;
  for (const std::string_view line : shared::Split(body.substr(body.find('\n') + 1), '\n')) {
    const std::string_view words = shared::Trim(line);
    if (words.empty() || words.starts_with("For further information visit ")) continue;
    cause += (cause.empty() ? "" : is_field ? "; " : ": ") + std::string(words);
    is_field = !is_field;
  }
  return cause.substr(0, kMaxCauseBytes);
}

bool IsSuccess(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

std::string JobPath(std::string_view id, std::string_view rest = "") {
  return "/api/jobs/" + shared::UrlEncode(id) + std::string(rest);
}

// Returns the last `count` lines.
std::string_view LastLines(std::string_view text, std::int64_t count) {
  if (count <= 0) return {};
  std::size_t begin = text.size();
  if (text.ends_with('\n')) --begin;
  for (; begin > 0; --begin)
    if (text[begin - 1] == '\n' && --count == 0) break;
  return text.substr(begin);
}

// A gateway in front of the dashboard has answered with a page.
std::string HintForPage(int status) {
  if (status == 413)
    return "The gateway in front of the dashboard bounds the size of what is sent (nginx: "
           "client_max_body_size): have "
           "it raised, leave files out by .rayignore, or use --cluster, which goes by the API server.";
  if (status < 400 || status == 401 || status == 403)
    return "A gateway in front of the dashboard wants you to sign in: give it what it asks for by --headers. "
           "Or is "
           "this address no Ray dashboard?";
  return "A gateway in front of the dashboard says so, and not Ray.";
}

// Says where the text is from that could not be read.
shared::Unexpected<shared::Error> NotRead(const HttpResponse& response, std::string_view path,
                                          const shared::Error& error) {
  const std::string cannot = "cannot read the dashboard's answer to \"" + std::string(path) + "\": ";
  if (shared::IsHtml(response.body))
    return Fail(ErrorCode::kInternal, cannot + "it is a page, \"" + shared::PageWords(response.body) + "\"",
                HintForPage(response.status));
  return Fail(ErrorCode::kInternal, cannot + error.message, "Is this address a Ray dashboard?");
}

// ParseJson(), with an error that says where the text is from.
Result<Json> ReadJson(const HttpResponse& response, std::string_view path) {
  Result<Json> value = shared::ParseJson(response.body);
  if (!value) return NotRead(response, path, value.error());
  return value;
}

}  // namespace

Json ToJson(const JobRequest& request) {
  Json body = {{"entrypoint", request.entrypoint},
               {"submission_id", request.submission_id},
               {"runtime_env", request.runtime_env},
               {"metadata", request.metadata}};
  if (request.entrypoint_num_cpus) body["entrypoint_num_cpus"] = *request.entrypoint_num_cpus;
  if (request.entrypoint_num_gpus) body["entrypoint_num_gpus"] = *request.entrypoint_num_gpus;
  if (request.entrypoint_memory) body["entrypoint_memory"] = *request.entrypoint_memory;
  if (!request.entrypoint_resources.is_null()) body["entrypoint_resources"] = request.entrypoint_resources;
  if (!request.entrypoint_label_selector.is_null())
    body["entrypoint_label_selector"] = request.entrypoint_label_selector;
  return body;
}

shared::Error DashboardError(int status, std::string_view body, std::string_view action) {
  ErrorCode code = ErrorCode::kInternal;
  std::string hint;
  if (status == 404) code = ErrorCode::kNotFound;
  if (status == 400) code = ErrorCode::kUsage;
  if (status == 401 || status == 403) {
    code = ErrorCode::kAuth;
    hint = "This cluster asks for a token: give it by --ray-token-file or $RAY_AUTH_TOKEN.";
  }
  std::string message = "cannot " + std::string(action) + ": ";
  const bool page = shared::IsHtml(body);
  if (page) hint = HintForPage(status);
  const bool validates = body.substr(0, body.find('\n')).find(" validation error") != std::string_view::npos;
  const std::string cause = page        ? shared::PageWords(body)
                            : validates ? ValidationCause(body)
                                        : std::string(Cause(body));
  if (HasNoJobAgent(status, body))
    return {ErrorCode::kUnavailable, message + "its head's job agent has not started yet (HTTP status 500)",
            "A head that has just started has one within a minute; if not, its dashboard_agent.log says why "
            "(`kubectl ray log` fetches it)."};
  message += cause.empty() ? "the dashboard answered with HTTP status " + std::to_string(status)
                           : cause + " (HTTP status " + std::to_string(status) + ")";
  return {code, std::move(message), std::move(hint)};
}

struct JobsClient::Known {
  std::mutex mutex;
  std::optional<shared::RayRelease> release;
};

JobsClient::JobsClient(DashboardAccess access)
    : access_(std::move(access)),
      http_(std::make_shared<shared::HttpClient>(access_.http)),
      known_(std::make_shared<Known>()) {}

Result<HttpResponse> JobsClient::Send(HttpRequest request, std::string_view path) const {
  request.url = access_.url + std::string(path);
  request.headers.insert(request.headers.begin(), access_.headers.begin(), access_.headers.end());
  request.max_body_bytes = kMaxAnswerBytes;
  request.connect_timeout = kConnectTimeout;
  if (request.idle_timeout.count() == 0) request.idle_timeout = kIdleTimeout;
  if (request.deadline.is_never() && !request.on_body)
    request.deadline = shared::Deadline::After(kRequestTimeout);
  auto response = http_->Send(request);
  if (!response) return Unexpected(NotReached(std::move(response).error(), request.url));
  const std::string_view location = response->Header("location");
  if (response->status >= 300 && response->status < 400 && !location.empty())  // Ray sends none
    return Fail(ErrorCode::kAuth,
                "cannot reach \"" + std::string(shared::HostAndPort(request.url)) +
                    "\": it sends us on to \"" + std::string(location) + "\" (HTTP status " +
                    std::to_string(response->status) + ")",
                HintForPage(response->status));
  return std::move(response).value();
}

shared::Error JobsClient::NotReached(shared::HttpError failure, const std::string& url) const {
  const bool no_connection =
      failure.failure == shared::HttpFailure::kRefused || failure.failure == shared::HttpFailure::kClosed;
  const shared::Error why = no_connection && access_.dial_failure ? access_.dial_failure() : shared::Error();
  if (!why.message.empty()) failure.message = why.message;
  shared::Error error = shared::ToError(failure, url);
  if (why.code == ErrorCode::kAuth) error.code = ErrorCode::kAuth;  // trying again does not help
  if (!why.hint.empty()) error.hint = why.hint;
  if (!access_.not_ready.empty()) error.message += "; the head is not ready: " + access_.not_ready;
  return error;
}

Result<Json> JobsClient::GetPath(std::string_view path, shared::Deadline deadline) const {
  ASSIGN_OR_RETURN(HttpResponse response, Send({.url = {}, .deadline = deadline}, path));
  if (!IsSuccess(response))
    return Unexpected(DashboardError(response.status, response.body, "get \"" + std::string(path) + "\""));
  return ReadJson(response, path);
}

Result<std::vector<NodeSample>> JobsClient::NodeSamples(shared::Deadline deadline) const {
  constexpr std::string_view kPath = "/nodes?view=summary";
  constexpr std::size_t kMaxPageBytes = 16384;  // of what is no answer
  NodeSampleReader reader;
  std::string begin;
  HttpRequest request{.url = {}, .deadline = deadline};
  request.on_body = [&](std::string_view piece) {
    shared::AppendUpTo(&begin, piece, kMaxPageBytes);
    reader.Feed(piece);  // a fault shows in Finish()
    return true;
  };
  ASSIGN_OR_RETURN(HttpResponse response, Send(std::move(request), kPath));
  if (!IsSuccess(response))
    return Unexpected(DashboardError(response.status, response.body, "get \"" + std::string(kPath) + "\""));
  Result<std::vector<NodeSample>> samples = reader.Finish();
  response.body = std::move(begin);
  if (!samples) return NotRead(response, kPath, samples.error());
  return samples;
}

Status JobsClient::Change(HttpRequest request, std::string_view path, std::string_view action) const {
  request.idle_timeout = kChangeTimeout;
  request.deadline = shared::Deadline::After(kChangeTimeout);
  ASSIGN_OR_RETURN(const HttpResponse response, Send(std::move(request), path));
  if (IsSuccess(response)) return shared::Ok();
  return Unexpected(DashboardError(response.status, response.body, action));
}

Status JobsClient::PutPath(std::string_view path, const Json& body, std::string_view action) const {
  HttpRequest request{.method = "PUT", .url = {}};
  request.headers = {{"Content-Type", "application/json"}};
  request.body = shared::DumpJson(body);
  return Change(std::move(request), path, action);
}

Status JobsClient::DeletePath(std::string_view path, std::string_view action) const {
  return Change({.method = "DELETE", .url = {}}, path, action);
}

Result<std::string> JobsClient::RayVersion() const {
  ASSIGN_OR_RETURN(Json version, GetPath("/api/version"));
  return shared::StringAt(version, {"ray_version"});
}

Result<shared::RayRelease> JobsClient::Release() const {
  const std::lock_guard lock(known_->mutex);
  if (known_->release) return *known_->release;
  const Result<std::string> version = RayVersion();
  const bool refused =
      !version && (version.error().code == ErrorCode::kNotFound || version.error().code == ErrorCode::kAuth ||
                   version.error().code == ErrorCode::kUsage);
  if (!version && !refused) return Unexpected(version.error());
  known_->release = version ? shared::ParseRayRelease(*version).value_or(kNewest) : kNewest;
  return *known_->release;
}

Result<bool> JobsClient::PackageExists(std::string_view name) const {
  ASSIGN_OR_RETURN(HttpResponse response, Send({.url = {}}, "/api/packages/gcs/" + shared::UrlEncode(name)));
  if (response.status == 404) return false;
  if (IsSuccess(response)) return true;
  return Unexpected(
      DashboardError(response.status, response.body, "look for package \"" + std::string(name) + "\""));
}

Status JobsClient::UploadPackage(std::string_view name, UploadBody body) const {
  HttpRequest request{.method = "PUT", .url = {}};
  request.headers = {{"Content-Type", "application/octet-stream"}};
  request.read_body = std::move(body.read);
  request.read_body_size = body.size;
  request.deadline = shared::Deadline::After(kUploadTimeout);
  ASSIGN_OR_RETURN(HttpResponse response,
                   Send(std::move(request), "/api/packages/gcs/" + shared::UrlEncode(name)));
  if (IsSuccess(response)) return shared::Ok();
  return Unexpected(
      DashboardError(response.status, response.body, "upload package \"" + std::string(name) + "\""));
}

Status JobsClient::Submit(const JobRequest& job) const {
  HttpRequest request{.method = "POST", .url = {}};
  request.headers = {{"Content-Type", "application/json"}};
  request.body = shared::DumpJson(ToJson(job));
  ASSIGN_OR_RETURN(HttpResponse response, Send(std::move(request), "/api/jobs/"));
  if (IsSuccess(response)) return shared::Ok();
  return Unexpected(
      DashboardError(response.status, response.body, "submit job \"" + job.submission_id + "\""));
}

Result<Json> JobsClient::GetJson(std::string_view id, shared::Deadline deadline) const {
  ASSIGN_OR_RETURN(HttpResponse response, Send({.url = {}, .deadline = deadline}, JobPath(id)));
  if (!IsSuccess(response))
    return Unexpected(DashboardError(response.status, response.body, "get job \"" + std::string(id) + "\""));
  return ReadJson(response, JobPath(id));
}

Result<Job> JobsClient::Get(std::string_view id, shared::Deadline deadline) const {
  ASSIGN_OR_RETURN(Json value, GetJson(id, deadline));
  return ParseJob(value);
}

Result<Json> JobsClient::ListJson() const {
  ASSIGN_OR_RETURN(Json list, GetPath("/api/jobs/"));
  if (!list.is_array())
    return Fail(ErrorCode::kInternal, "cannot read the dashboard's list of jobs: it is not an array");
  return list;
}

Result<bool> JobsClient::Stop(std::string_view id) const {
  HttpRequest request{.method = "POST", .url = {}};
  request.body = "{}";
  request.headers = {{"Content-Type", "application/json"}};
  ASSIGN_OR_RETURN(HttpResponse response, Send(std::move(request), JobPath(id, "/stop")));
  if (!IsSuccess(response))
    return Unexpected(DashboardError(response.status, response.body, "stop job \"" + std::string(id) + "\""));
  ASSIGN_OR_RETURN(Json answer, ReadJson(response, JobPath(id, "/stop")));
  return shared::BoolAt(answer, {"stopped"});
}

Status JobsClient::Delete(std::string_view id) const {
  ASSIGN_OR_RETURN(HttpResponse response, Send({.method = "DELETE", .url = {}}, JobPath(id)));
  if (IsSuccess(response)) return shared::Ok();
  return Unexpected(DashboardError(response.status, response.body, "delete job \"" + std::string(id) + "\""));
}

Status JobsClient::ReadLog(const Job& job, std::optional<std::int64_t> last_lines,
                           const std::function<bool(std::string_view)>& on_bytes) const {
  if (last_lines == 0) return shared::Ok();  // Ray takes 0 as its default, 1000 lines
  bool began = false;
  Status read = ReadFile(job, "job-driver-" + job.submission_id + ".log", last_lines,
                         [&](std::string_view bytes) { return began = true, on_bytes(bytes); });
  if (read || began || read.error().code != ErrorCode::kInternal) return read;
  const Result<std::string> text = LogText(job.submission_id);
  if (!text) return read;
  const std::string_view wanted = last_lines ? LastLines(*text, *last_lines) : *text;
  if (!wanted.empty()) on_bytes(wanted);
  return shared::Ok();
}

Result<std::string> JobsClient::LogText(std::string_view id) const {
  ASSIGN_OR_RETURN(const Json answer, GetPath(JobPath(id, "/logs")));
  const Json& text = shared::At(answer, {"logs"});
  if (text.is_string()) return text.get<std::string>();
  return Fail(ErrorCode::kInternal, "cannot read the log of job \"" + std::string(id) + "\": it is no text");
}

Status JobsClient::ReadSupervisorLog(const Job& job,
                                     const std::function<bool(std::string_view)>& on_bytes) const {
  return ReadFile(job, "jobs/supervisor-" + job.submission_id + ".log", std::nullopt, on_bytes);
}

Status JobsClient::ReadFile(const Job& job, const std::string& filename,
                            std::optional<std::int64_t> last_lines,
                            const std::function<bool(std::string_view)>& on_bytes) const {
  if (job.driver_node_id.empty())
    return Fail(ErrorCode::kNotFound,
                "cannot read the log of job \"" + job.submission_id + "\": it has not started on any node");
  ASSIGN_OR_RETURN(const shared::RayRelease release, Release());
  const bool has_marks = release <= kLastWithMarks;
  MarkedLog marked;
  bool ended_early = false;
  HttpRequest request{.url = {}};
  request.on_body = [&](std::string_view bytes) {
    ended_early = has_marks ? !marked.Take(bytes, on_bytes) : !on_bytes(bytes);
    return !ended_early;
  };
  const std::string path = "/api/v0/logs/file?node_id=" + shared::UrlEncode(job.driver_node_id) +
                           "&filename=" + shared::UrlEncode(filename) +
                           "&lines=" + std::to_string(last_lines.value_or(-1));
  Result<HttpResponse> response = Send(std::move(request), path);
  if (ended_early) return shared::Ok();
  if (!response) return Unexpected(std::move(response).error());
  const std::string action = "read the log of job \"" + job.submission_id + "\"";
  if (marked.failure())
    return Fail(ErrorCode::kInternal, "cannot " + action + ": " + std::string(Cause(*marked.failure())));
  if (IsSuccess(*response)) return shared::Ok();
  return Unexpected(DashboardError(response->status, response->body, action));
}

bool JobsClient::IsNodeGone(std::string_view node_id) const {
  const auto answer =
      GetPath("/api/v0/nodes?detail=1&filter_keys=node_id&filter_predicates=%3D&filter_values=" +
              shared::UrlEncode(node_id));
  if (!answer) return false;
  const Json& nodes = shared::At(*answer, {"data", "result", "result"});
  return nodes.is_array() && nodes.size() == 1 && shared::StringAt(nodes[0], {"state"}) == "DEAD";
}

Result<shared::WebSocket> JobsClient::OpenLogTail(std::string_view id) const {
  shared::WebSocketRequest request;
  request.url = "ws" + access_.url.substr(4) + JobPath(id, "/logs/tail");  // http → ws, https → wss
  request.headers = access_.headers;
  request.connect_timeout = kConnectTimeout;
  auto socket = shared::WebSocket::Connect(access_.http, request);
  if (socket) return std::move(socket).value();
  if (socket.error().status >= 400)
    return Unexpected(
        DashboardError(socket.error().status, "", "follow the log of job \"" + std::string(id) + "\""));
  return Unexpected(NotReached(std::move(socket).error().error, request.url));
}

}  // namespace kubectl_ray
