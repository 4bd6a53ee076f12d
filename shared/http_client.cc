#include "shared/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <mutex>

#include "shared/curl_options.h"
#include "shared/text.h"
#include "shared/url.h"

namespace shared {
namespace {

// A multi handle keeps the connection cache; its easy handle is reset for every request.
struct Handle {
  CURLM* multi = curl_multi_init();
  CURL* easy = curl_easy_init();
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
};

struct Exchange {
  const HttpRequest& request;
  HttpResponse response = {};
  std::size_t body_sent = 0;
  bool status_reported = false;
  bool too_large = false;
  bool aborted = false;
};

bool IsSuccess(int status) { return status >= 200 && status < 300; }

void ReportStatus(Exchange* exchange) {
  if (std::exchange(exchange->status_reported, true) || !exchange->request.on_status) return;
  exchange->request.on_status(exchange->response.status);
}

void StartHeaderBlock(Exchange* exchange, std::string_view status_line) {
  exchange->response.headers.clear();
  const std::size_t space = status_line.find(' ');
  exchange->response.status =
      space == std::string_view::npos ? 0 : std::atoi(std::string(status_line.substr(space + 1, 3)).c_str());
}

std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    StartHeaderBlock(exchange, line);
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  exchange->response.headers.emplace_back(std::move(name), Trim(line.substr(colon + 1)));
  return size;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  ReportStatus(exchange);
  if (exchange->request.on_body && IsSuccess(exchange->response.status)) {
    if (exchange->request.on_body({data, size})) return size;
    exchange->aborted = true;
    return CURL_WRITEFUNC_ERROR;
  }
  if (exchange->response.body.size() + size > exchange->request.max_body_bytes) {
    exchange->too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  exchange->response.body.append(data, size);
  return size;
}

std::size_t OnReadBody(char* buffer, std::size_t, std::size_t size, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  if (exchange->request.read_body) {
    std::ptrdiff_t n = exchange->request.read_body(buffer, size);
    if (n >= 0) return static_cast<std::size_t>(n);
    exchange->aborted = true;
    return CURL_READFUNC_ABORT;
  }
  std::string_view rest = std::string_view(exchange->request.body).substr(exchange->body_sent);
  rest = rest.substr(0, size);
  std::memcpy(buffer, rest.data(), rest.size());
  exchange->body_sent += rest.size();
  return rest.size();
}

// libcurl rewinds a body that it has begun to send on a reused connection that turns out to be dead.
int OnSeekBody(void* user, curl_off_t offset, int origin) {
  auto* exchange = static_cast<Exchange*>(user);
  if (exchange->request.read_body || origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  exchange->body_sent = std::min(static_cast<std::size_t>(offset), exchange->request.body.size());
  return CURL_SEEKFUNC_OK;
}

void ApplyBody(CURL* easy, const HttpRequest& request) {
  const bool has_body = !request.body.empty() || request.read_body;
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (!has_body) return;
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, OnReadBody);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, OnSeekBody);
  curl_off_t size = static_cast<curl_off_t>(request.body.size());
  if (request.read_body) size = request.read_body_size.value_or(-1);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, size);
}

curl_slist* BuildHeaders(const HttpOptions& options, const HttpRequest& request) {
  curl_slist* list = AppendHeader(nullptr, "Expect:");  // no 100-continue: it costs a round trip or a second
  if (const std::string host = HostHeader(options, request.url); !host.empty())
    list = AppendHeader(list, host);
  for (const auto& [name, value] : request.headers)
    list = AppendHeader(list, value.empty() ? name + ";" : name + ": " + value);
  return list;
}

void ApplyRequest(CURL* easy, const HttpRequest& request, Exchange* exchange) {
  ApplyBody(easy, request);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_READDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  if (request.idle_timeout.count() > 0) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(
        easy, CURLOPT_LOW_SPEED_TIME,
        static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request.idle_timeout).count()));
  }
  if (request.accept_gzip) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  long version = CURL_HTTP_VERSION_1_1;
  if (request.http2)
    version =
        request.url.starts_with("https:") ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
}

