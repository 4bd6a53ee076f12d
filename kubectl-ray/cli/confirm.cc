#include "kubectl-ray/cli/confirm.h"

#include <poll.h>
#include <unistd.h>

#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;

// A blocking read would not see Ctrl-C: the handler only raises the Interrupt.
bool WaitForTerminal(const shared::Interrupt& interrupt) {
  pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {interrupt.fd(), POLLIN, 0}};
  while (!interrupt.raised())
    if (poll(fds, 2, -1) > 0 && fds[0].revents != 0) return true;
  return false;
}

}  // namespace

shared::Result<bool> Confirm(Streams& io, const shared::Interrupt& interrupt, const std::string& question) {
  io.err << question << " (y/yes/n/no) " << std::flush;
  if (io.in_is_terminal && !WaitForTerminal(interrupt))
    return Fail(ErrorCode::kInterrupted, "nothing was done");
  std::string answer;
  if (!std::getline(io.in, answer))
    return Fail(ErrorCode::kUsage, "cannot ask for confirmation: there is no input to read an answer from",
                "Use --yes to answer beforehand.");
  const std::size_t begin = answer.find_first_not_of(" \t\r"), end = answer.find_last_not_of(" \t\r");
  answer = begin == answer.npos ? "" : answer.substr(begin, end + 1 - begin);
  for (char& c : answer)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (answer == "y" || answer == "yes") return true;
  if (answer == "n" || answer == "no") return false;
  return Fail(ErrorCode::kUsage,
              "cannot take \"" + shared::EscapeControl(answer.substr(0, 40)) + "\" as an answer",
              "Answer y, yes, n or no.");
}

}  // namespace kubectl_ray
