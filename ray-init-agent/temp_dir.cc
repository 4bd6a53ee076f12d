#include "ray-init-agent/temp_dir.h"

#include <algorithm>
#include <climits>
#include <utility>

#include "shared/deadline.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::RayRelease;
using shared::Result;
using shared::Unexpected;

// Since this release each node has its own temp-dir, and the head's is in its node's entry and no longer
// among the keys.
constexpr RayRelease kTempDirOfEachNode{2, 55};

// Python's os.path.join(directory, "ray").
std::string RayBelow(const std::string& directory) {
  return directory.empty() || directory.ends_with('/') ? directory + "ray" : directory + "/ray";
}

// Checks bytes from elsewhere that have to be a path.
Result<std::string, GcsError> CheckPath(std::string path) {
  const bool is_path =
      path.starts_with('/') && path.size() < PATH_MAX && path.find('\0') == std::string::npos;
  if (is_path) return path;
  return Unexpected(GcsError{GcsFailure::kNotReady, "\"" + shared::EscapeControl(path.substr(0, 80)) +
                                                        "\" is not an absolute path"});
}

Result<std::string, GcsError> TempDirOfHeadNode(GcsClient* gcs, std::chrono::milliseconds timeout) {
  auto reply = gcs->GetHeadNodes(timeout);
  if (!reply) return Unexpected(std::move(reply).error());
  const GcsNode* head = nullptr;
  for (const GcsNode& node : reply->nodes)
    if (node.is_head && (head == nullptr || node.alive)) head = &node;
  if (head == nullptr) return Unexpected(GcsError{GcsFailure::kNotReady, "it has no head node yet"});
  return CheckPath(head->temp_dir);
}

}  // namespace

std::string OwnTempDir(const std::string& option, const shared::Variables& environment) {
  if (!option.empty()) return option;
  for (const char* variable : {"RAY_TMPDIR", "TMPDIR"})
    if (const auto directory = environment(variable)) return RayBelow(*directory);
  return "/tmp/ray";
}

bool TakesHeadTempDir(shared::RayNodeType node_type, bool has_option,
                      const std::optional<RayRelease>& release) {
  if (node_type == shared::RayNodeType::kHead) return false;
  return !has_option || (release && *release < kTempDirOfEachNode);
}

Result<std::string, GcsError> HeadTempDir(GcsClient* gcs, const std::optional<RayRelease>& release,
                                          std::chrono::milliseconds timeout) {
  const shared::Deadline deadline = shared::Deadline::After(timeout);
  if (!release || *release < kTempDirOfEachNode) {
    auto value = gcs->GetInternalKv("temp_dir", "session", timeout);
    if (value) return CheckPath(*std::move(value));
    // If the release is not known, a key that is missing may be one of the old ones.
    if (release || value.error().failure != GcsFailure::kNotReady)
      return Unexpected(std::move(value).error());
  }
  return TempDirOfHeadNode(gcs, std::max(std::chrono::milliseconds(1), deadline.Remaining(timeout)));
}

}  // namespace ray_init_agent
