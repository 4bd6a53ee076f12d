// Turns an API server's refusal into an Error. Pure.
#pragma once

#include <string>
#include <string_view>

#include "shared/http_client.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// A request in RBAC's words.
struct RequestInfo {
  std::string verb;      // get, list, watch, create, update, patch or delete
  std::string resource;  // "rayclusters.ray.io", "pods/log"; if empty, `name` is a path
  std::string ns;        // empty if it is not namespaced, or for all namespaces
  std::string name;

  bool operator==(const RequestInfo&) const = default;
};

// Returns what a method and a path below the server's URL ("/api/v1/namespaces/x/pods/y/log?follow=true") ask
// for.
RequestInfo DescribeRequest(std::string_view method, std::string_view path);

// Returns the words for messages: `list rayclusters.ray.io in namespace "x"`, `get pods "y" in namespace
// "x"`.
std::string ToString(const RequestInfo& info);

// Returns the Error for a response with status 400 or above. Its body is a Status object, or whatever a proxy
// sends.
shared::Error ErrorFromResponse(const RequestInfo& info, const shared::HttpResponse& response);

// Returns the same for a Status object that came in another way, such as a watch's ERROR event.
shared::Error ErrorFromStatus(const RequestInfo& info, int code, const shared::Json& status);

}  // namespace kubectl_ray
