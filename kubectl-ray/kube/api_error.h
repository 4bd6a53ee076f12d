// An API server's refusal, made into an Error. Pure.
#pragma once

#include <string>
#include <string_view>

#include "shared/http_client.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

// A request in RBAC's words.
struct RequestInfo {
  std::string verb;      // get, list, watch, create, update, patch, delete
  std::string resource;  // "rayclusters.ray.io", "pods/log"; empty: no resource, `name` is the path
  std::string ns;        // empty: not namespaced, or all namespaces
  std::string name;

  bool operator==(const RequestInfo&) const = default;
};

// What a method and a path below the server's URL ("/api/v1/namespaces/x/pods/y/log?follow=true") ask for.
RequestInfo DescribeRequest(std::string_view method, std::string_view path);

// `list rayclusters.ray.io in namespace "x"`, `get pods "y" in namespace "x"`.
std::string ToString(const RequestInfo& info);

// The Error for an answer of status 400 and above; its body is a Status object, or whatever a proxy says.
shared::Error ErrorFromResponse(const RequestInfo& info, const shared::HttpResponse& response);

// The same for a Status object that came another way (a watch's ERROR event).
shared::Error ErrorFromStatus(const RequestInfo& info, int code, const shared::Json& status);

}  // namespace kubectl_ray
