#include "kubectl-ray/jobs/gcs.h"

#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kube/port_forward.h"
#include "shared/grpc.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::chrono::seconds kPatience(10);       // as Ray's own clients have it (autoscaler/v2/sdk.py)
constexpr std::chrono::seconds kHeadPatience(3);    // with a head that is not ready
constexpr std::size_t kMaxAnswerBytes = 16u << 20;  // some ten thousand nodes

// Why no answer came: the connection to the pod, if that is it.
shared::Error NoAnswer(const shared::HttpError& error, const PodDialer& dialer, const HeadPod& head,
                       const Result<int>& dialled) {
  if (error.failure == shared::HttpFailure::kInterrupted) return {ErrorCode::kInterrupted, error.message};
  if (!dialled) return dialled.error();
  if (!dialer.last_error().empty())
    return {ErrorCode::kUnavailable, "nothing answers on port " + std::to_string(head.gcs_port)};
  return {ErrorCode::kUnavailable, error.message};
}

shared::Error NoStatus(shared::GrpcError error) {
  if (error.failure == shared::GrpcFailure::kToken)
    return {ErrorCode::kAuth, "it wants another token: " + error.message};
  if (error.failure == shared::GrpcFailure::kUnimplemented)
    return {ErrorCode::kUnavailable, "this Ray does not have the call"};
  return {ErrorCode::kUnavailable, std::move(error.message)};
}

}  // namespace

Result<GcsStatus> AskGcsStatus(CommandContext& context, const KubeClient& kube, const HeadPod& head) {
  if (head.gcs_wants_certificates)
    return Fail(ErrorCode::kUnavailable, "it wants certificates of all who connect");
  ASSIGN_OR_RETURN(const std::string token, RayToken(context, kube, head));
  PodDialer dialer(&kube, {head.ns, head.name, head.gcs_port});
  Result<int> dialled = -1;
  shared::HttpOptions options;
  options.user_agent = std::string("kubectl-ray/") + RAY_VERSION;
  options.interrupt = &context.interrupt;
  options.dial = [&] {
    dialled = dialer.Dial();
    return dialled ? *dialled : -1;
  };
  const shared::HttpClient http(std::move(options));
  shared::HttpRequest request = shared::MakeGrpcRequest(
      "http://" + head.name + ":" + std::to_string(head.gcs_port) + std::string(kGetClusterStatusMethod), "",
      token);
  request.max_body_bytes = kMaxAnswerBytes;
  request.deadline = shared::Deadline::After(head.ready ? kPatience : kHeadPatience);
  const auto response = http.Send(request);
  if (!response) return shared::Unexpected(NoAnswer(response.error(), dialer, head, dialled));
  auto message = shared::ReadGrpcAnswer(*response);
  if (!message) return shared::Unexpected(NoStatus(std::move(message).error()));
  return ReadGcsStatus(*message);
}

}  // namespace kubectl_ray
