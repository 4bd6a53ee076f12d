// Whatever a server may send on a connection that asked for HTTP/2.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "shared/grpc.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 0;
  // What is written here waits in the socket's buffer until the client reads it, and then the stream ends.
  [[maybe_unused]] const ssize_t written = write(ends[0], data, std::min<std::size_t>(size, 32768));
  shutdown(ends[0], SHUT_WR);
  shared::HttpOptions options;
  options.dial = [&] { return ends[1]; };
  {
    const shared::HttpClient http(std::move(options));
    shared::HttpRequest request =
        shared::MakeGrpcRequest("http://gcs:6379/ray.rpc.NodeInfoGcsService/CheckAlive", "", "");
    request.max_body_bytes = 1u << 20;
    request.deadline = shared::Deadline::After(std::chrono::seconds(2));
    if (auto response = http.Send(request)) (void)shared::ReadGrpcAnswer(*response);
  }
  close(ends[0]);
  return 0;
}
