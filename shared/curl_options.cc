#include "shared/curl_options.h"
#include "shared/text.h"
#include "shared/url.h"

#include <unistd.h>
#ifdef _WIN32
#include <system_roots.h>
#endif

#include <array>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <string_view>

namespace shared {
namespace {

// The files of trust anchors of Linux distributions and macOS; a static binary has no build-time default.
const char* SystemCaBundle() {
  static const char* const found = []() -> const char* {
    if (const char* from_environment = std::getenv("SSL_CERT_FILE")) return from_environment;
    static constexpr std::array kPaths = {
        "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine
        "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
        "/etc/ssl/ca-bundle.pem",                             // openSUSE
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7
        "/etc/ssl/cert.pem",                                  // Alpine, macOS
    };
    for (const char* path : kPaths)
      if (access(path, R_OK) == 0) return path;
    return nullptr;
  }();
  return found;
}

void SetBlob(CURL* easy, CURLoption option, const std::string& pem) {
  curl_blob blob = {};
  blob.data = const_cast<char*>(pem.data());
  blob.len = pem.size() + 1;  // mbedTLS takes PEM only with its final NUL, and libcurl adds none to a key
  blob.flags = CURL_BLOB_COPY;
  curl_easy_setopt(easy, option, &blob);
}

// libcurl has each option twice: for the server, and for a proxy that is reached over TLS.
struct TrustOptions {
  CURLoption verify_peer, verify_host, ca_blob, ca_file;
};
constexpr TrustOptions kServerTrust = {CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST, CURLOPT_CAINFO_BLOB,
                                       CURLOPT_CAINFO};
constexpr TrustOptions kProxyTrust = {CURLOPT_PROXY_SSL_VERIFYPEER, CURLOPT_PROXY_SSL_VERIFYHOST,
                                      CURLOPT_PROXY_CAINFO_BLOB, CURLOPT_PROXY_CAINFO};

void ApplyTrust(CURL* easy, const TlsOptions& tls, const TrustOptions& options) {
  curl_easy_setopt(easy, options.verify_peer, tls.insecure_skip_verify ? 0L : 1L);
  curl_easy_setopt(easy, options.verify_host, tls.insecure_skip_verify ? 0L : 2L);
  if (!tls.ca_pem.empty()) {
    SetBlob(easy, options.ca_blob, tls.ca_pem);
  } else if (const char* bundle = SystemCaBundle()) {
    curl_easy_setopt(easy, options.ca_file, bundle);
#ifdef _WIN32
  } else {
    SetBlob(easy, options.ca_blob, SystemRoots());
#endif
  }
}

void ApplyTls(CURL* easy, const TlsOptions& tls) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Servers follow our order if their CPU has instructions for AES, which almost every CPU here has.
  curl_easy_setopt(easy, CURLOPT_TLS13_CIPHERS,
                   "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  ApplyTrust(easy, tls, kServerTrust);
  ApplyTrust(easy, tls, kProxyTrust);  // by the same anchors, as in Go's clients
  if (!tls.cert_pem.empty()) {
    SetBlob(easy, CURLOPT_SSLCERT_BLOB, tls.cert_pem);
    SetBlob(easy, CURLOPT_SSLKEY_BLOB, tls.key_pem);
  }
}

// Go's clients let a socks5:// proxy look up the server's name, which may be known only there (a bastion);
// libcurl's scheme for that is socks5h.
std::string ProxyUrl(const std::string& url) {
  static constexpr std::string_view kScheme = "socks5://";
  return url.starts_with(kScheme) ? "socks5h://" + url.substr(kScheme.size()) : url;
}

curl_socket_t OpenDialledSocket(void* options, curlsocktype, curl_sockaddr*) {
  int fd = static_cast<const HttpOptions*>(options)->dial();
  return fd < 0 ? CURL_SOCKET_BAD : fd;
}

int DialledSocketIsConnected(void*, curl_socket_t, curlsocktype) { return CURL_SOCKOPT_ALREADY_CONNECTED; }

// Returns libcurl's detail as a part of a sentence: mbedTLS writes each reason on a line, with its own name
// at the front.
std::string OneLine(std::string_view detail) {
  static constexpr std::string_view kPrefix = "mbedTLS: ";
  if (detail.starts_with(kPrefix)) detail.remove_prefix(kPrefix.size());
  while (detail.ends_with('\n')) detail.remove_suffix(1);
  std::string line;
  for (char c : detail) line += c == '\n' ? std::string("; ") : std::string(1, c);
  return line;
}

HttpFailure Classify(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return HttpFailure::kName;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return HttpFailure::kRefused;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFailure::kNoAnswer;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return HttpFailure::kCertificate;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
    case CURLE_BAD_CONTENT_ENCODING:
      return HttpFailure::kProtocol;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2_STREAM:      // RST_STREAM: it speaks HTTP/2, and gave this stream up
    case CURLE_SEND_FAIL_REWIND:  // a reused connection was dead, and the body is a stream that cannot start
                                  // over
      return HttpFailure::kClosed;
    case CURLE_WRITE_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
      return HttpFailure::kAborted;
    default:
      return HttpFailure::kInternal;
  }
}

// Whether the other side broke the connection during the TLS handshake. libcurl has one code for every failed
// handshake: a reset shows in its errno, and an end only in its detail, by mbedTLS's number.
bool IsBrokenHandshake(CURLcode code, long os_errno, std::string_view detail) {
  static constexpr std::string_view kConnectionEof = "(-0x7280)";  // MBEDTLS_ERR_SSL_CONN_EOF
  return code == CURLE_SSL_CONNECT_ERROR &&
         (os_errno == ECONNRESET || detail.find(kConnectionEof) != std::string_view::npos);
}

}  // namespace

void InitializeCurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_ALL); });
}

curl_slist* AppendHeader(curl_slist* list, const std::string& header) {
  curl_slist* longer = curl_slist_append(list, header.c_str());
  if (longer == nullptr) std::abort();
  return longer;
}

std::string HostHeader(const HttpOptions& options, std::string_view url) {
  return options.tls.server_name.empty() ? "" : "Host: " + std::string(HostAndPort(url));
}

void ApplyHttpOptions(CURL* easy, const HttpOptions& options, const std::string& url,
                      curl_slist** connect_to) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 10L);
  // "" also keeps libcurl from http_proxy.
  curl_easy_setopt(easy, CURLOPT_PROXY, ProxyUrl(options.proxy_url).c_str());
  if (!options.user_agent.empty()) curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  ApplyTls(easy, options.tls);
  std::string effective_url = url;
  if (!options.tls.server_name.empty()) {
    // libcurl verifies the URL's host, so the URL carries the name, and CONNECT_TO the real address.
    CURLU* parts = curl_url();
    char *host = nullptr, *port = nullptr, *renamed = nullptr;
    if (curl_url_set(parts, CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        curl_url_set(parts, CURLUPART_HOST, options.tls.server_name.c_str(), 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_URL, &renamed, 0) == CURLUE_OK) {
      *connect_to = AppendHeader(*connect_to, options.tls.server_name + ":" + port + ":" + host + ":" + port);
      curl_easy_setopt(easy, CURLOPT_CONNECT_TO, *connect_to);
      effective_url = renamed;
    }
    curl_free(host);
    curl_free(port);
    curl_free(renamed);
    curl_url_cleanup(parts);
  }
  curl_easy_setopt(easy, CURLOPT_URL, effective_url.c_str());
  if (options.dial) {
    // The URL's host is a name for the far side only: nothing is looked up here.
    *connect_to = AppendHeader(*connect_to, "::127.0.0.1:");
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, *connect_to);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, OpenDialledSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, const_cast<HttpOptions*>(&options));
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, DialledSocketIsConnected);
  }
}

HttpError ToHttpError(CURL* easy, CURLcode code, const char* detail) {
  HttpError error{Classify(code), {}};
  long os_errno = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
  if (detail != nullptr && IsBrokenHandshake(code, os_errno, detail)) error.failure = HttpFailure::kClosed;
  if (error.failure == HttpFailure::kRefused && os_errno != 0) {
    error.message = ErrnoText(static_cast<int>(os_errno));
  } else if (detail != nullptr && detail[0] != '\0') {
    error.message = OneLine(detail);
  } else {
    error.message = curl_easy_strerror(code);
  }
  error.message = Uncapitalized(std::move(error.message));
  return error;
}

}  // namespace shared
