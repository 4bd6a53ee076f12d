#include "kubectl-ray/launcher/line_stream.h"

namespace kubectl_ray {

LineStream::~LineStream() {
  if (!line_.empty()) PassOn(line_.size());
}

int LineStream::overflow(int c) {
  if (c == std::char_traits<char>::eof()) return std::char_traits<char>::not_eof(c);
  const char byte = std::char_traits<char>::to_char_type(c);
  xsputn(&byte, 1);
  return c;
}

std::streamsize LineStream::xsputn(const char* text, std::streamsize size) {
  line_.append(text, static_cast<std::size_t>(size));
  if (const std::size_t newline = line_.rfind('\n'); newline != line_.npos) PassOn(newline + 1);
  return size;
}

void LineStream::PassOn(std::size_t size) {
  std::lock_guard lock(sink_->mutex);
  for (std::size_t begin = 0; begin < size;) {
    const std::size_t newline = line_.find('\n', begin);
    const std::size_t end_of_line = newline < size ? newline + 1 : size;
    sink_->out << prefix_ << line_.substr(begin, end_of_line - begin);
    begin = end_of_line;
  }
  sink_->out.flush();
  line_.erase(0, size);
}

}  // namespace kubectl_ray
