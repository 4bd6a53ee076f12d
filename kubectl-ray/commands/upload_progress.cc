#include "kubectl-ray/commands/upload_progress.h"

#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {

void UploadLine::Show(const UploadProgress& progress) {
  if (!io_.err_is_terminal) return;
  const Clock::time_point now = Clock::now();
  if (now - shown_at_ < std::chrono::milliseconds(100)) return;
  shown_at_ = now;
  shown_ = true;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double rate = seconds > 0 ? static_cast<double>(progress.done) / seconds : 0;
  std::string line =
      what_ + ": " + shared::FormatBytes(progress.done) + " of " + shared::FormatBytes(progress.total);
  if (rate > 0 && seconds > 1) {
    const auto left = std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(progress.total - progress.done) / rate * 1000));
    line += ", " + shared::FormatBytes(static_cast<unsigned long long>(rate)) + "/s, " +
            shared::FormatDuration(left) + " left";
  }
  io_.err << '\r' << line.substr(0, static_cast<std::size_t>(io_.width - 1)) << "\033[K" << std::flush;
}

UploadLine::~UploadLine() {
  if (shown_) io_.err << "\r\033[K" << std::flush;
}

}  // namespace kubectl_ray
