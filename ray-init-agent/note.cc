#include "ray-init-agent/note.h"

#include <unistd.h>

#include <string>

#include "ray-init-agent/stream_writer.h"
#include "shared/text.h"

namespace ray_init_agent {

void Note(std::string_view message) {
  constexpr std::size_t kMostKept = 64u << 10;
  static StreamWriter writer(STDERR_FILENO);
  static std::string pending;
  if (pending.size() < kMostKept) pending += "ray-init-agent: " + shared::EscapeControl(message) + "\n";
  std::size_t size = 0;
  while (!pending.empty() && writer.Write(pending, &size) == StreamWriter::Outcome::kWritten)
    pending.erase(0, size);
}

}  // namespace ray_init_agent
