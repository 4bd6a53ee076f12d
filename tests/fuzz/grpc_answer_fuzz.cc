// The GCS's answers: header lines up to an empty line, then the body.
#include <string>
#include <string_view>

#include "ray-init-agent/gcs_messages.h"
#include "shared/grpc.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  shared::HttpResponse response;
  response.status = 200;
  response.headers.emplace_back("content-type", "application/grpc");
  while (true) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (line.empty() || colon == std::string_view::npos) break;
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  response.body = text;
  (void)shared::ReadGrpcAnswer(response);
  (void)ray_init_agent::DecodeCheckAliveReply(text);
  (void)ray_init_agent::DecodeGetAllNodeInfoReply(text);
  (void)ray_init_agent::DecodeDrainNodeReply(text);
  (void)ray_init_agent::DecodeGetClusterIdReply(text);
  (void)shared::DecodeInternalKvGetReply(text);
  (void)ray_init_agent::DecodeGetInternalConfigReply(text);
  return 0;
}
