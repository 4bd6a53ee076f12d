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

}  // namespace

Result<int> FollowOnScreen(CommandContext& context, const JobsClient& client, const std::string& id,
                           const FollowScreen& screen) {
  Streams& io = context.io;
  PendingReporter pending(context, client, screen.cluster);
  ClusterFateReporter fate(context, id, screen.cluster);
  FollowEvents events;
  events.on_output = [&](std::string_view text) {
    if (!screen.show_output) return true;
    io.out << text << std::flush;
    return io.out.good();
  };
  bool seen = screen.submitted;
  events.on_job = [&](const Job& job) {
    seen = true;
    fate.OnAnswer();
    pending.OnJob(job);
  };
  events.on_lost = [&](const shared::Error& error) {
    io.err << (seen ? "Lost sight of job '" : "No answer about job '") << id
           << "': " << shared::EscapeControl(error.message) << ". Trying again ..." << std::endl;
  };
  events.on_incomplete = [&](const shared::Error& error) {
    io.err << "warning: the output of job '" << id
           << "' is not complete: " << shared::EscapeControl(error.message) << "\nTry: kubectl ray job logs "
           << screen.reference << std::endl;
  };
  events.on_polling = [&](const shared::Error& error) {
    io.err << "note: the output of job '" << id
           << "' is asked for every few seconds, as no WebSocket goes through: "
           << shared::EscapeControl(error.message) << std::endl;
  };
  events.on_silence = [&] { return fate.OnSilence(); };
  events.on_back = [&] {
    fate.OnBack();
    io.err << "Connected again." << std::endl;
  };
  const FollowPatience patience{.first = seen ? kOutagePatience : kFirstPatience, .outage = kOutagePatience};
  const Result<Job> job = FollowJob(client, id, events, screen.deadline, context.interrupt, patience);
  io.out.flush();
  if (job) return PrintOutcome(context, client, *job, screen.show_output);
  if (!seen) return shared::Unexpected(job.error());
  if (job.error().code == ErrorCode::kInterrupted) return Detach(context, client, id, screen.reference);
  if (job.error().code == ErrorCode::kNotFound) return shared::Unexpected(fate.ExplainNotFound(job.error()));
  const bool timed_out = job.error().code == ErrorCode::kTimeout;
  if (!timed_out && job.error().code != ErrorCode::kUnavailable) return shared::Unexpected(job.error());
  io.err << "error: " << shared::EscapeControl(job.error().message) << '\n';
  PrintWayBack(io.err, screen.reference);
  return timed_out ? kExitTimedOut : kExitDetached;
}

Result<int> FollowFound(CommandContext& context, const FoundJob& job, bool show_output) {
  const Result<int> followed =
      FollowOnScreen(context, job.dashboard->jobs(), job.id,
                     {.reference = job.reference, .cluster = job.cluster, .show_output = show_output});
  if (followed || job.ray_job.is_null()) return followed;
  return EndOfLostJob(context, shared::StringAt(job.ray_job, {"metadata", "name"}), followed.error());
}

}  // namespace kubectl_ray
