#include "kubectl-ray/logs/log_lines.h"

#include <algorithm>
#include <cctype>

namespace kubectl_ray {
namespace {

// Returns the length of an RFC 3339 timestamp in UTC at the front, or 0. Its fraction may have any number of
// digits.
std::size_t TimestampLength(std::string_view line) {
  static constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  if (line.size() <= kForm.size()) return 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(line[i])) != 0;
    if (kForm[i] == 'd' ? !digit : line[i] != kForm[i]) return 0;
  }
  std::size_t end = kForm.size();
  if (line[end] == '.') do
      ++end;
    while (end < line.size() && std::isdigit(static_cast<unsigned char>(line[end])) != 0);
  if (end < line.size() && line[end] == 'Z') return end + 1;
  const bool offset =
      end + 6 <= line.size() && (line[end] == '+' || line[end] == '-') && line[end + 3] == ':';
  return offset ? end + 6 : 0;
}

// Compares timestamps as text, for which the fractions must be equally long.
std::string Comparable(std::string_view timestamp) {
  std::string text(timestamp.substr(0, 19));
  std::string fraction;
  if (timestamp.size() > 19 && timestamp[19] == '.') {
    const std::size_t end = std::min(timestamp.find_first_not_of("0123456789", 20), timestamp.size());
    fraction = timestamp.substr(20, end - 20);
  }
  fraction.resize(9, '0');
  const std::size_t zone = timestamp.find_first_of("Z+-", 19);
  return text + "." + fraction + (zone == std::string_view::npos ? "Z" : std::string(timestamp.substr(zone)));
}

}  // namespace

void LineSplitter::Take(std::string_view piece, const std::function<void(std::string_view)>& on_line) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::size_t room = kMaxLineBytes - partial_.size();
    if (end == std::string_view::npos ? piece.size() < room : end <= room) {
      if (end == std::string_view::npos) {
        partial_ += piece;
        return;
      }
      if (partial_.empty()) {
        on_line(piece.substr(0, end));
      } else {
        partial_ += piece.substr(0, end);
        on_line(partial_);
        partial_.clear();
      }
      piece.remove_prefix(end + 1);
      continue;
    }
    partial_ += piece.substr(0, room);
    piece.remove_prefix(room);
    on_line(partial_);
    partial_.clear();
  }
}

void LineSplitter::Finish(const std::function<void(std::string_view)>& on_line) {
  if (!partial_.empty()) on_line(partial_);
  partial_.clear();
}

void LogPosition::StartStream() {
  resumed_at_ = last_;
  to_skip_ = at_last_;
}

bool LogPosition::Take(std::string_view line, std::string_view* text) {
  const std::size_t length = TimestampLength(line);
  *text = line;
  if (length == 0) return true;
  text->remove_prefix(std::min(length + 1, line.size()));  // and the space after it
  std::string timestamp = Comparable(line.substr(0, length));
  if (!resumed_at_.empty()) {
    if (timestamp < resumed_at_) return false;
    if (timestamp == resumed_at_ && to_skip_ > 0) {
      --to_skip_;
      return false;
    }
    resumed_at_.clear();  // caught up: if a clock is set back later, nothing is lost
  }
  at_last_ = timestamp == last_ ? at_last_ + 1 : 1;
  last_ = std::move(timestamp);
  return true;
}

std::string LogPosition::since_time() const {
  if (last_.empty()) return {};
  return last_.substr(0, 19) + last_.substr(29);
}

}  // namespace kubectl_ray
