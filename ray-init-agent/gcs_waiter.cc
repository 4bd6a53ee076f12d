#include "ray-init-agent/gcs_waiter.h"

#include <signal.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "ray-init-agent/files.h"
#include "ray-init-agent/own_certificate.h"
#include "ray-init-agent/ray_version.h"
#include "ray-init-agent/retry_pause.h"
#include "shared/deadline.h"
#include "shared/duration.h"

namespace ray_init_agent {
namespace {

using shared::Deadline;
using shared::ErrorCode;
using shared::Unexpected;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause(10), kPause(200);
constexpr milliseconds kSayEvery = std::chrono::seconds(10);
// A GCS that accepted the connection may be slow to answer; a new call would only queue after the old one.
constexpr milliseconds kCallTimeout = std::chrono::seconds(5);
// A head of another version may be the old head of an upgrade, which is about to end.
constexpr milliseconds kReplacedWithin = std::chrono::seconds(10);

std::string Hint(GcsFailure failure) {
  switch (failure) {
    case GcsFailure::kName:
      return "Check that the head's service exists in this namespace.";
    case GcsFailure::kDns:
      return "Check the name servers and search domains in the pod's /etc/resolv.conf, and that no network "
             "policy keeps this pod from them.";
    case GcsFailure::kNotReady:
      return "Look at the head's log; check too that RAY_USE_TLS is the same on both sides.";
    case GcsFailure::kRefused:
    case GcsFailure::kNoAnswer:
      return "Check that the head's pod runs, and that no network policy keeps this pod from it.";
    case GcsFailure::kNotGcs:
      return "Check the address and its port, and that RAY_USE_TLS is the same on both sides.";
    case GcsFailure::kCertificate:
      return "Check RAY_TLS_CA_CERT, RAY_TLS_SERVER_CERT and RAY_TLS_SERVER_KEY on both sides, and the names "
             "in the "
             "head's certificate.";
    case GcsFailure::kToken:
      return "Check RAY_AUTH_MODE and RAY_AUTH_TOKEN on both sides.";
    case GcsFailure::kInterrupted:
      return "";
  }
  return "";
}

// As process 1 of a container this process is the parent of its orphans (of probes that were killed, for
// one), and nobody else waits for them. An hour of waiting would fill the container's limit of processes. Our
// own children come later.
class OrphansLeaveNoZombies {
 public:
  OrphansLeaveNoZombies() {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;  // POSIX: then the kernel reaps
    sigaction(SIGCHLD, &ignore, &before_);
  }
  ~OrphansLeaveNoZombies() { sigaction(SIGCHLD, &before_, nullptr); }
  OrphansLeaveNoZombies(const OrphansLeaveNoZombies&) = delete;
  OrphansLeaveNoZombies& operator=(const OrphansLeaveNoZombies&) = delete;

 private:
  struct sigaction before_ = {};
};

std::string Target(const GcsWaiterOptions& options) {
  if (!options.ask_gcs) return "the certificate \"" + options.credentials.cert_path + "\"";
  return "the gcs at \"" + options.address.ToText() + "\"";
}

Unexpected<Failure> TimedOut(const GcsWaiterOptions& options, const GcsError& last) {
  const bool refused = last.failure == GcsFailure::kCertificate || last.failure == GcsFailure::kToken;
  return Unexpected(
      Failure{refused ? kExitGcsRefused : kExitGcsTimeout,
              {refused ? ErrorCode::kAuth : ErrorCode::kTimeout,
               "waited for " + Target(options) + " in vain for " + shared::FormatDuration(options.timeout) +
                   ": " + GcsFailureName(last.failure) + ": " + last.message,
               Hint(last.failure)}});
}

Unexpected<Failure> Interrupted(const GcsWaiterOptions& options, const shared::Interrupt& interrupt) {
  return Unexpected(Failure{
      128 + interrupt.signal(),
      {ErrorCode::kInterrupted,
       "stopped waiting for " + Target(options) + " by signal " + std::to_string(interrupt.signal())}});
}

// Returns what is wrong with the pod's own certificate, if anything.
std::optional<GcsError> CheckOwnCertificate(const GcsWaiterOptions& options) {
  if (!options.credentials.use_tls || options.own_address.empty()) return std::nullopt;
  const std::string& path = options.credentials.cert_path;
  if (path.empty()) return std::nullopt;  // the client reports which variables are missing
  const auto pem = ReadSmallFile(path);
  if (!pem) return GcsError{GcsFailure::kCertificate, pem.error().message};
  const auto named = CertificateNamesAddress(*pem, options.own_address);
  if (!named)
    return GcsError{GcsFailure::kCertificate, "cannot read \"" + path + "\": " + named.error().message};
  if (*named) return std::nullopt;
  return GcsError{GcsFailure::kCertificate,
                  "\"" + path + "\" does not name the pod's address " + options.own_address + " yet"};
}

bool HasOurVersion(const GcsWaiterOptions& options, const CheckAliveReply& reply) {
  return options.ray_version.empty() || reply.ray_version.empty() ||
         SameRayVersion(options.ray_version, reply.ray_version);
}

Unexpected<Failure> AnotherVersion(const GcsWaiterOptions& options, const CheckAliveReply& reply) {
  return Unexpected(Failure{
      kExitGcsRefused,
      {ErrorCode::kConflict,
       "the head's Ray is \"" + reply.ray_version + "\", and this image's is \"" + options.ray_version + "\"",
       "Give head and workers the same image, or set RAY_INIT_AGENT_VERSION_CHECK=false."}});
}

class GcsWaiter {
 public:
  using End = shared::Result<CheckAliveReply, Failure>;

