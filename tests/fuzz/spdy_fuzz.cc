// SPDY: the frames alone, in pieces; the answer to an upgrade; and a command whose WebSocket was refused and
// whose SPDY was accepted, with the fuzzer's frames.
#include <cstdlib>

#include "kubectl-ray/kube/exec_stream.h"
#include "shared/spdy_frames.h"
#include "tests/fuzz/exec_on.h"

using namespace kubectl_ray;

namespace {

void ReadFrames(const std::string& bytes) {
  shared::SpdyFrameReader reader;
  std::size_t data = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    reader.Append(std::string_view(bytes).substr(at, 7));
    while (true) {
      const auto frame = reader.Next();
      if (!frame) return;
      if (!*frame) break;
      data += (*frame)->data.size();
      std::size_t headers = 0;
      for (const auto& [name, value] : (*frame)->headers) headers += name.size() + value.size() + 8;
      if (headers > 64 * 1024) std::abort();
    }
  }
  if (data > bytes.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  ReadFrames(bytes);
  (void)shared::ReadSpdyUpgradeAnswer(bytes);
  PreloadedServer server({"HTTP/1.1 400 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                          "HTTP/1.1 101 x\r\nUpgrade: SPDY/3.1\r\n"
                          "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n" +
                              bytes},
                         nullptr);
  ExecOn(server);
  return 0;
}
