#include "kubectl-ray/jobs/follow_on_screen.h"

#include <chrono>
#include <csignal>

#include "kubectl-ray/jobs/cluster_fate_reporter.h"
#include "kubectl-ray/jobs/job_outcome.h"
#include "kubectl-ray/jobs/pending_reporter.h"
#include "kubectl-ray/jobs/ray_job_run.h"
#include "kubectl-ray/ray/job_follower.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Result;
using std::chrono::seconds;

constexpr seconds kOutagePatience(600);  // a laptop that sleeps, a head pod that is replaced
constexpr seconds kFirstPatience(30);    // a mistyped address
constexpr seconds kSecondInterrupt(3);

void PrintWayBack(std::ostream& err, const std::string& reference) {
  err << "Come back to it, from anywhere:\n    kubectl ray job logs -f " << reference
      << "\nor stop it:\n    kubectl ray job stop " << reference << std::endl;
}

// After a first Ctrl-C. On a terminal a second one stops the job.
int Detach(CommandContext& context, const JobsClient& client, const std::string& id,
           const std::string& reference) {
  std::ostream& err = context.io.err;
  err << '\n' << "Detached from job '" << id << "', which goes on. ";
  PrintWayBack(err, reference);
  if (!context.io.in_is_terminal || context.interrupt.signal() != SIGINT) return kExitDetached;
  int count = context.interrupt.count();
  context.interrupt.Clear();
  err << "Press Ctrl-C again within " << kSecondInterrupt.count() << " s to stop the job." << std::endl;
  if (count < 2 && !context.interrupt.WaitFor(kSecondInterrupt)) return kExitDetached;
  context.interrupt.Clear();
  const Result<bool> stopped = client.Stop(id);
  if (!stopped) {
    err << "error: " << shared::EscapeControl(stopped.error().message) << std::endl;
    return kExitDetached;
  }
  err << "Asked Ray to stop job '" << id << "'." << std::endl;
  return kExitJobStopped;
}

// One job on the screen.
class ScreenFollower {
 public:
  ScreenFollower(CommandContext& context, const JobsClient& client, const std::string& id,
                 const FollowScreen& screen)
      : context_(context),
        client_(client),
        id_(id),
        screen_(screen),
        pending_(context, client, screen.cluster),
        fate_(context, id, screen.cluster),
        seen_(screen.submitted) {}

  Result<int> Run() {
    const FollowPatience patience{.first = seen_ ? kOutagePatience : kFirstPatience,
                                  .outage = kOutagePatience};
    const Result<Job> job = FollowJob(client_, id_, Events(), screen_.deadline, context_.interrupt, patience);
    context_.io.out.flush();
    if (job) return PrintOutcome(context_, client_, *job, screen_.show_output);
    return GiveUp(job.error());
  }

 private:
  FollowEvents Events() {
    FollowEvents events;
    events.on_output = [this](std::string_view text) {
      if (!screen_.show_output) return true;
      context_.io.out << text << std::flush;
      return context_.io.out.good();
    };
    events.on_job = [this](const Job& job) {
      seen_ = true;
      fate_.OnAnswer();
      pending_.OnJob(job);
    };
    events.on_lost = [this](const shared::Error& error) {
      Print((seen_ ? "Lost sight of job '" : "No answer about job '") + id_ + "': ", error,
            ". Trying again ...");
    };
    events.on_incomplete = [this](const shared::Error& error) {
      Print("warning: the output of job '" + id_ + "' is not complete: ", error,
            "\nTry: kubectl ray job logs " + screen_.reference);
    };
    events.on_polling = [this](const shared::Error& error) {
      Print("note: the output of job '" + id_ +
                "' is asked for every few seconds, as no WebSocket goes through: ",
            error, "");
    };
    events.on_silence = [this] { return fate_.OnSilence(); };
    events.on_back = [this] {
      fate_.OnBack();
      context_.io.err << "Connected again." << std::endl;
    };
    return events;
  }

  // What ended the following before the job's own end.
  Result<int> GiveUp(const shared::Error& error) {
    if (!seen_) return shared::Unexpected(error);
    if (error.code == ErrorCode::kInterrupted) return Detach(context_, client_, id_, screen_.reference);
    if (error.code == ErrorCode::kNotFound) return shared::Unexpected(fate_.ExplainNotFound(error));
    const bool timed_out = error.code == ErrorCode::kTimeout;
    if (!timed_out && error.code != ErrorCode::kUnavailable) return shared::Unexpected(error);
    context_.io.err << "error: " << shared::EscapeControl(error.message) << '\n';
    PrintWayBack(context_.io.err, screen_.reference);
    return timed_out ? kExitTimedOut : kExitDetached;
  }

  void Print(const std::string& what, const shared::Error& cause, const std::string& then) {
    context_.io.err << what << shared::EscapeControl(cause.message) << then << std::endl;
  }

  CommandContext& context_;
  const JobsClient& client_;
  const std::string& id_;
  const FollowScreen& screen_;
  PendingReporter pending_;
  ClusterFateReporter fate_;
  bool seen_;  // the dashboard knows the job
};

}  // namespace

Result<int> FollowOnScreen(CommandContext& context, const JobsClient& client, const std::string& id,
                           const FollowScreen& screen) {
  return ScreenFollower(context, client, id, screen).Run();
}

Result<int> FollowFound(CommandContext& context, const FoundJob& job, bool show_output) {
  const Result<int> followed =
      FollowOnScreen(context, job.dashboard->jobs(), job.id,
                     {.reference = job.reference, .cluster = job.cluster, .show_output = show_output});
  if (followed || job.ray_job.is_null()) return followed;
  return EndOfLostJob(context, shared::StringAt(job.ray_job, {"metadata", "name"}), followed.error());
}

}  // namespace kubectl_ray