  GcsWaiter(const GcsWaiterOptions& options, const shared::Interrupt& interrupt,
            const std::function<void(std::string_view)>& say)
      : options_(options),
        interrupt_(interrupt),
        say_(say),
        deadline_(options.timeout.count() == 0 ? Deadline::Never() : Deadline::After(options.timeout)),
        client_(options.address, options.credentials, &interrupt) {}

  // Makes one try and the pause after it; returns how the wait ends, if it does.
  std::optional<End> Try() {
    const Deadline next_try = Deadline::After(pause_);  // the time of the try counts: it may be a handshake
    const milliseconds time_left = deadline_.Remaining(kCallTimeout);
    std::optional<CheckAliveReply> another_before = std::exchange(another_, std::nullopt);
    auto reply = Ask(std::max(milliseconds(1), time_left));
    Count(reply);
    if (reply) return End(*std::move(reply));
    if (interrupt_.raised()) return End(Interrupted(options_, interrupt_));
    // A call that our own deadline cut short proves less than the call before it.
    const bool is_silence =
        reply.error().failure == GcsFailure::kNoAnswer || reply.error().failure == GcsFailure::kDns;
    const bool cut_short = is_silence && time_left < kCallTimeout && last_;
    if (cut_short)
      another_ = std::move(another_before);
    else
      last_ = std::move(reply).error();
    const bool is_final = another_ && Waited(another_since_) >= kReplacedWithin;
    if (another_ && (is_final || deadline_.passed())) return End(AnotherVersion(options_, *another_));
    if (deadline_.passed()) return End(TimedOut(options_, *last_));
    SayNowAndThen();
    if (interrupt_.WaitFor(deadline_.Remaining(std::max(kFirstPause, next_try.Remaining()))))
      return End(Interrupted(options_, interrupt_));
    pause_ = WithJitter(RetryPause(std::min(pause_ * 2, kPause), Waited(begin_)));
    return std::nullopt;
  }

 private:
  static milliseconds Waited(Deadline::Clock::time_point since) {
    return std::chrono::duration_cast<milliseconds>(Deadline::Clock::now() - since);
  }

  shared::Result<CheckAliveReply, GcsError> Ask(milliseconds timeout) {
    if (auto error = CheckOwnCertificate(options_)) return Unexpected(*std::move(error));
    if (!options_.ask_gcs) return CheckAliveReply{};
    auto reply = client_.CheckAlive(timeout);
    if (!reply || HasOurVersion(options_, *reply)) return reply;
    // The head that is being replaced answers until it ends, and the name may already lead to the new one.
    client_.Disconnect();
    if (another_since_ == Deadline::Clock::time_point{}) another_since_ = Deadline::Clock::now();
    another_ = *std::move(reply);
    return Unexpected(GcsError{GcsFailure::kNotReady, "the head's Ray is another version"});
  }

  void Count(const shared::Result<CheckAliveReply, GcsError>& reply) {
    Counters::Wait& counted = options_.counters->wait;
    counted.tries.Add();
    if (!reply) counted.failures[reply.error().failure].Add();
    counted.failed_lookups.Set(client_.failed_lookups());
  }

  void SayNowAndThen() {
    const auto now = Deadline::Clock::now();
    if (now < next_word_) return;
    next_word_ = now + kSayEvery;
    say_("waiting for " + Target(options_) + " for " + shared::FormatDuration(Waited(begin_)) +
         " now: " + GcsFailureName(last_->failure) + ": " + last_->message);
  }

  const GcsWaiterOptions& options_;
  const shared::Interrupt& interrupt_;
  const std::function<void(std::string_view)>& say_;
  const Deadline::Clock::time_point begin_ = Deadline::Clock::now();
  const Deadline deadline_;
  GcsClient client_;
  milliseconds pause_ = kFirstPause;
  Deadline::Clock::time_point next_word_ = begin_ + kSayEvery;
  std::optional<GcsError> last_;
  std::optional<CheckAliveReply> another_;  // the last answer, if it was of another version
  Deadline::Clock::time_point another_since_ = {};
};

}  // namespace

GcsWaiterOptions GcsWaiterOptions::From(const CommandContext& context, GcsAddress address) {
  GcsWaiterOptions options;
  options.address = std::move(address);
  options.credentials = GcsCredentials::FromEnvironment(context.environment);
  options.timeout = context.options.Duration("gcs-timeout");
  options.own_address = context.options.Text("pod-ip");
  if (options.own_address.empty() && options.credentials.use_tls) options.own_address = OwnAddress();
  if (context.options.Bool("version-check")) {
    const std::string program = context.options.Text("ray");
    options.ray_version = InstalledRayVersion(program, context.environment).value_or("");
  }
  return options;
}

shared::Result<CheckAliveReply, Failure> WaitForGcs(const GcsWaiterOptions& options,
                                                    const shared::Interrupt& interrupt,
                                                    const std::function<void(std::string_view)>& say) {
  const OrphansLeaveNoZombies while_waiting;
  CountedTime& time = options.counters->wait.time;
  time.Start(Deadline::Clock::now());
  GcsWaiter waiter(options, interrupt, say);
  while (true) {
    auto end = waiter.Try();
    if (!end) continue;
    time.Stop(Deadline::Clock::now());
    return *std::move(end);
  }
}

}  // namespace ray_init_agent