// Drives the one transfer of `handle` to its end. CURLE_OK in *code means that the answer is whole.
std::optional<HttpError> Drive(const Handle& handle, const HttpRequest& request, const Interrupt* interrupt,
                               CURLcode* code) {
  int running = 1;
  while (true) {
    if (CURLMcode m = curl_multi_perform(handle.multi, &running); m != CURLM_OK)
      return HttpError{HttpFailure::kInternal, Uncapitalized(curl_multi_strerror(m))};
    if (running == 0) break;
    if (interrupt != nullptr && interrupt->raised())
      return HttpError{HttpFailure::kInterrupted, "interrupted"};
    if (request.deadline.passed())
      return HttpError{HttpFailure::kNoAnswer, "no answer within the time allowed"};
    const int interrupt_fd = interrupt != nullptr ? interrupt->fd() : -1;
    curl_waitfd extra = {static_cast<curl_socket_t>(interrupt_fd), CURL_WAIT_POLLIN, 0};
    const auto wait = request.deadline.Remaining(std::chrono::seconds(60));
    curl_multi_poll(handle.multi, &extra, interrupt_fd >= 0 ? 1 : 0, static_cast<int>(wait.count()), nullptr);
  }
  int left = 0;
  *code = CURLE_FAILED_INIT;
  while (CURLMsg* message = curl_multi_info_read(handle.multi, &left))
    if (message->msg == CURLMSG_DONE) *code = message->data.result;
  return std::nullopt;
}

}  // namespace

struct HttpClient::State {
  HttpOptions options;
  std::mutex mutex;
  std::vector<std::unique_ptr<Handle>> idle;

  std::unique_ptr<Handle> Take() {
    std::lock_guard lock(mutex);
    if (idle.empty()) return std::make_unique<Handle>();
    auto handle = std::move(idle.back());
    idle.pop_back();
    return handle;
  }
  void Give(std::unique_ptr<Handle> handle) {
    std::lock_guard lock(mutex);
    idle.push_back(std::move(handle));
  }
};

HttpClient::HttpClient(HttpOptions options) : state_(std::make_unique<State>()) {
  InitializeCurl();
  state_->options = std::move(options);
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

const HttpOptions& HttpClient::options() const { return state_->options; }

Result<HttpResponse, HttpError> HttpClient::Send(const HttpRequest& request) const {
  std::unique_ptr<Handle> handle = state_->Take();
  CURL* easy = handle->easy;
  Exchange exchange{request};
  char detail[CURL_ERROR_SIZE] = "";
  curl_slist* connect_to = nullptr;
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
  ApplyHttpOptions(easy, state_->options, request.url, &connect_to);
  ApplyRequest(easy, request, &exchange);
  curl_slist* headers = BuildHeaders(state_->options, request);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);

  CURLcode code = CURLE_OK;
  curl_multi_add_handle(handle->multi, easy);
  std::optional<HttpError> failure = Drive(*handle, request, state_->options.interrupt, &code);
  if (!failure && code != CURLE_OK) {
    failure = ToHttpError(easy, code, detail);
    if (exchange.too_large)
      failure = HttpError{HttpFailure::kTooLarge,
                          "the answer is larger than " + std::to_string(request.max_body_bytes) + " bytes"};
    if (exchange.aborted) failure = HttpError{HttpFailure::kAborted, "stopped by the caller"};
  }
  curl_multi_remove_handle(handle->multi, easy);
  curl_slist_free_all(headers);
  curl_slist_free_all(connect_to);
  // After a failure the handle is not used again: libcurl would carry a body's pending rewind over into the
  // next request, which has another body.
  if (failure) return Unexpected(*std::move(failure));
  state_->Give(std::move(handle));
  ReportStatus(&exchange);
  return std::move(exchange.response);
}

std::string_view HttpResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

Error ToError(const HttpError& error, std::string_view url, std::string_view proxy_url) {
  ErrorCode code = ErrorCode::kUnavailable;
  if (error.failure == HttpFailure::kNoAnswer) code = ErrorCode::kTimeout;
  if (error.failure == HttpFailure::kInterrupted) code = ErrorCode::kInterrupted;
  if (error.failure == HttpFailure::kCertificate) code = ErrorCode::kAuth;
  if (error.failure == HttpFailure::kInternal || error.failure == HttpFailure::kTooLarge)
    code = ErrorCode::kInternal;
  return Error{
      code,
      "cannot reach \"" + std::string(HostAndPort(url)) + "\"" +
          (proxy_url.empty() ? "" : " through the proxy \"" + std::string(HostAndPort(proxy_url)) + "\"") +
          ": " + error.message};
}

}  // namespace shared
