// Waits for the GCS, before a worker's Ray starts.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "ray-init-agent/command.h"
#include "ray-init-agent/counters.h"
#include "ray-init-agent/gcs_client.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace ray_init_agent {

struct GcsWaiterOptions {
  GcsAddress address = {};
  GcsCredentials credentials = {};
  std::chrono::milliseconds timeout = std::chrono::hours(1);  // zero: waits for ever
  std::string ray_version = {};  // this image's; empty: versions are not compared
  // With TLS: the address that the pod's own certificate has to name first; empty: the certificate is not
  // read.
  std::string own_address = {};
  bool ask_gcs = true;  // false for a head, which only waits for its certificate
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();

  // The options from --gcs-timeout, --version-check, --pod-ip and Ray's own variables.
  static GcsWaiterOptions From(const CommandContext& context, GcsAddress address);
};

// Blocks until the pod's certificate names the pod (with TLS) and the GCS answers CheckAlive; `say` is called
// every 10 s with what it waits for. The pause between the begins of two tries grows from 10 ms to 200 ms,
// and after a longer wait as RetryPause() says; names are looked up as Resolver says. Fails with
// kExitGcsTimeout, with kExitGcsRefused (another version for ten seconds, or a certificate or token kept us
// out until the end), or with 128 + signal if `interrupt` is raised.
shared::Result<CheckAliveReply, Failure> WaitForGcs(const GcsWaiterOptions& options,
                                                    const shared::Interrupt& interrupt,
                                                    const std::function<void(std::string_view)>& say);

}  // namespace ray_init_agent
