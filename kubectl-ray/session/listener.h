// A local port, which only this machine can reach unless the caller wants it otherwise.
#pragma once

#include <string>
#include <vector>

#include "shared/result.h"

namespace kubectl_ray {

// Listens at the same port of one or several addresses. Owns its sockets.
class Listener {
 public:
  // With port 0, any port that is free at all of them. `addresses` are IP addresses, at least one. ::1 may be
  // missing where 127.0.0.1 is (a machine without IPv6), so that "localhost" leads here whatever it resolves
  // to. Errors: kConflict if the port is taken at any of them; kAuth if it is below 1024 and the user may not
  // use it; kUsage if this machine has no such address.
  static shared::Result<Listener> Open(int port,
                                       const std::vector<std::string>& addresses = {"127.0.0.1", "::1"});
  ~Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;

  int port() const { return port_; }
  // To be polled for POLLIN.
  const std::vector<int>& fds() const { return fds_; }

 private:
  Listener() = default;
  static shared::Result<Listener> OpenOnce(int port, const std::vector<std::string>& addresses);
  std::vector<int> fds_;
  int port_ = 0;
};

// Accepts a connection that waits on `fd`: a socket that is non-blocking and close-on-exec, which the caller
// owns. Returns -1 if there is none.
int AcceptConnection(int fd);

}  // namespace kubectl_ray
