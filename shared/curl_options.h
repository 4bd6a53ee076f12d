// What HttpClient and WebSocket set alike on a libcurl handle. Internal to shared/.
#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "shared/http_client.h"

namespace shared {

// curl_global_init() once per process; every user of libcurl calls it first.
void InitializeCurl();

// Applies TLS, proxy, dialling and protocol rules to `easy`. `options` must outlive the handle's use;
// *connect_to is for the caller to free after it.
void ApplyHttpOptions(CURL* easy, const HttpOptions& options, const std::string& url,
                      curl_slist** connect_to);

// The header line that keeps the request for the URL's own host where tls.server_name stands in its place
// for libcurl, since proxies route by it; else empty.
std::string HostHeader(const HttpOptions& options, std::string_view url);

// Turns a CURLcode of `easy` into an HttpError; `detail` is CURLOPT_ERRORBUFFER's text.
HttpError ToHttpError(CURL* easy, CURLcode code, const char* detail);

// Appends; aborts the process where there is no memory left, as operator new would.
curl_slist* AppendHeader(curl_slist* list, const std::string& header);

}  // namespace shared
