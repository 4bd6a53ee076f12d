// A command's WebSocket: the upgrade's answer was good, its frames are the fuzzer's; and the status alone.
#include "kubectl-ray/kube/exec_stream.h"
#include "tests/fuzz/exec_on.h"

using namespace kubectl_ray;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)ReadExecStatus(bytes);
  PreloadedServer server(
      {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n"
       "Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n" +
       bytes},
      nullptr);
  ExecOn(server);
  return 0;
}
