// Names packages and uploads them to the cluster.
// Source: ray/_private/runtime_env/packaging.py (2.52): names gcs://_ray_pkg_<hex>.zip.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "kubectl-ray/packages/file_tree.h"
#include "kubectl-ray/ray/jobs_client.h"
#include "shared/deadline.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

// The dashboard answers 413 to a request with a body of this size or more
// (ray_constants.DASHBOARD_CLIENT_MAX_SIZE).
inline constexpr std::uint64_t kMaxPackageBytes = 100u << 20;

// Returns "_ray_pkg_<SHA-256>.zip", with the hash of paths, modes and contents: the same files have the same
// name, wherever and whenever they are packed. Reads all files, on `threads` threads, and notes in the tree
// what it read: each file's size (at most that of the scan) and its crc. What is packed later is exactly this
// snapshot. Errors: kUsage, which names a file that cannot be read; kInterrupted.
shared::Result<std::string> NameOfTree(FileTree* tree, int threads, const shared::Interrupt& interrupt);

struct UploadProgress {
  std::uint64_t done = 0;  // bytes of files
  std::uint64_t total = 0;
};

// Uploads the tree to the cluster under `name`, unless the cluster has it. Returns whether it was sent. Tries
// again after a broken connection until `deadline`. kUsage before anything is sent if the zip is too large
// (kMaxPackageBytes). If a file has grown since it was hashed, only the bytes that were hashed are sent, and
// on_grown gets its path afterwards. If a file was shortened or rewritten, the upload fails (kUsage), because
// the content would not match the name.
shared::Result<bool> UploadTree(const JobsClient& client, const FileTree& tree, const std::string& name,
                                shared::Deadline deadline, const shared::Interrupt& interrupt,
                                const std::function<void(const UploadProgress&)>& on_progress,
                                const std::function<void(const std::string& path)>& on_grown);

// Returns the ending of the package's name if Ray takes `path` as an archive of a working_dir (".tar.gz" for
// ".tgz"), and an empty string if it does not. Source: RUNTIME_ENV_PACKAGE_EXTENSIONS in
// ray/_common/runtime_env_package.py and get_uri_for_package in ray/_private/runtime_env/packaging.py (2.60).
// Ray before 2.56 takes .zip only.
std::string_view ArchiveEnding(std::string_view path);

// The same for one file that is sent as it is: an archive that the user made, or a wheel.
shared::Result<std::string> NameOfArchive(const std::string& path);
shared::Result<bool> UploadFile(const JobsClient& client, const std::string& path, const std::string& name,
                                shared::Deadline deadline, const shared::Interrupt& interrupt,
                                const std::function<void(const UploadProgress&)>& on_progress);

}  // namespace kubectl_ray
