#include "kubectl-ray/cli/progress.h"

#include "shared/duration.h"
#include "shared/text.h"

namespace kubectl_ray {

std::chrono::milliseconds Progress::elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_);
}

void Progress::Show(const std::string& text) {
  std::string line = shared::EscapeControl(text);
  for (char& c : line)
    if (c == '\n' || c == '\t') c = ' ';
  if (!io_.err_is_terminal) {
    if (line != shown_) io_.err << line << std::endl;
    shown_ = line;
    return;
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(elapsed());
  line = "[" + (seconds.count() == 0 ? "0s" : shared::FormatDuration(seconds)) + "] " + line;
  std::size_t width = static_cast<std::size_t>(io_.width > 1 ? io_.width - 1 : 79);
  if (line.size() > width) {
    while (width > 0 && (static_cast<unsigned char>(line[width]) & 0xc0) == 0x80)
      --width;  // not within a character
    line.resize(width);
  }
  io_.err << "\r\033[K" << line << std::flush;
  line_open_ = true;
}

void Progress::Clear() {
  if (line_open_) io_.err << "\r\033[K" << std::flush;
  line_open_ = false;
}

}  // namespace kubectl_ray
