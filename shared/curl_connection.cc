#include "shared/curl_connection.h"

#include <poll.h>

#include <array>

#include "shared/curl_options.h"

namespace shared {

CurlConnection::CurlConnection(const HttpOptions& with, const std::string& url) : options(with) {
  InitializeCurl();
  easy = curl_easy_init();
  multi = curl_multi_init();
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
  ApplyHttpOptions(easy, options, url, &connect_to);
}

CurlConnection::~CurlConnection() {
  if (multi != nullptr) curl_multi_remove_handle(multi, easy);
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
  curl_slist_free_all(connect_to);
}

// curl_easy_perform() cannot be interrupted from outside; a multi handle can.
std::optional<HttpError> CurlConnection::Perform() {
  curl_multi_add_handle(multi, easy);
  int running = 1;
  while (true) {
    curl_multi_perform(multi, &running);
    if (running == 0) break;
    if (options.interrupt != nullptr && options.interrupt->raised())
      return HttpError{HttpFailure::kInterrupted, "interrupted"};
    const int interrupt_fd = options.interrupt != nullptr ? options.interrupt->fd() : -1;
    curl_waitfd extra = {static_cast<curl_socket_t>(interrupt_fd), CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi, &extra, interrupt_fd >= 0 ? 1 : 0, 1000, nullptr);
  }
  int left = 0;
  CURLcode code = CURLE_FAILED_INIT;
  while (CURLMsg* message = curl_multi_info_read(multi, &left))
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  if (code == CURLE_OK) return std::nullopt;
  return ErrorOf(code);
}

std::optional<HttpError> CurlConnection::Wait(short events, Deadline deadline) const {
  const Interrupt* interrupt = options.interrupt;
  std::array<pollfd, 2> fds = {pollfd{fd(), events, 0},
                               pollfd{interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
  poll(fds.data(), fds.size(), static_cast<int>(deadline.Remaining().count()));
  if (interrupt != nullptr && interrupt->raised()) return HttpError{HttpFailure::kInterrupted, "interrupted"};
  if (fds[0].revents == 0 && deadline.passed())
    return HttpError{HttpFailure::kNoAnswer, "no answer within the time allowed"};
  return std::nullopt;
}

int CurlConnection::fd() const {
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
  return static_cast<int>(socket);
}

HttpError CurlConnection::ErrorOf(CURLcode code) const { return ToHttpError(easy, code, detail); }

}  // namespace shared
