#include "kubectl-ray/jobs/upload_progress.h"

#include <algorithm>

#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

// The end of `path`, in at most `room` bytes, but no fewer than can be read.
std::string EndOf(const std::string& path, std::size_t room) {
  constexpr std::size_t kLeast = 10;
  room = std::max(room, kLeast);
  if (path.size() <= room) return path;
  std::size_t begin = path.size() - (room - 3);
  while (begin < path.size() && (static_cast<unsigned char>(path[begin]) & 0xc0) == 0x80)
    ++begin;  // between characters
  return "..." + path.substr(begin);
}

}  // namespace

void UploadLine::Show(const UploadProgress& progress) {
  if (!io_.err_is_terminal) return;
  const Clock::time_point now = Clock::now();
  if (now - shown_at_ < std::chrono::milliseconds(100)) return;
  shown_at_ = now;
  shown_ = true;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double rate = seconds > 0 ? static_cast<double>(progress.done) / seconds : 0;
  std::string numbers =
      ": " + shared::FormatBytes(progress.done) + " of " + shared::FormatBytes(progress.total);
  if (rate > 0 && seconds > 1) {
    const auto left = std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(progress.total - progress.done) / rate * 1000));
    numbers += ", " + shared::FormatBytes(static_cast<unsigned long long>(rate)) + "/s, " +
               shared::FormatDuration(left) + " left";
  }
  const std::string line = "Uploading ";
  const std::size_t width = static_cast<std::size_t>(std::max(io_.width - 1, 0));
  const std::size_t taken = std::min(line.size() + numbers.size(), width);
  io_.err << '\r' << (line + EndOf(source_, width - taken) + numbers).substr(0, width) << "\033[K"
          << std::flush;
}

UploadLine::~UploadLine() {
  if (shown_) io_.err << "\r\033[K" << std::flush;
}

}  // namespace kubectl_ray
