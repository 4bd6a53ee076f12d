// Calls Ray's GCS: unary gRPC over HTTP/2, cleartext or TLS.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ray-init-agent/dial.h"
#include "ray-init-agent/gcs_address.h"
#include "ray-init-agent/gcs_error.h"
#include "ray-init-agent/gcs_messages.h"
#include "shared/grpc.h"
#include "shared/http_client.h"
#include "shared/shell_words.h"

namespace ray_init_agent {

// How to reach the GCS, from the pod's environment (Ray's own variables).
struct GcsCredentials {
  bool use_tls = false;    // RAY_USE_TLS
  std::string cert_path;   // RAY_TLS_SERVER_CERT: Ray's clients show the server's certificate too
  std::string key_path;    // RAY_TLS_SERVER_KEY
  std::string ca_path;     // RAY_TLS_CA_CERT
  bool use_token = false;  // RAY_AUTH_MODE=token
  std::string token;       // RAY_AUTH_TOKEN
  // RAY_AUTH_TOKEN_PATH; else, with RAY_ENABLE_K8S_TOKEN_AUTH, the service account's; else ~/.ray/auth_token.
  // Read at every call, because it may rotate.
  std::string token_path;

  static GcsCredentials FromEnvironment(const shared::Variables& environment);
};

// A client for one GCS. Not thread-safe: one client belongs to one thread at a time. Keeps its connection
// open between calls.
class GcsClient {
 public:
  // Every call watches `interrupt`, which is not owned and may be nullptr.
  GcsClient(GcsAddress address, GcsCredentials credentials, const shared::Interrupt* interrupt);
  ~GcsClient();
  GcsClient(const GcsClient&) = delete;
  GcsClient& operator=(const GcsClient&) = delete;

  // Each call blocks until the answer has arrived, `timeout` has passed, or the Interrupt is raised. If the
  // answer's own status is not OK, the error is kNotReady.
  shared::Result<CheckAliveReply, GcsError> CheckAlive(std::chrono::milliseconds timeout);
  shared::Result<GetAllNodeInfoReply, GcsError> GetAliveNodes(std::chrono::milliseconds timeout);
  // The living nodes with this address. A Ray that does not know the filter returns all nodes.
  shared::Result<GetAllNodeInfoReply, GcsError> GetNodesAt(std::string_view address,
                                                           std::chrono::milliseconds timeout);
  // One node, dead or alive. A Ray that does not know the filter returns all nodes.
  shared::Result<GetAllNodeInfoReply, GcsError> GetNode(std::string_view node_id,
                                                        std::chrono::milliseconds timeout);
  // The head's nodes, dead or alive. A Ray that does not know the filter returns all nodes.
  shared::Result<GetAllNodeInfoReply, GcsError> GetHeadNodes(std::chrono::milliseconds timeout);
  // A value that Ray stores for itself. A missing key is kNotReady.
  shared::Result<std::string, GcsError> GetInternalKv(std::string_view key, std::string_view key_namespace,
                                                      std::chrono::milliseconds timeout);
  shared::Result<GetClusterIdReply, GcsError> GetClusterId(std::chrono::milliseconds timeout);
  // Ray 2.9, which has this call elsewhere, answers kNotGcs.
  shared::Result<GetInternalConfigReply, GcsError> GetInternalConfig(std::chrono::milliseconds timeout);
  shared::Result<DrainNodeReply, GcsError> DrainNode(const DrainNodeRequest& request,
                                                     std::chrono::milliseconds timeout);

  const GcsAddress& address() const { return address_; }

  // Whether nobody answered the last call: its name, its port, or silence. False before the first call; an
  // interrupted call does not count.
  bool is_away() const { return is_away_; }
  // The next call makes a new connection.
  void Disconnect() { http_.reset(); }
  // See Dialer::KeepAddress().
  void KeepAddress() { dialer_.KeepAddress(); }
  // See Resolver::failed_lookups().
  std::uint64_t failed_lookups() const { return dialer_.failed_lookups(); }

 private:
  shared::Result<std::string, GcsError> Call(std::string_view method, std::string_view message,
                                             std::chrono::milliseconds timeout);
  shared::Result<std::string, GcsError> TryCall(std::string_view method, std::string_view message,
                                                std::chrono::milliseconds timeout);
  shared::Result<GetAllNodeInfoReply, GcsError> GetNodes(std::string_view request,
                                                         std::chrono::milliseconds timeout);
  std::optional<GcsError> Connect(const shared::Deadline& deadline);
  std::string Authority() const;  // host:port of the URL

  GcsAddress address_;
  GcsCredentials credentials_;
  const shared::Interrupt* interrupt_;
  Dialer dialer_;
  int dialled_ = -1;  // a connection that http_ has not taken over yet
  std::optional<shared::HttpClient> http_;
  bool is_away_ = false;
};

// Return the reason for a call without an answer, and for an answer that is none.
GcsError ClassifyHttpError(const shared::HttpError& error, bool use_tls);
GcsError ClassifyGrpcError(shared::GrpcError error);

}  // namespace ray_init_agent
