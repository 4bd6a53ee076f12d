// A command that goes on in the background once it is ready.
#pragma once

#include <string>

#include "shared/result.h"

namespace kubectl_ray {

// Fork() splits the process; it has to have one thread only. The parent waits until the child called Detach()
// or ended, and then ends with that outcome.
class Background {
 public:
  // In the child: nothing. In the parent: the exit code to return at once.
  shared::Result<int> Fork(bool* is_child);

  // In the child, once it is ready: lets the parent go, leaves the terminal, and sends stdout and stderr to
  // `log_path` (made anew, for its user alone).
  shared::Status Detach(const std::string& log_path);

 private:
  int ready_fd_ = -1;
};

}  // namespace kubectl_ray
