#include "kubectl-ray/kube/client.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <unordered_set>

#include "kubectl-ray/kube/api_error.h"
#include "kubectl-ray/kube/pause.h"
#include "kubectl-ray/kube/warning_header.h"
#include "shared/url.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::HttpFailure;
using shared::HttpRequest;
using shared::HttpResponse;
using shared::Result;
using shared::StringAt;

constexpr int kMaxBusyRetries = 5;  // after answers of 429 and 503 with a Retry-After
constexpr int kMaxListRestarts = 3;
constexpr std::size_t kMaxPageBytes = 64u << 20;  // of a page of a list
constexpr std::size_t kBeginOfPage = 4096;

// Returns Retry-After in seconds, bounded; nothing if the server sends none.
std::optional<std::chrono::milliseconds> RetryAfter(const HttpResponse& response) {
  if (response.status != 429 && response.status != 503) return std::nullopt;
  const std::string value(response.Header("retry-after"));
  if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const int seconds = value.size() > 3 ? 30 : std::clamp(std::atoi(value.c_str()), 1, 30);
  return std::chrono::seconds(seconds);
}

std::string Query(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters)
    if (!value.empty()) query += (query.empty() ? '?' : '&') + name + "=" + shared::UrlEncode(value);
  return query;
}

Error NotJson(const RequestInfo& info, const HttpResponse& response, const Error& cause) {
  Error error = ErrorFromResponse(info, response);
  if (error.hint.empty()) error.hint = "The answer cannot be read: " + cause.message + ".";
  error.code = ErrorCode::kInternal;
  return error;
}

Result<Json> ObjectOf(const RequestInfo& info, const HttpResponse& response, Result<Json> json) {
  if (!json) return shared::Unexpected(NotJson(info, response, json.error()));
  if (!json->is_object())
    return shared::Unexpected(NotJson(info, response, {ErrorCode::kInternal, "it is not an object"}));
  return json;
}

// Returns what went wrong below HTTP, with a hint that usually helps.
Error ConnectionError(const shared::HttpError& failure, const ClusterAccess& access) {
  const std::string& proxy = access.http.proxy_url;
  Error error = shared::ToError(failure, access.server, proxy);
  switch (failure.failure) {
    case HttpFailure::kName:
    case HttpFailure::kRefused:
    case HttpFailure::kNoAnswer:
      error.hint = "Is the cluster running, and is the kubeconfig's server address right?";
      break;
    case HttpFailure::kCertificate:
      error.hint =
          "The kubeconfig's certificate-authority, tls-server-name or client certificate does not fit "
          "the server, or a certificate has expired.";
      break;
    case HttpFailure::kProtocol:
      error.hint =
          "Something else than the Kubernetes API seems to listen there, or its certificate is of a kind "
          "that this program does not take (Ed25519): docs/install.md says which it takes.";
      break;
    default:
      break;
  }
  if (!proxy.empty() && failure.failure != HttpFailure::kCertificate)
    error.hint =
        "The proxy comes from --proxy-url, the kubeconfig's proxy-url, or HTTPS_PROXY; NO_PROXY exempts "
        "servers from the latter.";
  return error;
}

// For -v. Headers are left out, because they have our credentials.
void LogExchange(const HttpRequest& request, const Result<HttpResponse, shared::HttpError>& response,
                 std::chrono::steady_clock::duration took) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  // One string, because the release build's compiler does not take format strings of this fmt as constants.
  spdlog::debug(request.method + " " + request.url + " " +
                (response ? std::to_string(response->status) : response.error().message) + " in " +
                std::to_string(milliseconds) + " ms");
}

// `status` refused the WebSocket; 0: it was not tried.
void LogSpdy(std::string_view path, int status) {
  spdlog::debug("POST " + std::string(path) + " for SPDY/3.1" +
                (status == 0 ? "" : ", as the WebSocket was answered " + std::to_string(status)));
}

// Passes each text on once, one call at a time, from any thread.
class OncePerText {
 public:
  explicit OncePerText(std::function<void(const std::string&)> hook = {}) : hook_(std::move(hook)) {}

  void SetHook(std::function<void(const std::string&)> hook) { hook_ = std::move(hook); }
  const std::function<void(const std::string&)>& hook() const { return hook_; }

