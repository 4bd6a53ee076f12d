// kubectl_complete-ray.exe, which kubectl starts to complete `kubectl ray`. On other systems it is the script
// that `kubectl-ray completion kubectl` prints; a batch file would run what follows "&" in a word.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <vector>

int main(int count, char** words) {
  char program[] = "kubectl-ray";
  char command[] = "__complete";
  std::vector<char*> arguments = {program, command};
  arguments.insert(arguments.end(), words + (count > 0 ? 1 : 0), words + count + 1);  // with the nullptr
  pid_t pid = -1;
  if (const int error = posix_spawnp(&pid, program, nullptr, nullptr, arguments.data(), environ)) {
    std::fprintf(stderr, "error: cannot start \"%s\": %s; put it on PATH\n", program, std::strerror(error));
    return 1;
  }
  int status = 0;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
