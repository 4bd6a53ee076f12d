#include "shared/prometheus_text.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace shared {
namespace {

bool IsNameByte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_' || byte == ':';
}

// Reads one line from its beginning on.
class LineCursor {
 public:
  explicit LineCursor(std::string_view line) : rest_(line) {}

  bool at_end() const { return rest_.empty(); }

  void SkipBlanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }

  bool Take(char byte) {
    SkipBlanks();
    if (rest_.empty() || rest_.front() != byte) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Returns a name, or an empty text.
  std::string_view TakeName() {
    SkipBlanks();
    std::size_t size = 0;
    while (size < rest_.size() && IsNameByte(rest_[size])) ++size;
    if (size > 0 && rest_[0] >= '0' && rest_[0] <= '9') size = 0;
    return TakeBytes(size);
  }

  // Returns what is up to the next blank.
  std::string_view TakeWord() {
    SkipBlanks();
    return TakeBytes(std::min(rest_.find_first_of(" \t"), rest_.size()));
  }

  bool TakeQuoted(std::string* text) {
    if (!Take('"')) return false;
    while (!rest_.empty()) {
      char byte = rest_.front();
      rest_.remove_prefix(1);
      if (byte == '"') return true;
      if (byte == '\\' && !TakeEscaped(&byte)) return false;
      text->push_back(byte);
    }
    return false;
  }

 private:
  std::string_view TakeBytes(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  bool TakeEscaped(char* byte) {
    if (rest_.empty()) return false;
    *byte = rest_.front() == 'n' ? '\n' : rest_.front();
    const bool known = rest_.front() == 'n' || rest_.front() == '\\' || rest_.front() == '"';
    rest_.remove_prefix(1);
    return known;
  }

  std::string_view rest_;
};

bool ReadLabels(LineCursor* line, PrometheusSample* sample) {
  if (!line->Take('{')) return true;
  while (!line->Take('}')) {  // a comma may stand after the last one
    std::string name(line->TakeName()), value;
    if (name.empty() || !line->Take('=') || !line->TakeQuoted(&value)) return false;
    sample->labels.emplace_back(std::move(name), std::move(value));
    if (!line->Take(',')) return line->Take('}');
  }
  return true;
}

template <typename Number>
bool ReadNumber(std::string_view word, Number* number) {
  if (word.starts_with('+')) word.remove_prefix(1);
  if (word.starts_with('+')) return false;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), *number);
  return error == std::errc() && end == word.data() + word.size();
}

}  // namespace

std::string_view PrometheusSample::Label(std::string_view label) const {
  for (const auto& [key, text] : labels)
    if (key == label) return text;
  return {};
}

std::optional<PrometheusSample> ReadPrometheusLine(std::string_view line) {
  LineCursor cursor(line);
  PrometheusSample sample;
  sample.name = cursor.TakeName();
  if (sample.name.empty() || !ReadLabels(&cursor, &sample)) return std::nullopt;
  if (!ReadNumber(cursor.TakeWord(), &sample.value)) return std::nullopt;
  cursor.SkipBlanks();
  long long timestamp = 0;
  if (!cursor.at_end() && !ReadNumber(cursor.TakeWord(), &timestamp)) return std::nullopt;
  cursor.SkipBlanks();
  return cursor.at_end() ? std::optional(std::move(sample)) : std::nullopt;
}

void PrometheusReader::ReadLine(std::string_view line) const {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!is_wanted_(LineCursor(line).TakeName())) return;
  if (const auto sample = ReadPrometheusLine(line)) on_sample_(*sample);
}

void PrometheusReader::Feed(std::string_view piece) {
  for (std::size_t end; (end = piece.find('\n')) != piece.npos; piece.remove_prefix(end + 1)) {
    const std::string_view part = piece.substr(0, end);
    if (!too_long_ && begun_.size() + part.size() <= kMaxLine) {
      if (begun_.empty())
        ReadLine(part);
      else
        ReadLine(begun_.append(part));
    }
    begun_.clear();
    too_long_ = false;
  }
  if (begun_.size() + piece.size() > kMaxLine) too_long_ = true;
  if (too_long_)
    begun_.clear();
  else
    begun_.append(piece);
}

}  // namespace shared
