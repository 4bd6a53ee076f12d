#include "ray-init-agent/gcs_client.h"

#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace ray_init_agent;

namespace {

GcsCredentials Credentials(const std::map<std::string, std::string>& environment) {
  return GcsCredentials::FromEnvironment([&](const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  });
}

}  // namespace

TEST_CASE("credentials come from Ray's own variables") {
  CHECK_FALSE(Credentials({}).use_tls);
  CHECK_FALSE(Credentials({{"RAY_USE_TLS", "0"}}).use_tls);
  CHECK(Credentials({{"RAY_USE_TLS", "true"}}).use_tls);
  CHECK(Credentials({{"RAY_TLS_CA_CERT", "/tls/ca.crt"}}).ca_path == "/tls/ca.crt");
  CHECK_FALSE(Credentials({{"RAY_AUTH_TOKEN", "t"}}).use_token);  // Ray wants the mode too
  CHECK(Credentials({{"RAY_AUTH_MODE", "token"}, {"RAY_AUTH_TOKEN", "t"}}).token == "t");
}

TEST_CASE("a token's file is the one Ray or KubeRay means") {
  CHECK(Credentials({}).token_path.empty());
  CHECK(Credentials({{"HOME", "/home/ray"}}).token_path == "/home/ray/.ray/auth_token");
  CHECK(Credentials({{"HOME", "/home/ray"}, {"RAY_ENABLE_K8S_TOKEN_AUTH", "true"}}).token_path ==
        "/var/run/secrets/ray.io/serviceaccount/token");
  CHECK(Credentials({{"RAY_AUTH_TOKEN_PATH", "/token"}, {"RAY_ENABLE_K8S_TOKEN_AUTH", "true"}}).token_path ==
        "/token");
}

TEST_CASE("a failure below gRPC has its reason") {
  using shared::HttpFailure;
  const struct {
    HttpFailure failure;
    bool tls;
    GcsFailure reason;
  } rows[] = {{HttpFailure::kName, false, GcsFailure::kName},
              {HttpFailure::kRefused, false, GcsFailure::kRefused},
              {HttpFailure::kNoAnswer, false, GcsFailure::kNoAnswer},
              {HttpFailure::kCertificate, true, GcsFailure::kCertificate},
              {HttpFailure::kProtocol, true, GcsFailure::kCertificate},
              {HttpFailure::kProtocol, false, GcsFailure::kNotGcs},
              {HttpFailure::kTooLarge, false, GcsFailure::kNotGcs},
              {HttpFailure::kClosed, false, GcsFailure::kNotReady},
              {HttpFailure::kInterrupted, false, GcsFailure::kInterrupted}};
  for (const auto& row : rows) CHECK(ClassifyHttpError({row.failure, "x"}, row.tls).failure == row.reason);
  CHECK(ClassifyHttpError({HttpFailure::kName, "\x1b[31m"}, false).message == "\\x1b[31m");
}

TEST_CASE("an answer that is none has its reason") {
  using shared::GrpcFailure;
  const std::pair<GrpcFailure, GcsFailure> rows[] = {{GrpcFailure::kToken, GcsFailure::kToken},
                                                     {GrpcFailure::kNotReady, GcsFailure::kNotReady},
                                                     {GrpcFailure::kUnimplemented, GcsFailure::kNotGcs},
                                                     {GrpcFailure::kNotGrpc, GcsFailure::kNotGcs}};
  for (const auto& [failure, reason] : rows) {
    const GcsError error = ClassifyGrpcError({failure, "why"});
    CHECK(error.failure == reason);
    CHECK(error.message == "why");
  }
}
