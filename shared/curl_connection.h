// A connection that libcurl makes and then hands over: what WebSocket and SpdyConnection share. Internal to
// shared/.
#pragma once

#include <curl/curl.h>

#include <optional>
#include <string>

#include "shared/http_client.h"

namespace shared {

struct CurlConnection {
  // Makes the handles and applies `with` to them for `url`. Connects to nothing yet.
  CurlConnection(const HttpOptions& with, const std::string& url);
  ~CurlConnection();
  CurlConnection(const CurlConnection&) = delete;
  CurlConnection& operator=(const CurlConnection&) = delete;

  // Does what `easy` is set to, and returns why it failed. Blocks until it is done, CURLOPT_TIMEOUT_MS has
  // passed or options.interrupt is raised (kInterrupted).
  std::optional<HttpError> Perform();

  // Waits until the connection has `events`, the deadline has passed (kNoAnswer) or options.interrupt is
  // raised (kInterrupted).
  std::optional<HttpError> Wait(short events, Deadline deadline) const;

  int fd() const;
  HttpError ErrorOf(CURLcode code) const;

  const HttpOptions options;
  CURL* easy = nullptr;
  CURLM* multi = nullptr;
  curl_slist* headers = nullptr;  // appended to by the owner, freed here
  curl_slist* connect_to = nullptr;
  char detail[CURL_ERROR_SIZE] = "";
};

}  // namespace shared
