#include "ray-init-agent/gcs_client.h"

#include <unistd.h>

#include <utility>

#include "ray-init-agent/files.h"
#include "ray-init-agent/user_agent.h"
#include "shared/grpc.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::GrpcFailure;
using shared::HttpFailure;
using shared::Result;
using shared::Unexpected;

constexpr std::size_t kMaxAnswerBytes = 64u << 20;  // enough for GetAllNodeInfo of some ten thousand nodes
constexpr std::chrono::milliseconds kHandshakeTimeout = std::chrono::seconds(3);

// KubeRay 1.7 mounts the token here (RayTokenMountPath).
constexpr const char* kServiceAccountToken = "/var/run/secrets/ray.io/serviceaccount/token";

Unexpected<GcsError> Because(GcsFailure failure, std::string_view message) {
  return Unexpected<GcsError>(GcsError{failure, shared::EscapeControl(message.substr(0, 500))});
}

bool IsTrue(const std::optional<std::string>& value) {
  return value && (*value == "1" || *value == "true" || *value == "True" || *value == "TRUE");
}

std::string_view TrimEnd(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  return text;
}

bool IsAbsence(GcsFailure failure) {
  return failure == GcsFailure::kName || failure == GcsFailure::kDns || failure == GcsFailure::kRefused ||
         failure == GcsFailure::kNoAnswer;
}

template <typename Reply>
Result<Reply, GcsError> CheckStatus(Result<Reply> reply) {
  if (!reply) return Because(GcsFailure::kNotGcs, reply.error().message);
  if (reply->status.code != 0)
    return Because(GcsFailure::kNotReady,
                   "gcs status " + std::to_string(reply->status.code) + ": " + reply->status.message);
  return std::move(*reply);
}

}  // namespace

GcsCredentials GcsCredentials::FromEnvironment(const shared::Variables& environment) {
  GcsCredentials credentials;
  credentials.use_tls = IsTrue(environment("RAY_USE_TLS"));
  credentials.cert_path = environment("RAY_TLS_SERVER_CERT").value_or("");
  credentials.key_path = environment("RAY_TLS_SERVER_KEY").value_or("");
  credentials.ca_path = environment("RAY_TLS_CA_CERT").value_or("");
  credentials.use_token = environment("RAY_AUTH_MODE").value_or("") == "token";
  credentials.token = environment("RAY_AUTH_TOKEN").value_or("");
  credentials.token_path = environment("RAY_AUTH_TOKEN_PATH").value_or("");
  if (credentials.token_path.empty() && IsTrue(environment("RAY_ENABLE_K8S_TOKEN_AUTH")))
    credentials.token_path = kServiceAccountToken;
  if (credentials.token_path.empty())
    if (const auto home = environment("HOME"); home && !home->empty())
      credentials.token_path = *home + "/.ray/auth_token";
  return credentials;
}

GcsError ClassifyHttpError(const shared::HttpError& error, bool use_tls) {
  auto failure = GcsFailure::kNotReady;
  switch (error.failure) {
    case HttpFailure::kName:
      failure = GcsFailure::kName;
      break;
    case HttpFailure::kRefused:
      failure = GcsFailure::kRefused;
      break;
    case HttpFailure::kNoAnswer:
      failure = GcsFailure::kNoAnswer;
      break;
    case HttpFailure::kCertificate:
      failure = GcsFailure::kCertificate;
      break;
    case HttpFailure::kProtocol:  // with TLS this is a failed handshake, for instance an alert
      failure = use_tls ? GcsFailure::kCertificate : GcsFailure::kNotGcs;
      break;
    case HttpFailure::kTooLarge:
      failure = GcsFailure::kNotGcs;
      break;
    case HttpFailure::kInterrupted:
      failure = GcsFailure::kInterrupted;
      break;
    case HttpFailure::kClosed:
    case HttpFailure::kAborted:
    case HttpFailure::kInternal:
      break;
  }
  return GcsError{failure, shared::EscapeControl(error.message)};
}

GcsError ClassifyGrpcError(shared::GrpcError error) {
  auto failure = GcsFailure::kNotReady;
  switch (error.failure) {
    case GrpcFailure::kToken:
      failure = GcsFailure::kToken;
      break;
    case GrpcFailure::kNotReady:
      break;
    case GrpcFailure::kUnimplemented:
    case GrpcFailure::kNotGrpc:
      failure = GcsFailure::kNotGcs;
      break;
  }
  return GcsError{failure, std::move(error.message)};
}

GcsClient::GcsClient(GcsAddress address, GcsCredentials credentials, const shared::Interrupt* interrupt)
    : address_(std::move(address)),
      credentials_(std::move(credentials)),
      interrupt_(interrupt),
      dialer_(address_) {}

GcsClient::~GcsClient() {
  if (dialled_ >= 0) close(dialled_);
}

std::string GcsClient::Authority() const {
  std::string authority = address_.ToText();
  if (const std::size_t scope = authority.find('%'); scope != std::string::npos)
    authority.insert(scope + 1, "25");
  return authority;
}

