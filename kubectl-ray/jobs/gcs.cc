#include "kubectl-ray/jobs/gcs.h"

#include "kubectl-ray/jobs/dashboard.h"
#include "kubectl-ray/kube/port_forward.h"
#include "shared/gcs_reply.h"
#include "shared/grpc.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

constexpr std::chrono::seconds kPatience(5);        // it answers at once, or others are asked
constexpr std::chrono::seconds kHeadPatience(3);    // with a head that is not ready
constexpr std::size_t kMaxAnswerBytes = 16u << 20;  // some ten thousand nodes
// Of ray/_private/ray_constants.py: DEBUG_AUTOSCALING_STATUS.
constexpr const char* kV1StateKey = "__autoscaling_status";

shared::Error NoStatus(shared::GrpcError error) {
  if (error.failure == shared::GrpcFailure::kToken)
    return {ErrorCode::kAuth, "it wants another token: " + error.message};
  if (error.failure == shared::GrpcFailure::kUnimplemented)
    return {ErrorCode::kUnavailable, "this Ray does not have the call"};
  return {ErrorCode::kUnavailable, std::move(error.message)};
}

// Calls the GCS of one head; the port-forward lives as long.
class GcsCaller {
 public:
  GcsCaller(CommandContext& context, const KubeClient& kube, const HeadPod& head, std::string token)
      : head_(head),
        token_(std::move(token)),
        dialer_(&kube, {head.ns, head.name, head.gcs_port}),
        deadline_(shared::Deadline::After(head.ready ? kPatience : kHeadPatience)) {
    shared::HttpOptions options;
    options.user_agent = std::string("kubectl-ray/") + RAY_VERSION;
    options.interrupt = &context.interrupt;
    options.dial = [this] {
      dialled_ = dialer_.Dial();
      return dialled_ ? *dialled_ : -1;
    };
    http_.emplace(std::move(options));
  }

  Result<std::string> Call(std::string_view method, std::string_view message) {
    const std::string host = head_.name + ":" + std::to_string(head_.gcs_port);
    shared::HttpRequest request =
        shared::MakeGrpcRequest("http://" + host + std::string(method), message, token_);
    request.max_body_bytes = kMaxAnswerBytes;
    request.deadline = deadline_;
    const auto response = http_->Send(request);
    if (!response) return shared::Unexpected(NoAnswer(response.error()));
    auto answer = shared::ReadGrpcAnswer(*response);
    if (!answer) return shared::Unexpected(NoStatus(std::move(answer).error()));
    return *std::move(answer);
  }

 private:
  // Why no answer came: the connection to the pod, if that is it.
  shared::Error NoAnswer(const shared::HttpError& error) const {
    if (error.failure == shared::HttpFailure::kInterrupted) return {ErrorCode::kInterrupted, error.message};
    if (!dialled_) return dialled_.error();
    if (!dialer_.last_error().empty())
      return {ErrorCode::kUnavailable, "nothing answers on port " + std::to_string(head_.gcs_port)};
    return {ErrorCode::kUnavailable, error.message};
  }

  const HeadPod& head_;
  const std::string token_;
  PodDialer dialer_;
  const shared::Deadline deadline_;
  Result<int> dialled_ = -1;
  std::optional<shared::HttpClient> http_;
};

// What v1 does not report is left out.
shared::Json AskV1State(GcsCaller* gcs) {
  const auto answer =
      gcs->Call(shared::kInternalKvGetMethod, shared::EncodeInternalKvGetRequest(kV1StateKey, ""));
  if (!answer) return {};
  const auto reply = shared::DecodeInternalKvGetReply(*answer);
  if (!reply || reply->status.code != 0) return {};
  return shared::ParseJson(reply->value).value_or(shared::Json());
}

}  // namespace

shared::Status AskGcs(CommandContext& context, const KubeClient& kube, const HeadPod& head,
                      StatusInput* input) {
  if (head.gcs_wants_certificates)
    return Fail(
        ErrorCode::kUnavailable,
        "it has TLS (RAY_USE_TLS) and wants a certificate of all who connect, which only the pods have");
  ASSIGN_OR_RETURN(std::string token, RayToken(context, kube, head));
  GcsCaller gcs(context, kube, head, std::move(token));
  ASSIGN_OR_RETURN(const std::string answer, gcs.Call(kGetClusterStatusMethod, ""));
  ASSIGN_OR_RETURN(GcsStatus status, ReadGcsStatus(answer));
  if (!status.autoscaler) input->v1_state = AskV1State(&gcs);
  input->gcs = std::move(status);
  return shared::Ok();
}

}  // namespace kubectl_ray
