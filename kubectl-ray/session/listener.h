// A local port that only this machine reaches.
#pragma once

#include "shared/result.h"

namespace kubectl_ray {

// Listens on 127.0.0.1 and, where there is IPv6, on ::1 at the same port, so that "localhost" is this one
// whatever it resolves to. Owns its sockets.
class Listener {
 public:
  // port 0: any that is free. kConflict: it is taken (on either address); kAuth: below 1024 without the
  // right.
  static shared::Result<Listener> Open(int port);
  ~Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;

  int port() const { return port_; }
  // To poll for POLLIN; -1: no IPv6 here.
  int fd4() const { return fd4_; }
  int fd6() const { return fd6_; }

 private:
  Listener(int fd4, int fd6, int port) : fd4_(fd4), fd6_(fd6), port_(port) {}
  int fd4_;
  int fd6_;
  int port_;
};

// A connection that waits on `fd`, non-blocking and close-on-exec; -1: none after all.
int AcceptConnection(int fd);

}  // namespace kubectl_ray