  void Say(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (hook_ && said_.insert(text).second) hook_(text);
  }

 private:
  std::function<void(const std::string&)> hook_;
  std::mutex mutex_;
  std::unordered_set<std::string> said_;
};

// JSON as YAML reads it: three characters that JSON allows in a string are line breaks there (YAML 1.1, 5.4),
// which the server would fold.
std::string WithoutLineBreaksOfYaml(std::string json) {
  constexpr std::pair<std::string_view, std::string_view> kBreaks[] = {
      {"\xc2\x85", "\\u0085"}, {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}};
  for (const auto& [bytes, escape] : kBreaks)
    for (std::size_t at = 0; (at = json.find(bytes, at)) != std::string::npos; at += escape.size())
      json.replace(at, bytes.size(), escape);
  return json;
}

}  // namespace

struct KubeClient::State {
  State(ClusterAccess a, std::chrono::milliseconds timeout, std::function<void(const std::string&)> note)
      : access(std::move(a)),
        request_timeout(timeout),
        notes(std::move(note)),
        http(std::make_shared<const shared::HttpClient>(access.http)) {}

  const ClusterAccess access;
  const std::chrono::milliseconds request_timeout;
  OncePerText notes;
  mutable OncePerText warnings;
  mutable std::mutex mutex;
  mutable std::shared_ptr<const shared::HttpClient> http;  // replaced when our certificate changes
  std::map<std::string, std::vector<std::string>, std::less<>> served;  // group and version → plurals
  mutable std::atomic<bool> no_web_sockets = false;                     // they were refused, and SPDY was not
  mutable std::atomic<bool> speaks_spdy = false;

  struct SignedIn {
    SignIn as;
    std::shared_ptr<const shared::HttpClient> client;  // its connections have our current certificate
  };

  // Adds our credentials; replaces an Authorization header of an earlier try. `rejected` is as for
  // ClusterAccess::sign_in.
  Result<SignedIn> Authorize(shared::HttpHeaders* headers, const std::optional<SignIn>& rejected) const {
    std::erase_if(*headers, [](const auto& header) { return header.first == "Authorization"; });
    ASSIGN_OR_RETURN(SignIn sign_in, access.sign_in(rejected ? &*rejected : nullptr));
    if (!sign_in.authorization.empty()) headers->emplace_back("Authorization", sign_in.authorization);
    std::lock_guard lock(mutex);
    const bool changed = !sign_in.cert_pem.empty() && sign_in.cert_pem != http->options().tls.cert_pem;
    if (changed) {
      shared::HttpOptions options = access.http;
      options.tls.cert_pem = sign_in.cert_pem;
      options.tls.key_pem = sign_in.key_pem;
      http = std::make_shared<const shared::HttpClient>(std::move(options));
    }
    return SignedIn{std::move(sign_in), http};
  }

  // Makes one exchange with its retries; any status is an answer here. `timeout` bounds the request besides
  // its deadline; it begins after the sign-in, which may wait for a person.
  Result<HttpResponse> Exchange(HttpRequest request, std::chrono::milliseconds timeout = {}) const {
    for (const auto& header : access.impersonation) request.headers.push_back(header);
    const Deadline whole = request.deadline;
    std::optional<SignIn> rejected;
    for (int busy = 0;;) {
      ASSIGN_OR_RETURN(const SignedIn us, Authorize(&request.headers, rejected));
      if (busy == 0 && timeout.count() > 0) request.deadline = whole.Min(Deadline::After(timeout));
      const auto begin = std::chrono::steady_clock::now();
      auto response = us.client->Send(request);
      LogExchange(request, response, std::chrono::steady_clock::now() - begin);
      if (!response) return shared::Unexpected(ConnectionError(response.error(), access));
      if (request.read_body) return *std::move(response);  // its body was already read
      if (response->status == 401 && !rejected) {
        rejected = us.as;
        continue;
      }
      const auto wait = RetryAfter(*response);
      if (!wait || ++busy > kMaxBusyRetries || *wait > request.deadline.Remaining())
        return *std::move(response);
      if (Pause(access.http.interrupt, *wait)) return Fail(ErrorCode::kInterrupted, "interrupted");
    }
  }

