#include "kubectl-ray/kube/api_error.h"

#include <catch2/catch_test_macros.hpp>

using kubectl_ray::DescribeRequest;
using kubectl_ray::ErrorFromResponse;
using kubectl_ray::RequestInfo;
using shared::Error;
using shared::ErrorCode;

TEST_CASE("a method and a path in RBAC's words") {
  struct Row {
    const char* method;
    const char* path;
    RequestInfo info;
  };
  const Row rows[] = {
      {"GET", "/api/v1/namespaces/x/pods/y", {"get", "pods", "x", "y"}},
      {"GET", "/api/v1/namespaces/x/pods?limit=5", {"list", "pods", "x", ""}},
      {"GET", "/api/v1/pods?watch=true&limit=5", {"watch", "pods", "", ""}},
      {"GET", "/api/v1/namespaces/x/pods/y/log?follow=true", {"get", "pods/log", "x", "y"}},
      {"GET", "/api/v1/namespaces/x", {"get", "namespaces", "", "x"}},
      {"GET", "/api/v1/namespaces", {"list", "namespaces", "", ""}},
      {"POST", "/apis/ray.io/v1/namespaces/x/rayclusters", {"create", "rayclusters.ray.io", "x", ""}},
      {"PATCH", "/apis/apps/v1/namespaces/x/deployments/d", {"patch", "deployments.apps", "x", "d"}},
      {"DELETE", "/api/v1/namespaces/x/services/s", {"delete", "services", "x", "s"}},
      {"GET", "/version", {"get", "", "", "/version"}},
      {"GET", "/apis/ray.io/v1", {"get", "", "", "/apis/ray.io/v1"}},
      {"GET", "", {"get", "", "", ""}},
      {"GET", "//", {"get", "", "", "//"}},
  };
  for (const Row& row : rows) {
    INFO(row.method << " " << row.path);
    CHECK(DescribeRequest(row.method, row.path) == row.info);
  }
}

namespace {

Error ErrorFor(int status, const std::string& body) {
  return ErrorFromResponse({"list", "pods", "x", ""}, {status, {}, body});
}

}  // namespace

TEST_CASE("forbidden names verb, resource and namespace, and how to ask for it") {
  const Error error = ErrorFor(403, R"({"kind":"Status","message":"User \"u\" cannot list","code":403})");
  CHECK(error.code == ErrorCode::kAuth);
  CHECK(error.message == "cannot list pods in namespace \"x\": forbidden: User \"u\" cannot list");
  CHECK(error.hint.find("kubectl auth can-i list pods -n x") != std::string::npos);
}

// An upgrade is a GET, so API servers up to 1.34 check the verb "get"; from 1.35 on they check "create" too.
TEST_CASE("forbidden streams name both verbs that a server may ask for") {
  for (const char* resource : {"pods/exec", "pods/attach", "pods/portforward"})
    for (const char* body : {R"({"kind":"Status","message":"no","code":403})", ""}) {
      INFO(resource << body);
      const Error error = ErrorFromResponse({"get", resource, "x", "y"}, {403, {}, body});
      const std::string subresource = std::string(resource).substr(5);
      CHECK(error.hint.find("the verbs \"get\" and \"create\" on \"" + std::string(resource)) !=
            std::string::npos);
      for (const std::string verb : {"get", "create"})
        CHECK(error.hint.find("kubectl auth can-i " + verb + " pods --subresource=" + subresource +
                              " -n x") != std::string::npos);
    }
}

TEST_CASE("each status has its code") {
  const std::pair<int, ErrorCode> rows[] = {
      {400, ErrorCode::kUsage},       {401, ErrorCode::kAuth},        {404, ErrorCode::kNotFound},
      {409, ErrorCode::kConflict},    {410, ErrorCode::kNotFound},    {422, ErrorCode::kUsage},
      {429, ErrorCode::kUnavailable}, {500, ErrorCode::kUnavailable}, {503, ErrorCode::kUnavailable},
      {504, ErrorCode::kTimeout},     {418, ErrorCode::kInternal},    {302, ErrorCode::kInternal},
      {413, ErrorCode::kInternal}};
  for (const auto& [status, code] : rows) {
    INFO(status);
    CHECK(ErrorFor(status, R"({"kind":"Status","message":"m"})").code == code);
    CHECK(ErrorFor(status, "").code == code);
  }
}

TEST_CASE("not found: the object, its namespace, or its whole type") {
  const RequestInfo get{"get", "rayclusters.ray.io", "x", "demo"};
  auto message = [&](const std::string& body) { return ErrorFromResponse(get, {404, {}, body}); };
  CHECK(message(R"({"kind":"Status","details":{"name":"demo"}})").message ==
        "cannot get rayclusters.ray.io \"demo\" in namespace \"x\": not found");
  CHECK(message(R"({"kind":"Status","message":"namespaces \"x\" not found","details":{"name":"x"}})")
            .message.ends_with("namespaces \"x\" not found"));
  const Error no_type = message("404 page not found\n");
  CHECK(no_type.message.ends_with("the API server does not serve rayclusters.ray.io"));
  CHECK(no_type.hint.find("--without-operator") != std::string::npos);
}

TEST_CASE("a proxy's page is told by its first words") {
  const Error error =
      ErrorFor(502, "<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>");
  CHECK(error.message == "cannot list pods in namespace \"x\": answered 502: 502 Bad Gateway");
  CHECK(error.hint.find("proxy") != std::string::npos);
  CHECK(ErrorFor(500, std::string(5'000'000, 'a')).message.size() < 200);
  CHECK(ErrorFor(404, "<html>nothing").message.find("answered 404: nothing") != std::string::npos);
}

TEST_CASE("a page or a redirect says where the way out is") {
  const std::string page = "<html><head><title>T</title></head></html>";
  const auto error_of = [&](const char* resource, int status, shared::HttpHeaders headers = {}) {
    return ErrorFromResponse({"create", resource, "x", ""}, {status, std::move(headers), page});
  };
  const Error large = error_of("configmaps", 413);
  CHECK(large.code == ErrorCode::kInternal);
  CHECK(large.hint.find("client_max_body_size") != std::string::npos);
  CHECK(large.hint.find("--agent-image") != std::string::npos);
  CHECK(error_of("rayclusters.ray.io", 413).hint.find("--agent-image") == std::string::npos);
  const Error moved = error_of("pods", 302, {{"location", "https://sso.test/login"}});
  CHECK(moved.message.ends_with("answered 302: go to https://sso.test/login"));
  CHECK(moved.hint.find("sign in to the proxy") != std::string::npos);
  CHECK(error_of("pods", 403).hint.find("kubectl auth can-i") == std::string::npos);
  CHECK(error_of("pods", 502).hint.find("sign in") == std::string::npos);
}

TEST_CASE("rubbish in a Status does no harm") {
  for (const char* body :
       {"{}", "[]", "null", "{\"kind\":\"Status\"}", "{\"kind\":\"Status\",\"message\":{}}",
        "{\"kind\":\"Status\",\"details\":{\"causes\":\"x\"}}", "\xff\xfe", "<", "{"}) {
    INFO(body);
    CHECK(!ErrorFor(422, body).message.empty());
  }
}
