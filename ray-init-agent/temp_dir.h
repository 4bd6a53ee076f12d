// Where Ray keeps its sessions on this node, and with them its sockets and its log files.
// Sources: Ray 2.9.3 to 2.60 (_private/node.py, _common/utils.py or _private/utils.py, scripts/scripts.py).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "ray-init-agent/gcs_client.h"
#include "shared/ray_release.h"
#include "shared/ray_start_params.h"
#include "shared/result.h"
#include "shared/shell_words.h"

namespace ray_init_agent {

// The temp dir of a node that chooses it itself: `option`, which is rayStartParams temp-dir, else
// $RAY_TMPDIR/ray, else $TMPDIR/ray, else /tmp/ray.
std::string OwnTempDir(const std::string& option, const shared::Variables& environment);

// Whether a node's Ray asks for the head's temp dir. A worker's does up to Ray 2.54, which ignores its
// temp-dir, and later if it has no temp-dir. An unknown release counts as the newest.
bool TakesHeadTempDir(shared::RayNodeType node_type, bool has_option,
                      const std::optional<shared::RayRelease>& release);

// Returns the temp dir that the head has reported to the GCS, an absolute path. Blocks for `timeout` at most,
// or until the client's Interrupt is raised.
shared::Result<std::string, GcsError> HeadTempDir(GcsClient* gcs,
                                                  const std::optional<shared::RayRelease>& release,
                                                  std::chrono::milliseconds timeout);

}  // namespace ray_init_agent