  Error Refused(const RequestInfo& info, const HttpResponse& response) const {
    Error error = ErrorFromResponse(info, response);
    if (error.code == ErrorCode::kAuth && access.server.starts_with("http://"))
      error.hint +=
          (error.hint.empty() ? "" : " ") +
          std::string("No credentials are sent to an http:// server, as they could be read on the way.");
    return error;
  }

  // libcurl drops the body of a refused upgrade, so we ask for the same path without the upgrade to get the
  // Status: by a GET if the verb "get" was refused, by a POST if "create" was. If only the upgrade was wrong,
  // this does nothing on the server.
  Error WhyRefused(int upgrade_status, std::string_view path) const {
    for (const char* method : {"GET", "POST"}) {
      HttpRequest plain{.method = method};
      plain.deadline = Deadline::After(std::chrono::seconds(30));
      plain.url = access.server + std::string(path);
      const Result<HttpResponse> response = Exchange(std::move(plain));
      if (!response) return response.error();
      if (response->status == upgrade_status) return Refused(DescribeRequest(method, path), *response);
      if (upgrade_status != 403) break;
    }
    return Refused(DescribeRequest("GET", path), {upgrade_status, {}, {}});
  }

  // Returns the refusal that says most: of the WebSocket, unless only SPDY was tried (`refused.status` 0), or
  // the server forbids what a proxy would have let through.
  Error WhyNeither(const shared::UpgradeRefusal& refused, const shared::UpgradeRefusal& spdy,
                   std::string_view path) const {
    if (spdy.error.failure == HttpFailure::kInterrupted || (refused.status == 0 && spdy.status == 0))
      return ConnectionError(spdy.error, access);
    if (refused.status == 0 || spdy.status == 403) return WhyRefused(spdy.status, path);
    if (refused.status != 101) return WhyRefused(refused.status, path);
    return {ErrorCode::kInternal,
            "cannot " + ToString(DescribeRequest("GET", path)) + ": " + refused.error.message,
            "A proxy in between may not pass WebSockets on."};
  }

  // Upgrades a connection by `connect`, which gets our options and headers; after a 401 once more, with fresh
  // credentials.
  template <typename Connection, typename Connect>
  Result<Result<Connection, shared::UpgradeRefusal>> Upgrade(const Connect& connect) const {
    shared::HttpHeaders headers = access.impersonation;
    std::optional<SignIn> rejected;
    while (true) {
      ASSIGN_OR_RETURN(const SignedIn us, Authorize(&headers, rejected));
      Result<Connection, shared::UpgradeRefusal> opened = connect(us.client->options(), headers);
      if (opened || opened.error().status != 401 || rejected) return opened;
      rejected = us.as;
    }
  }

  // A WebSocket of another subprotocol than was asked for is a refusal with the status 101.
  auto OpenWebSocket(std::string_view path, const PodProtocol& protocol) const {
    using Opened = Result<shared::WebSocket, shared::UpgradeRefusal>;
    return Upgrade<shared::WebSocket>([&](const auto& options, const auto& headers) -> Opened {
      shared::WebSocketRequest request;
      request.url = "ws" + access.server.substr(4) + std::string(path);  // http(s) → ws(s)
      request.subprotocols = protocol.web_socket;
      request.headers = headers;
      Opened socket = shared::WebSocket::Connect(options, request);
      const bool spoken = socket && !socket->subprotocol().empty() &&
                          protocol.web_socket.find(socket->subprotocol()) != std::string::npos;
      if (!socket || spoken) return socket;
      return shared::Unexpected(shared::UpgradeRefusal{
          101, {HttpFailure::kProtocol, "the server does not speak " + protocol.web_socket}});
    });
  }

  auto OpenSpdy(std::string_view path, const PodProtocol& protocol) const {
    return Upgrade<shared::SpdyConnection>([&](const auto& options, const auto& headers) {
      shared::SpdyRequest request;
      request.url = access.server + std::string(path);
      request.protocol = protocol.spdy;
      request.headers = headers;
      return shared::SpdyConnection::Connect(options, request);
    });
  }

  void TakeWarnings(const HttpResponse& response) const {
    for (const auto& [name, value] : response.headers) {
      if (name != "warning") continue;
      for (const std::string& text : ParseWarningHeader(value)) warnings.Say(text);
    }
  }

