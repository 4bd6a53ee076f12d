// A package's name, and its way to the cluster.
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

// What the dashboard takes in one request (ray_constants.DASHBOARD_CLIENT_MAX_SIZE): a body of this size or
// more is answered with 413.
inline constexpr std::uint64_t kMaxPackageBytes = 100u << 20;

// "_ray_pkg_<SHA-256>.zip" over the paths, modes and contents: the same files have the same name, wherever
// and whenever they are packed. Reads all files, on `threads` threads, and notes what it read: each file's
// size, at most that of the scan, and its crc. What is packed later is this very snapshot. kUsage names a
// file that cannot be read; kInterrupted.
shared::Result<std::string> NameOfTree(FileTree* tree, int threads, const shared::Interrupt& interrupt);

struct UploadProgress {
  std::uint64_t done = 0;  // bytes of files
  std::uint64_t total = 0;
};

// Brings the tree to the cluster under `name`, unless it is there. Whether it was sent. A connection that
// breaks is tried again until `deadline`. Refused before anything is sent where the zip is over
// kMaxPackageBytes (kUsage). A file that has grown since is sent as it was named: on_grown is given its path
// once that is done. One that was shortened or rewritten is refused (kUsage): the name would lie.
shared::Result<bool> UploadTree(const JobsClient& client, const FileTree& tree, const std::string& name,
                                shared::Deadline deadline, const shared::Interrupt& interrupt,
                                const std::function<void(const UploadProgress&)>& on_progress,
                                const std::function<void(const std::string& path)>& on_grown);

// What Ray takes as an archive of a working_dir, and with which ending the package is named then (".tgz" is
// ".tar.gz"); empty: none. Source: RUNTIME_ENV_PACKAGE_EXTENSIONS in ray/_common/runtime_env_package.py and
// get_uri_for_package in ray/_private/runtime_env/packaging.py (2.60). Ray before 2.56 takes .zip alone.
std::string_view ArchiveEnding(std::string_view path);

// The same for one file that is sent as it is: an archive of the user's own or a wheel.
shared::Result<std::string> NameOfArchive(const std::string& path);
shared::Result<bool> UploadFile(const JobsClient& client, const std::string& path, const std::string& name,
                                shared::Deadline deadline, const shared::Interrupt& interrupt,
                                const std::function<void(const UploadProgress&)>& on_progress);

}  // namespace kubectl_ray
