// A request line of whoever reaches the health port.
#include <cstdlib>

#include "ray-init-agent/health_request.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto request = ray_init_agent::ParseHealthRequest(line);
  if (!request) return 0;
  if (request->method.empty() || request->method.find(' ') != std::string_view::npos) std::abort();
  if (!request->path.starts_with('/') || request->path.find_first_of(" ?\r\n") != std::string_view::npos)
    std::abort();
  if (!line.ends_with("HTTP/1.1") && !line.ends_with("HTTP/1.0")) std::abort();
  return 0;
}
