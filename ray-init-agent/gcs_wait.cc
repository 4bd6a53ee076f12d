#include "ray-init-agent/gcs_wait.h"

#include <algorithm>
#include <optional>

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
// A GCS that accepted the connection may be slow to answer; a new call would only wait behind the old one.
constexpr milliseconds kCallTimeout = std::chrono::seconds(5);

std::string Hint(GcsFailure failure) {
  switch (failure) {
    case GcsFailure::kName:
      return "Check that the head's service exists in this namespace.";
    case GcsFailure::kDns:
      return "Check the name servers and search domains in the pod's /etc/resolv.conf, and that no network "
             "policy "
             "keeps this pod from them.";
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

std::string Target(const GcsWaitOptions& options) {
  if (!options.ask_gcs) return "the certificate \"" + options.credentials.cert_path + "\"";
  return "the gcs at \"" + options.address.ToText() + "\"";
}

Unexpected<Failure> TimedOut(const GcsWaitOptions& options, const GcsError& last) {
  const bool refused = last.failure == GcsFailure::kCertificate || last.failure == GcsFailure::kToken;
  return Unexpected(
      Failure{refused ? kExitGcsRefused : kExitGcsTimeout,
              {refused ? ErrorCode::kAuth : ErrorCode::kTimeout,
               "waited for " + Target(options) + " in vain for " + shared::FormatDuration(options.timeout) +
                   ": " + GcsFailureName(last.failure) + ": " + last.message,
               Hint(last.failure)}});
}

Unexpected<Failure> Interrupted(const GcsWaitOptions& options, const shared::Interrupt& interrupt) {
  return Unexpected(Failure{
      128 + interrupt.signal(),
      {ErrorCode::kInterrupted,
       "stopped waiting for " + Target(options) + " by signal " + std::to_string(interrupt.signal())}});
}

// What is wrong with the pod's own certificate, if anything.
std::optional<GcsError> CheckOwnCertificate(const GcsWaitOptions& options) {
  if (!options.credentials.use_tls || options.own_address.empty()) return std::nullopt;
  const std::string& path = options.credentials.cert_path;
  if (path.empty()) return std::nullopt;  // the client tells which variables are missing
  const auto pem = ReadSmallFile(path);
  if (!pem) return GcsError{GcsFailure::kCertificate, pem.error().message};
  const auto named = CertificateNamesAddress(*pem, options.own_address);
  if (!named)
    return GcsError{GcsFailure::kCertificate, "cannot read \"" + path + "\": " + named.error().message};
  if (*named) return std::nullopt;
  return GcsError{GcsFailure::kCertificate,
                  "\"" + path + "\" does not name the pod's address " + options.own_address + " yet"};
}

shared::Result<CheckAliveReply, Failure> CheckVersion(const GcsWaitOptions& options, CheckAliveReply reply) {
  if (options.ray_version.empty() || reply.ray_version.empty() || reply.ray_version == options.ray_version)
    return reply;
  return Unexpected(Failure{
      kExitGcsRefused,
      {ErrorCode::kConflict,
       "the head's Ray is \"" + reply.ray_version + "\", and this image's is \"" + options.ray_version + "\"",
       "Give head and workers the same image, or set RAY_INIT_AGENT_VERSION_CHECK=false."}});
}

}  // namespace

GcsWaitOptions GcsWaitOptions::From(const CommandContext& context, GcsAddress address) {
  GcsWaitOptions options;
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

shared::Result<CheckAliveReply, Failure> WaitForGcs(const GcsWaitOptions& options,
                                                    const shared::Interrupt& interrupt,
                                                    const std::function<void(std::string_view)>& say) {
  const auto begin = Deadline::Clock::now();
  const Deadline deadline =
      options.timeout.count() == 0 ? Deadline::Never() : Deadline::After(options.timeout);
  GcsClient client(options.address, options.credentials, &interrupt);
  milliseconds pause = kFirstPause;
  auto next_word = begin + kSayEvery;
  std::optional<GcsError> last;
  while (true) {
    const Deadline next_try = Deadline::After(pause);  // what this one takes counts: it may be a handshake
    const milliseconds time_left = deadline.Remaining(kCallTimeout);
    std::optional<GcsError> error = CheckOwnCertificate(options);
    if (!error) {
      if (!options.ask_gcs) return CheckAliveReply{};
      auto reply = client.CheckAlive(std::max(milliseconds(1), time_left));
      if (reply) return CheckVersion(options, *std::move(reply));
      error = std::move(reply).error();
    }
    if (interrupt.raised()) return Interrupted(options, interrupt);
    // A call that our own deadline cut short tells less than the one before it.
    const bool is_silence = error->failure == GcsFailure::kNoAnswer || error->failure == GcsFailure::kDns;
    const bool cut_short = is_silence && time_left < kCallTimeout && last;
    if (!cut_short) last = std::move(error);
    if (deadline.passed()) return TimedOut(options, *last);
    const auto now = Deadline::Clock::now();
    if (now >= next_word) {
      next_word = now + kSayEvery;
      say("waiting for " + Target(options) + " for " +
          shared::FormatDuration(std::chrono::duration_cast<milliseconds>(now - begin)) +
          " now: " + GcsFailureName(last->failure) + ": " + last->message);
    }
    if (interrupt.WaitFor(deadline.Remaining(std::max(kFirstPause, next_try.Remaining()))))
      return Interrupted(options, interrupt);
    const auto waited = std::chrono::duration_cast<milliseconds>(Deadline::Clock::now() - begin);
    pause = WithJitter(RetryPause(std::min(pause * 2, kPause), waited));
  }
}

}  // namespace ray_init_agent
