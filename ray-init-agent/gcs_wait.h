// The wait for the GCS, before a worker's Ray starts.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "ray-init-agent/command.h"
#include "ray-init-agent/gcs_client.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace ray_init_agent {

struct GcsWaitOptions {
  GcsAddress address = {};
  GcsCredentials credentials = {};
  std::chrono::milliseconds timeout = std::chrono::hours(1);  // zero: never
  std::string ray_version = {};                               // this image's; empty: not compared
  // With TLS: the address the pod's own certificate has to name first; empty: not looked at.
  std::string own_address = {};
  bool ask_gcs = true;  // false: a head, which only waits for its certificate

  // --gcs-timeout, --version-check, and Ray's own variables.
  static GcsWaitOptions From(const CommandContext& context, GcsAddress address);
};

// Blocks until the pod's certificate names it (with TLS) and the GCS answers CheckAlive, and says each 10 s
// through `say` what it waits for. Tries again 10 ms after the last try began, growing to 250 ms, and as
// RetryPause() has it where it takes long; names are looked up as Resolver has it. Fails with
// kExitGcsTimeout, kExitGcsRefused (another version for ten seconds; or a certificate or token was what kept
// us out until the end), or 128 + signal where `interrupt` was raised.
shared::Result<CheckAliveReply, Failure> WaitForGcs(const GcsWaitOptions& options,
                                                    const shared::Interrupt& interrupt,
                                                    const std::function<void(std::string_view)>& say);

}  // namespace ray_init_agent
