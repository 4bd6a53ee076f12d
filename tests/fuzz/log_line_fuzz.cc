// A log file as a worker may write it: any bytes, in pieces, read while it grows and made records of.
// Input: flags, number of pieces, the file's bytes.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ray-init-agent/log_file.h"
#include "ray-init-agent/log_formatter.h"
#include "shared/json.h"
#include "shared/text.h"

namespace {

using ray_init_agent::LogFile;
using ray_init_agent::LogFormat;

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// The file's lines, read after each piece that is written, and closed in between; nothing where it is no
// text.
std::optional<std::vector<std::string>> ReadInPieces(std::string_view bytes, std::size_t pieces,
                                                     bool truncates) {
  const int fd = memfd_create("log", MFD_CLOEXEC);
  if (fd < 0) std::abort();
  LogFile file(dup(fd));
  ray_init_agent::LineBuffer buffer;
  std::vector<std::string> lines;
  const auto add = [&](std::string_view line) { lines.emplace_back(line); };
  const std::size_t size = bytes.size() / pieces + 1;
  off_t end = 0;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    const std::string_view piece = bytes.substr(0, size);
    if (truncates && ftruncate(fd, end = 0) != 0) std::abort();
    if (pwrite(fd, piece.data(), piece.size(), end) != static_cast<ssize_t>(piece.size())) std::abort();
    end += static_cast<off_t>(piece.size());
    for (int reads = 0; file.ReadLines(&buffer, add) == LogFile::Outcome::kMore; ++reads)
      if (reads > 16) std::abort();  // it goes round in circles
    if (file.Park()) file.Reopen(dup(fd));
  }
  file.ReadRest(&buffer, add);
  close(fd);
  if (!file.is_text()) return std::nullopt;
  return lines;
}

void CheckRecords(const std::string& out, LogFormat format) {
  if (!out.empty() && out.back() != '\n') std::abort();
  if (format == LogFormat::kText) return;
  for (const std::string& record : Split(out)) {
    if (!shared::IsUtf8(record)) std::abort();
    if (!shared::ParseJson(record)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const bool json = (data[0] & 1) != 0, truncates = (data[0] & 2) != 0, worker = (data[0] & 4) != 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto read = ReadInPieces(bytes, data[1] % 16u + 1, truncates);
  // Where nothing is taken away, every line comes, once, in order.
  if (!truncates && read && *read != Split(bytes)) std::abort();
  const std::vector<std::string> lines = read.value_or(Split(bytes));

  const LogFormat format = json ? LogFormat::kJson : LogFormat::kText;
  const ray_init_agent::LogFormatter formatter(format, {.node = "node", .pod = "pod", .cluster = ""});
  auto stream = formatter.Open(worker ? "worker-0123456789abcdef-01000000-77.out" : "raylet.out");
  const std::chrono::system_clock::time_point now(std::chrono::seconds(1'800'000'000));
  std::string out;
  for (const std::string& line : lines) formatter.AddLine(line, now, &stream, &out);
  formatter.Flush(now, &stream, &out);
  CheckRecords(out, format);
  return 0;
}