  Result<HttpResponse> ExchangeWhole(HttpRequest request, const RequestInfo& info,
                                     const std::string& path) const {
    const bool writes = request.method != "GET";
    request.url = access.server + path;
    request.headers.emplace_back("Accept", "application/json");
    request.accept_gzip = true;
    ASSIGN_OR_RETURN(HttpResponse response, Exchange(std::move(request), request_timeout));
    if (writes) TakeWarnings(response);
    if (response.status >= 300) return shared::Unexpected(Refused(info, response));
    return response;
  }

  // Makes one exchange that ends in a JSON object or an Error.
  Result<Json> ExchangeJson(HttpRequest request, const std::string& path) const {
    const RequestInfo info = DescribeRequest(request.method, path);
    ASSIGN_OR_RETURN(const HttpResponse response, ExchangeWhole(std::move(request), info, path));
    return ObjectOf(info, response, shared::ParseJson(response.body));
  }

  // The same for a page of a list, whose items go to `items` as they come: only they are in memory.
  Result<Json> ExchangePage(const std::string& path, shared::JsonItems* items) const {
    const RequestInfo info = DescribeRequest("GET", path);
    std::size_t size = 0;
    std::string begin;  // of the answer, for the error if it is no list
    HttpRequest request;
    request.on_body = [&](std::string_view piece) {
      size += piece.size();
      if (begin.size() < kBeginOfPage) begin += piece.substr(0, kBeginOfPage - begin.size());
      (void)items->Feed(piece);
      return size <= kMaxPageBytes;
    };
    Result<HttpResponse> response = ExchangeWhole(std::move(request), info, path);
    if (size > kMaxPageBytes)
      return shared::Unexpected(ConnectionError(
          {HttpFailure::kTooLarge, "the answer is larger than " + std::to_string(kMaxPageBytes) + " bytes"},
          access));
    if (!response) return shared::Unexpected(std::move(response).error());
    response->body = std::move(begin);
    return ObjectOf(info, *response, items->Finish());
  }
};

KubeClient::KubeClient(ClusterAccess access, std::chrono::milliseconds request_timeout,
                       std::function<void(const std::string&)> on_note)
    : state_(std::make_unique<State>(std::move(access), request_timeout, std::move(on_note))) {}
KubeClient::~KubeClient() = default;

KubeClient KubeClient::Until(const shared::Interrupt* end) const {
  ClusterAccess access = state_->access;
  access.http.interrupt = end;
  return KubeClient(std::move(access), state_->request_timeout, state_->notes.hook());
}

const ClusterAccess& KubeClient::access() const { return state_->access; }

void KubeClient::OnWarning(std::function<void(const std::string&)> on_warning) {
  state_->warnings.SetHook(std::move(on_warning));
}

void KubeClient::Note(const std::string& text) const { state_->notes.Say(text); }

std::string ResourcePath(const Resource& resource, std::string_view ns, std::string_view name) {
  std::string path = (resource.group.empty() ? "/api/" : "/apis/") + resource.ApiVersion();
  if (!ns.empty()) path += "/namespaces/" + shared::UrlEncode(ns);
  path += "/" + resource.plural;
  if (!name.empty()) path += "/" + shared::UrlEncode(name);
  return path;
}

std::string PodLogPath(std::string_view ns, std::string_view pod, std::string_view container) {
  return ResourcePath(kPods, ns, pod) + "/log?container=" + shared::UrlEncode(container);
}

Result<Json> KubeClient::Get(const Resource& resource, std::string_view ns, std::string_view name) const {
  return state_->ExchangeJson({}, ResourcePath(resource, ns, name));
}

namespace {

// Reads the pages of one list. Remembers what it delivered, for when it has to start over.
class PageReader {
 public:
  PageReader(const ListOptions& options, const std::function<bool(Json)>& on_item)
      : options_(options), fields_(options.fields), on_item_(on_item) {
    fields_.Also({"metadata.uid"});
  }

  std::string PageQuery() const {
    return Query({{"limit", std::to_string(options_.page_size)},
                  {"labelSelector", options_.label_selector},
                  {"fieldSelector", options_.field_selector},
                  {"continue", continue_}});
  }

