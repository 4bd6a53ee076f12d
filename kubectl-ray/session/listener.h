// A local port that only this machine can reach.
#pragma once

#include "shared/result.h"

namespace kubectl_ray {

// Listens on 127.0.0.1 and, if there is IPv6, on ::1 at the same port, so that "localhost" leads here
// whatever it resolves to. Owns its sockets.
class Listener {
 public:
  // With port 0, any port that is free. Errors: kConflict if the port is taken on either address; kAuth if it
  // is below 1024 and the user may not use it.
  static shared::Result<Listener> Open(int port);
  ~Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;

  int port() const { return port_; }
  // To be polled for POLLIN. fd6() is -1 if there is no IPv6.
  int fd4() const { return fd4_; }
  int fd6() const { return fd6_; }

 private:
  Listener(int fd4, int fd6, int port) : fd4_(fd4), fd6_(fd6), port_(port) {}
  int fd4_;
  int fd6_;
  int port_;
};

// Accepts a connection that waits on `fd`: a socket that is non-blocking and close-on-exec, which the caller
// owns. Returns -1 if there is none.
int AcceptConnection(int fd);

}  // namespace kubectl_ray
