#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "kubectl-ray/cli/app.h"
#include "kubectl-ray/commands/commands.h"

namespace {

std::optional<std::string> GetEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void MeasureTerminal(kubectl_ray::Streams* io) {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
  if (size.ws_col > 0) io->width = size.ws_col;
  if (size.ws_row > 0) io->height = size.ws_row;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  shared::Interrupt interrupt;
  shared::Interrupt::InstallHandlers(&interrupt);
  kubectl_ray::Streams io{.in = std::cin,
                          .out = std::cout,
                          .err = std::cerr,
                          .in_is_terminal = isatty(STDIN_FILENO) == 1,
                          .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                          .err_is_terminal = isatty(STDERR_FILENO) == 1};
  MeasureTerminal(&io);
  const bool plain = GetEnvironment("NO_COLOR").value_or("") != "" || GetEnvironment("TERM") == "dumb";
  io.color = !plain;
  const int code =
      kubectl_ray::RunApp(kubectl_ray::Commands(), {argv + 1, argv + argc}, io, GetEnvironment, interrupt);
  if (code == kubectl_ray::kExitInterrupted) interrupt.EndBySignal();
  return code;
}
