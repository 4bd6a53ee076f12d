// A pod's files on this machine, from a tar that the pod sends and that is not trusted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kubectl-ray/logs/directory_writer.h"
#include "kubectl-ray/logs/tar_reader.h"

namespace kubectl_ray {

// Writes where `rsync SOURCE TARGET` would. If the archive begins with a file, that is all of it, and it gets
// TARGET as its name, or comes into TARGET if that is a directory or ends with a slash. Otherwise the
// archive's entries come below TARGET. Missing directories are made. Nothing is written outside TARGET:
// entries whose name or link leads out of it are left out, with a note. A file keeps its permission bits, and
// replaces one of its name when it is whole. Not thread-safe.
class ReceivedFiles {
 public:
  // `on_note` gets what is left out and why, a clause that is not escaped.
  ReceivedFiles(std::string target, std::function<void(const std::string&)> on_note);

  // Takes the next bytes of the archive. kInternal: no archive, or what cannot be written.
  shared::Status Take(std::string_view bytes) { return reader_.Take(bytes); }
  // Returns whether the archive was read to its end mark, or nothing came at all.
  bool at_end() const { return reader_.at_end(); }

  std::uint64_t files() const { return files_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  shared::Status Begin(const TarEntry& entry);
  shared::Status Open(const TarEntry& first);
  shared::Status BeginFile(const TarEntry& entry);
  shared::Status MakeLink(const TarEntry& entry);

  const std::string target_;
  const std::function<void(const std::string&)> on_note_;
  TarReader reader_;
  std::optional<DirectoryWriter> writer_;  // once the first entry has come
  std::optional<std::string> only_file_;   // its name on this machine
  bool skipped_ = false;                   // the file that comes now
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace kubectl_ray