// Certificates are read for each connection, not once for the process, because they may rotate.
std::optional<GcsError> GcsClient::Connect(const shared::Deadline& deadline) {
  shared::HttpOptions options;
  // A connection that broke is not dialled again inside a call, but by the next call.
  options.dial = [this] { return std::exchange(dialled_, -1); };
  options.interrupt = interrupt_;
  options.user_agent = kUserAgent;
  if (credentials_.use_tls) {
    const std::pair<const std::string&, std::string*> files[] = {
        {credentials_.ca_path, &options.tls.ca_pem},
        {credentials_.cert_path, &options.tls.cert_pem},
        {credentials_.key_path, &options.tls.key_pem}};
    for (const auto& [path, pem] : files) {
      if (path.empty())
        return GcsError{GcsFailure::kCertificate,
                        "RAY_USE_TLS needs RAY_TLS_SERVER_CERT, RAY_TLS_SERVER_KEY and RAY_TLS_CA_CERT"};
      auto read = ReadSmallFile(path);
      if (!read) return GcsError{GcsFailure::kCertificate, shared::EscapeControl(read.error().message)};
      *pem = *std::move(read);
    }
  }
  const auto socket = dialer_.Dial(deadline, interrupt_);
  if (!socket) return socket.error();
  if (dialled_ >= 0) close(dialled_);
  dialled_ = *socket;
  http_.emplace(std::move(options));
  return std::nullopt;
}

Result<std::string, GcsError> GcsClient::Call(std::string_view method, std::string_view message,
                                              std::chrono::milliseconds timeout) {
  auto answer = TryCall(method, message, timeout);
  if (answer || answer.error().failure != GcsFailure::kInterrupted)
    is_away_ = !answer && IsAbsence(answer.error().failure);
  return answer;
}

Result<std::string, GcsError> GcsClient::TryCall(std::string_view method, std::string_view message,
                                                 std::chrono::milliseconds timeout) {
  const auto deadline = shared::Deadline::After(timeout);
  if (!http_)
    if (auto error = Connect(deadline)) return Unexpected(*std::move(error));
  std::string token;
  if (credentials_.use_token) {
    token = credentials_.token;
    if (token.empty()) token = ReadSmallFile(credentials_.token_path).value_or("");
    token = TrimEnd(token);
    if (token.empty()) return Because(GcsFailure::kToken, "RAY_AUTH_MODE=token, and there is no token");
  }
  shared::HttpRequest request = shared::MakeGrpcRequest(
      (credentials_.use_tls ? "https://" : "http://") + Authority() + std::string(method), message, token);
  request.deadline = deadline;
  request.max_body_bytes = kMaxAnswerBytes;
  request.connect_timeout = kHandshakeTimeout;
  auto response = http_->Send(request);
  if (!response) {
    http_.reset();
    return Unexpected(ClassifyHttpError(response.error(), credentials_.use_tls));
  }
  auto answer = shared::ReadGrpcAnswer(*response);
  if (!answer) return Unexpected(ClassifyGrpcError(std::move(answer).error()));
  return *std::move(answer);
}

Result<CheckAliveReply, GcsError> GcsClient::CheckAlive(std::chrono::milliseconds timeout) {
  auto answer = Call(kCheckAliveMethod, "", timeout);
  if (!answer) return Unexpected(std::move(answer).error());
  return CheckStatus(DecodeCheckAliveReply(*answer));
}

Result<GetAllNodeInfoReply, GcsError> GcsClient::GetAliveNodes(std::chrono::milliseconds timeout) {
  return GetNodes(EncodeGetAliveNodesRequest(), timeout);
}

Result<GetAllNodeInfoReply, GcsError> GcsClient::GetNodesAt(std::string_view address,
                                                            std::chrono::milliseconds timeout) {
  return GetNodes(EncodeGetNodesAtRequest(address), timeout);
}

Result<GetAllNodeInfoReply, GcsError> GcsClient::GetNode(std::string_view node_id,
                                                         std::chrono::milliseconds timeout) {
  return GetNodes(EncodeGetNodeRequest(node_id), timeout);
}

Result<GetAllNodeInfoReply, GcsError> GcsClient::GetHeadNodes(std::chrono::milliseconds timeout) {
  return GetNodes(EncodeGetHeadNodeRequest(), timeout);
}

Result<std::string, GcsError> GcsClient::GetInternalKv(std::string_view key, std::string_view key_namespace,
                                                       std::chrono::milliseconds timeout) {
  auto answer =
      Call(shared::kInternalKvGetMethod, shared::EncodeInternalKvGetRequest(key, key_namespace), timeout);
  if (!answer) return Unexpected(std::move(answer).error());
  auto reply = CheckStatus(shared::DecodeInternalKvGetReply(*answer));
  if (!reply) return Unexpected(std::move(reply).error());
  return std::move(reply->value);
}

Result<GetAllNodeInfoReply, GcsError> GcsClient::GetNodes(std::string_view request,
                                                          std::chrono::milliseconds timeout) {
  auto answer = Call(kGetAllNodeInfoMethod, request, timeout);
  if (!answer) return Unexpected(std::move(answer).error());
  return CheckStatus(DecodeGetAllNodeInfoReply(*answer));
}

Result<GetClusterIdReply, GcsError> GcsClient::GetClusterId(std::chrono::milliseconds timeout) {
  auto answer = Call(kGetClusterIdMethod, "", timeout);
  if (!answer) return Unexpected(std::move(answer).error());
  return CheckStatus(DecodeGetClusterIdReply(*answer));
}

Result<GetInternalConfigReply, GcsError> GcsClient::GetInternalConfig(std::chrono::milliseconds timeout) {
  auto answer = Call(kGetInternalConfigMethod, "", timeout);
  if (!answer) return Unexpected(std::move(answer).error());
  return CheckStatus(DecodeGetInternalConfigReply(*answer));
}

Result<DrainNodeReply, GcsError> GcsClient::DrainNode(const DrainNodeRequest& request,
                                                      std::chrono::milliseconds timeout) {
  auto answer = Call(kDrainNodeMethod, EncodeDrainNodeRequest(request), timeout);
  if (!answer) return Unexpected(std::move(answer).error());
  auto reply = DecodeDrainNodeReply(*answer);
  if (!reply) return Because(GcsFailure::kNotGcs, reply.error().message);
  return std::move(*reply);
}

}  // namespace ray_init_agent
