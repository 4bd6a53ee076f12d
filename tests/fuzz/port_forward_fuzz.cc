// A forwarded port's WebSocket: the upgrade's answer was good, its frames are the fuzzer's.
#include <cstdlib>

#include "kubectl-ray/kube/port_forward.h"
#include "tests/fuzz/preloaded_server.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  PreloadedServer server(
      {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n" +
       std::string(reinterpret_cast<const char*>(data), size)},
      nullptr);
  auto socket = shared::WebSocket::Connect(
      server.Options(),
      {.url = "ws://server/", .headers = {}, .subprotocols = {}, .max_message_bytes = 1u << 20});
  if (!socket) return 0;
  int local[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, local) != 0) return 0;
  const auto end = kubectl_ray::PumpPodPort(*std::move(socket), local[0], -1);
  if (end.received > size || end.remote_error.size() > 4096) std::abort();
  close(local[0]);
  close(local[1]);
  return 0;
}
