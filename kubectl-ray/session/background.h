// Moves a command into the background once it is ready.
#pragma once

#include <string>

#include "shared/result.h"

namespace kubectl_ray {

// Fork() splits the process, which must have one thread only. The parent waits until the child has called
// Detach() or has ended, and then ends with that outcome.
class Background {
 public:
  // Returns in both processes, and sets *is_child. The parent must end at once with the exit code that it
  // returns.
  shared::Result<int> Fork(bool* is_child);

  // To be called in the child once it is ready. Lets the parent end, leaves the terminal, and sends stdout
  // and stderr to `log_path`, a new file that only its user can read.
  shared::Status Detach(const std::string& log_path);

 private:
  int ready_fd_ = -1;
};

}  // namespace kubectl_ray