  // Reads the texts of a page's objects. They are delivered once the page is whole, so that the server does
  // not wait for who reads our output. Refers to this reader.
  shared::JsonItems Page() {
    texts_.clear();
    return shared::JsonItems::OfTexts({.fields = fields_, .max_bytes = kMaxPageBytes},
                                      [this](std::string text) {
                                        texts_.push_back(std::move(text));
                                        return true;
                                      });
  }

  // Takes the page's rest and delivers its objects. Returns false at the end of the list and if on_item
  // returned false.
  Result<bool> TakePage(const Json& rest) {
    continue_ = StringAt(rest, {"metadata", "continue"});
    resource_version_ = StringAt(rest, {"metadata", "resourceVersion"});
    for (std::string& text : texts_) {
      ASSIGN_OR_RETURN(Json item, shared::ParseJson(std::exchange(text, {})));
      if (!Deliver(std::move(item))) return false;
    }
    return shared::At(rest, {"items"}).is_array() && !continue_.empty();
  }

  bool on_later_page() const { return !continue_.empty(); }
  void StartOver() {
    continue_.clear();
    std::sort(delivered_.begin(), delivered_.end());
    before_ = static_cast<std::ptrdiff_t>(delivered_.size());
  }
  const std::string& resource_version() const { return resource_version_; }

 private:
  bool Deliver(Json item) {
    const std::size_t uid = std::hash<std::string>()(StringAt(item, {"metadata", "uid"}));
    if (std::binary_search(delivered_.begin(), delivered_.begin() + before_, uid)) return true;
    delivered_.push_back(uid);
    return on_item_(std::move(item));
  }

  const ListOptions& options_;
  shared::JsonFields fields_;
  const std::function<bool(Json)>& on_item_;
  std::string continue_;
  std::string resource_version_;
  std::vector<std::string> texts_;
  std::vector<std::size_t> delivered_;  // hashes of uids
  std::ptrdiff_t before_ = 0;           // so many of them, sorted, are of before the last start
};

}  // namespace

Result<std::string> KubeClient::List(const Resource& resource, std::string_view ns,
                                     const ListOptions& options,
                                     const std::function<bool(Json item)>& on_item) const {
  const std::string path = ResourcePath(resource, ns, "");
  PageReader reader(options, on_item);
  for (int restarts = 0;;) {
    shared::JsonItems items = reader.Page();
    const Result<Json> rest = state_->ExchangePage(path + reader.PageQuery(), &items);
    // The server has dropped the list's snapshot: of all requests here only a later page can be "gone".
    if (!rest && rest.error().code == ErrorCode::kNotFound && reader.on_later_page() &&
        ++restarts <= kMaxListRestarts) {
      reader.StartOver();
      continue;
    }
    if (!rest) return shared::Unexpected(rest.error());
    const Result<bool> more = reader.TakePage(*rest);
    if (!more)
      return Fail(ErrorCode::kInternal,
                  "cannot " + ToString(DescribeRequest("GET", path)) + ": one of the objects cannot be read",
                  "The answer is not whole: " + more.error().message + ".");
    if (!*more) return reader.resource_version();
  }
}

Result<std::vector<Json>> KubeClient::ListAll(const Resource& resource, std::string_view ns,
                                              const ListOptions& options) const {
  std::vector<Json> items;
  TRY(List(resource, ns, options, [&](Json item) {
    items.push_back(std::move(item));
    return true;
  }));
  return items;
}

Result<Json> KubeClient::Create(const Resource& resource, std::string_view ns, const Json& object,
                                const WriteOptions& options) const {
  HttpRequest request{.method = "POST"};
  request.headers = {{"Content-Type", "application/json"}};
  request.body = shared::DumpJson(object);
  return state_->ExchangeJson(
      std::move(request), ResourcePath(resource, ns, "") + Query({{"fieldManager", options.field_manager},
                                                                  {"fieldValidation", "Strict"},
                                                                  {"dryRun", options.dry_run ? "All" : ""}}));
}

Result<Json> KubeClient::Apply(const Resource& resource, std::string_view ns, std::string_view name,
                               const Json& object, const WriteOptions& options) const {
  HttpRequest request{.method = "PATCH"};
  request.headers = {{"Content-Type", "application/apply-patch+yaml"}};  // JSON is YAML
  request.body = WithoutLineBreaksOfYaml(shared::DumpJson(object));
  return state_->ExchangeJson(std::move(request), ResourcePath(resource, ns, name) +
                                                      Query({{"fieldManager", options.field_manager},
                                                             {"fieldValidation", "Strict"},
                                                             {"force", options.force ? "true" : ""},
                                                             {"dryRun", options.dry_run ? "All" : ""}}));
}

