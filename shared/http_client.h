// Sends HTTP/1.1 and HTTP/2 requests over libcurl: one call, one answer, streamed if wanted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/deadline.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace shared {

// What went wrong below HTTP. An HTTP status of any kind is not a failure here: it is an answer.
enum class HttpFailure {
  kName,         // the host name does not resolve (yet)
  kRefused,      // nothing listens there, or no route
  kNoAnswer,     // a timeout or a deadline has passed
  kCertificate,  // the other side's certificate, or ours, was not accepted
  kProtocol,     // it answers, but not with the HTTP that was asked for
  kClosed,       // the connection broke in the middle
  kTooLarge,     // the answer is over max_body_bytes
  kAborted,      // on_body or read_body asked to stop
  kInterrupted,  // the Interrupt was raised
  kInternal,     // out of memory, a bad URL
};

struct HttpError {
  HttpFailure failure = HttpFailure::kInternal;
  std::string message;  // the cause alone, lower case, without the URL: "connection refused"
};

// Adds action and object: `cannot reach "host:port": connection refused`, or `cannot reach "host:port"
// through the proxy "host:port": ...`. `proxy_url` may be empty; its user and password are not shown.
Error ToError(const HttpError& error, std::string_view url, std::string_view proxy_url = {});

// PEM texts, held in memory and never written anywhere.
struct TlsOptions {
  std::string ca_pem;       // trust anchors; empty: the system's own bundle
  std::string cert_pem;     // client certificate, or empty
  std::string key_pem;      // its private key
  std::string server_name;  // name to verify and send as SNI instead of the URL's host; empty: the URL's
  bool insecure_skip_verify = false;
};

// The settings that all requests of one client share.
struct HttpOptions {
  TlsOptions tls;
  std::string proxy_url;  // http://, https://, socks5:// (which is given the server's name); empty: none
  std::string user_agent;
  // If set, returns a connected stream socket, which is used instead of dialling the URL's host (a forwarded
  // port). The client owns and closes it. Called on the calling thread; -1: refused.
  std::function<int()> dial;
  const Interrupt* interrupt = nullptr;  // watched by every wait; not owned
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  HttpHeaders headers = {};
  std::string body = {};
  // Used instead of `body`: called for the next bytes, at most `size`; returns how many it has written, 0 at
  // the end, or -1 to abort.
  std::function<std::ptrdiff_t(char* buffer, std::size_t size)> read_body = {};
  // With read_body: its length in bytes, if known; otherwise the body is sent chunked.
  std::optional<std::int64_t> read_body_size = {};
  // If set, the body of a 2xx answer is passed here piece by piece, and response.body stays empty; false
  // aborts. The body of any other status still comes in response.body.
  std::function<bool(std::string_view)> on_body = {};
  // Called once the status line and headers have arrived, before any body.
  std::function<void(int status)> on_status = {};
  std::size_t max_body_bytes = 64u << 20;  // of response.body, after decompression
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);
  // The longest silence inside an answer, after which it counts as kNoAnswer; zero: no limit.
  std::chrono::milliseconds idle_timeout = std::chrono::milliseconds(0);
  Deadline deadline = Deadline::Never();  // for the whole exchange
  bool accept_gzip = false;
  bool http2 = false;  // HTTP/2 by prior knowledge (cleartext) or ALPN (TLS): for gRPC
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;  // names in lower case, in order, HTTP/2 trailers included
  std::string body;

  // Returns the first header of that name (in lower case), or nothing.
  std::string_view Header(std::string_view name) const;
};

// An HTTP client. Thread-safe. Keeps connections open between requests. Redirects are not followed: neither
// an API server nor a dashboard sends one, and a token must not travel to another host.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // Sends the request and blocks until the answer is whole, the deadline has passed, or the Interrupt is
  // raised.
  Result<HttpResponse, HttpError> Send(const HttpRequest& request) const;

  const HttpOptions& options() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shared
