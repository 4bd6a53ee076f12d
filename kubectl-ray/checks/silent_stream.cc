#include "kubectl-ray/checks/silent_stream.h"

#include <poll.h>

#include "kubectl-ray/kube/exec_stream.h"
#include "kubectl-ray/pods/ray_pods.h"
#include "shared/duration.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;

constexpr char kStatusChannel = 3;
constexpr std::chrono::seconds kGrace(10);
constexpr const char* kSleep = "import sys, time; time.sleep(int(sys.argv[1]))";

// Returns nothing if the command ended as it should.
shared::Status ReadEnd(std::string_view message) {
  ASSIGN_OR_RETURN(const int code, ReadExecStatus(message));
  if (code == 0) return shared::Ok();
  return shared::Fail(ErrorCode::kUnavailable,
                      "python3 in the head, which was to sleep, ended with " + std::to_string(code));
}

shared::Result<SilentStream> Probe(const KubeClient& kube, const RayPod& head, std::chrono::seconds wanted) {
  const ExecRequest request{
      head.ns, head.name, head.container, {"python3", "-c", kSleep, std::to_string(wanted.count())}};
  ASSIGN_OR_RETURN(PodChannels channels, OpenExec(kube, request));
  return WaitInSilence(&channels, wanted, kube.access().http.interrupt);
}

}  // namespace

shared::Result<SilentStream> WaitInSilence(PodChannels* channels, std::chrono::seconds wanted,
                                           const shared::Interrupt* interrupt) {
  const auto begin = std::chrono::steady_clock::now();
  const auto deadline = shared::Deadline::After(wanted + kGrace);
  const auto cut = [&](const std::string& cause) {
    const auto lasted = std::chrono::steady_clock::now() - begin;
    return SilentStream{wanted, std::chrono::duration_cast<std::chrono::seconds>(lasted), cause};
  };
  while (!deadline.passed()) {
    std::string message;
    const auto state = channels->TryReceive(&message);
    if (!state) return cut(state.error().message);
    if (*state == PodChannels::ReceiveState::kClosed) return cut("it was closed before the command ended");
    if (*state == PodChannels::ReceiveState::kWouldBlock) {
      // Without KeepAlive(), so that no ping is sent.
      pollfd fds[] = {{channels->fd(), POLLIN, 0}, {interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
      poll(fds, 2, static_cast<int>(deadline.Remaining().count()));
      if (interrupt != nullptr && interrupt->raised())
        return shared::Fail(ErrorCode::kInterrupted, "interrupted");
      continue;
    }
    if (message.empty() || message[0] != kStatusChannel) continue;
    TRY(ReadEnd(std::string_view(message).substr(1)));
    return SilentStream{wanted, wanted, ""};
  }
  return cut("the end of the command never came: something on the way dropped the connection without a word");
}

void ProbeSilence(const KubeClient& kube, std::chrono::seconds wanted, Facts* facts) {
  if (!facts->cluster_pods) return;
  const std::vector<RayPod> pods = ReadRayPods(*facts->cluster_pods);
  const RayPod* head = BestHead(pods);
  if (head == nullptr || !head->running) return;
  kube.Note("a silent stream to pod \"" + head->name + "\" is kept open for " +
            shared::FormatDuration(wanted) + ", to see whether something cuts it");
  facts->silent_stream = Probe(kube, *head, wanted);
}

}  // namespace kubectl_ray
