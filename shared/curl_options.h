// The settings of a libcurl handle that HttpClient and WebSocket share. Internal to shared/.
#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "shared/http_client.h"

namespace shared {

// curl_global_init() once per process; every user of libcurl calls it first.
void InitializeCurl();

// Applies TLS, proxy, dialling and protocol rules to `easy`. `options` must outlive the handle's use; the
// caller frees *connect_to after it.
void ApplyHttpOptions(CURL* easy, const HttpOptions& options, const std::string& url,
                      curl_slist** connect_to);

// Returns the header line that names the URL's own host if libcurl is given tls.server_name instead of it,
// because proxies route by that header; else an empty text.
std::string HostHeader(const HttpOptions& options, std::string_view url);

// Turns a CURLcode of `easy` into an HttpError; `detail` is the text in CURLOPT_ERRORBUFFER.
HttpError ToHttpError(CURL* easy, CURLcode code, const char* detail);

// Appends `header`. Aborts the process if no memory is left, as operator new would.
curl_slist* AppendHeader(curl_slist* list, const std::string& header);

}  // namespace shared