Result<Json> KubeClient::Patch(const Resource& resource, std::string_view ns, std::string_view name,
                               const Json& patch, std::string_view type, const WriteOptions& options) const {
  HttpRequest request{.method = "PATCH"};
  request.headers = {{"Content-Type", std::string(type)}};
  request.body = shared::DumpJson(patch);
  return state_->ExchangeJson(std::move(request), ResourcePath(resource, ns, name) +
                                                      Query({{"fieldManager", options.field_manager},
                                                             {"fieldValidation", "Strict"},
                                                             {"dryRun", options.dry_run ? "All" : ""}}));
}

Result<Json> KubeClient::Delete(const Resource& resource, std::string_view ns, std::string_view name,
                                const DeleteOptions& options) const {
  Json body = {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"propagationPolicy", options.propagation}};
  if (options.grace_period_seconds >= 0) body["gracePeriodSeconds"] = options.grace_period_seconds;
  if (!options.precondition_uid.empty()) body["preconditions"] = {{"uid", options.precondition_uid}};
  HttpRequest request{.method = "DELETE"};
  request.headers = {{"Content-Type", "application/json"}};
  request.body = shared::DumpJson(body);
  return state_->ExchangeJson(std::move(request), ResourcePath(resource, ns, name));
}

Result<bool> KubeClient::Serves(const Resource& resource) const {
  const std::string version = resource.ApiVersion();
  {
    std::lock_guard lock(state_->mutex);
    if (auto known = state_->served.find(version); known != state_->served.end())
      return std::find(known->second.begin(), known->second.end(), resource.plural) != known->second.end();
  }
  std::vector<std::string> plurals;
  Result<Json> list = state_->ExchangeJson({}, (resource.group.empty() ? "/api/" : "/apis/") + version);
  if (!list && list.error().code != ErrorCode::kNotFound) return shared::Unexpected(std::move(list).error());
  if (list)
    for (const Json& served : shared::At(*list, {"resources"})) plurals.push_back(StringAt(served, {"name"}));
  const bool serves = std::find(plurals.begin(), plurals.end(), resource.plural) != plurals.end();
  std::lock_guard lock(state_->mutex);
  state_->served[version] = std::move(plurals);
  return serves;
}

Result<HttpResponse> KubeClient::Send(HttpRequest request, std::string_view path) const {
  const RequestInfo info = DescribeRequest(request.method, path);
  request.url = state_->access.server + std::string(path);
  ASSIGN_OR_RETURN(HttpResponse response, state_->Exchange(std::move(request)));
  if (response.status >= 300) return shared::Unexpected(state_->Refused(info, response));
  return response;
}

Result<PodChannels> KubeClient::OpenChannels(std::string_view path, const PodProtocol& protocol) const {
  shared::UpgradeRefusal refused;
  if (!state_->no_web_sockets) {
    ASSIGN_OR_RETURN(auto socket, state_->OpenWebSocket(path, protocol));
    if (socket) return PodChannels(*std::move(socket));
    refused = socket.error();
    if (refused.status == 0) return shared::Unexpected(ConnectionError(refused.error, state_->access));
    if (refused.status == 401 || refused.status == 429)
      return shared::Unexpected(state_->WhyRefused(refused.status, path));
  }
  LogSpdy(path, refused.status);
  ASSIGN_OR_RETURN(auto spdy, state_->OpenSpdy(path, protocol));
  if (spdy) {
    state_->speaks_spdy = true;
    // A 403 is about the right to this path, and a fault of the server may pass; all else is about
    // WebSockets.
    const bool lasts = refused.status != 0 && refused.status != 403 && refused.status < 500;
    if (lasts) state_->no_web_sockets = true;
    return PodChannels(*std::move(spdy), protocol);
  }
  return shared::Unexpected(state_->WhyNeither(refused, spdy.error(), path));
}

bool KubeClient::speaks_spdy() const { return state_->speaks_spdy; }

}  // namespace kubectl_ray
