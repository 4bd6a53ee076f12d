#include "ray-init-agent/dial.h"

#include <curl/curl.h>
#include <fcntl.h>

#include <cerrno>
#include <list>
#include <optional>

#include "shared/curl_options.h"
#include "shared/deadline.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::Deadline;
using shared::HttpError;
using shared::HttpFailure;
using shared::HttpOptions;
using shared::Interrupt;
using shared::Result;
using shared::Unexpected;
using std::chrono::milliseconds;

constexpr milliseconds kAttemptEvery(200);
constexpr milliseconds kAttemptTimeout = std::chrono::seconds(2);

struct Attempt {
  CURL* easy = nullptr;
  curl_slist* connect_to = nullptr;
  char detail[CURL_ERROR_SIZE] = "";
};

// Transfers of libcurl that end once they are connected; names are looked up once for all of them.
class Attempts {
 public:
  explicit Attempts(std::string url) : url_(std::move(url)) {}
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;
  ~Attempts() {
    while (!attempts_.empty()) Drop(attempts_.begin());
    curl_multi_cleanup(multi_);
  }

  void Begin() {
    Attempt& attempt = attempts_.emplace_back();
    attempt.easy = curl_easy_init();
    shared::ApplyHttpOptions(attempt.easy, options_, url_, &attempt.connect_to);
    curl_easy_setopt(attempt.easy, CURLOPT_ERRORBUFFER, attempt.detail);
    curl_easy_setopt(attempt.easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(attempt.easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kAttemptTimeout.count()));
    curl_multi_add_handle(multi_, attempt.easy);
  }

  // The first end that means anything: a connection, or a refusal. An attempt that was in vain ends silently.
  std::optional<Result<int, HttpError>> Step() {
    int running = 0, left = 0;
    curl_multi_perform(multi_, &running);
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto attempt = Find(message->easy_handle);
      if (code == CURLE_OK) return TakeSocket(attempt->easy);
      if (code != CURLE_OPERATION_TIMEDOUT)
        return Unexpected(shared::ToHttpError(attempt->easy, code, attempt->detail));
      Drop(attempt);
    }
    return std::nullopt;
  }

  void Wait(milliseconds time, const Interrupt* interrupt) {
    curl_waitfd extra = {interrupt != nullptr ? interrupt->fd() : -1, CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi_, &extra, extra.fd >= 0 ? 1 : 0, static_cast<int>(time.count()), nullptr);
  }

 private:
  std::list<Attempt>::iterator Find(CURL* easy) {
    auto attempt = attempts_.begin();
    while (attempt->easy != easy) ++attempt;
    return attempt;
  }

  void Drop(std::list<Attempt>::iterator attempt) {
    curl_multi_remove_handle(multi_, attempt->easy);
    curl_easy_cleanup(attempt->easy);
    curl_slist_free_all(attempt->connect_to);
    attempts_.erase(attempt);
  }

  // libcurl closes its own descriptor with the transfer.
  static Result<int, HttpError> TakeSocket(CURL* easy) {
    curl_socket_t connected = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &connected);
    const int fd = fcntl(connected, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) return Unexpected(HttpError{HttpFailure::kInternal, shared::ErrnoText(errno)});
    return fd;
  }

  std::string url_;
  HttpOptions options_;
  CURLM* multi_ = curl_multi_init();
  std::list<Attempt> attempts_;
};

}  // namespace

Result<int, HttpError> Dial(const std::string& authority, milliseconds timeout, const Interrupt* interrupt) {
  shared::InitializeCurl();
  const Deadline deadline = Deadline::After(timeout);
  Attempts attempts("http://" + authority);
  Deadline next = Deadline::After(milliseconds(0));
  while (true) {
    if (next.passed()) {
      attempts.Begin();
      next = Deadline::After(kAttemptEvery);
    }
    if (auto end = attempts.Step()) return *std::move(end);
    if (interrupt != nullptr && interrupt->raised())
      return Unexpected(HttpError{HttpFailure::kInterrupted, "interrupted"});
    if (deadline.passed()) return Unexpected(HttpError{HttpFailure::kNoAnswer, "the connection timed out"});
    attempts.Wait(next.Remaining(deadline.Remaining()), interrupt);
  }
}

}  // namespace ray_init_agent
