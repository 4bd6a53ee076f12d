// The console: how it is set up before main(), its size and modes, what is typed, and Ctrl-C.
#include "kubectl-ray/windows/descriptors.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

namespace windows {
namespace {

constexpr wchar_t kCtrlZ = 26;
constexpr std::size_t kStreamBytes = 16 * 1024;

// An invalid descriptor is an error, and does not end the process.
void IgnoreInvalidParameter(const wchar_t*, const wchar_t*, const wchar_t*, unsigned, uintptr_t) {}

// Bytes are written as they are, and the console reads them as UTF-8. The previous settings are restored at
// the end, because the shell uses the same console.
class Startup {
 public:
  Startup() : code_page_(GetConsoleOutputCP()) {
    _set_invalid_parameter_handler(IgnoreInvalidParameter);
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) _setmode(fd, _O_BINARY);
    // The console needs whole characters in each write, and C++ streams write byte by byte to C's.
    for (FILE* stream : {stdout, stderr}) setvbuf(stream, nullptr, _IOFBF, kStreamBytes);
    SetConsoleOutputCP(CP_UTF8);
    for (std::size_t i = 0; i < kOutputs.size(); ++i) {
      const HANDLE console = GetStdHandle(kOutputs[i]);
      known_[i] = GetConsoleMode(console, &modes_[i]) != 0;
      if (known_[i]) SetConsoleMode(console, modes_[i] | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
    const char* profile = getenv("USERPROFILE");  // as kubectl does
    if (getenv("HOME") == nullptr && profile != nullptr) _putenv_s("HOME", profile);
  }
  ~Startup() {
    for (std::size_t i = 0; i < kOutputs.size(); ++i)
      if (known_[i]) SetConsoleMode(GetStdHandle(kOutputs[i]), modes_[i]);
    if (code_page_ != 0) SetConsoleOutputCP(code_page_);
  }
  Startup(const Startup&) = delete;
  Startup& operator=(const Startup&) = delete;

 private:
  static constexpr std::array<DWORD, 2> kOutputs = {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  const UINT code_page_;
  std::array<bool, kOutputs.size()> known_ = {};
  std::array<DWORD, kOutputs.size()> modes_ = {};
};
const Startup startup;

using Handler = void (*)(int);
std::atomic<Handler> on_interrupt{SIG_DFL};
std::atomic<Handler> on_end{SIG_DFL};

BOOL WINAPI OnConsoleEvent(DWORD event) {
  const bool interrupt = event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
  const Handler handler = interrupt ? on_interrupt.load() : on_end.load();
  if (handler == SIG_DFL) return FALSE;
  if (handler != SIG_IGN) handler(interrupt ? SIGINT : SIGTERM);
  if (!interrupt)
    Sleep(INFINITE);  // Windows ends the process when this returns; until then it has some seconds to end by
                      // itself
  return TRUE;
}

}  // namespace

int ReadConsole(HANDLE console, void* data, unsigned size) {
  std::array<wchar_t, 4096> typed;
  const DWORD wanted = std::min<DWORD>(size / 3, typed.size());  // each is at most three bytes of UTF-8
  DWORD count = 0, mode = 0;
  if (!ReadConsoleW(console, typed.data(), wanted, &count, nullptr)) return FailWith(ErrnoOf(GetLastError()));
  GetConsoleMode(console, &mode);
  if (count > 0 && typed[0] == kCtrlZ && (mode & ENABLE_LINE_INPUT) != 0) return 0;
  return WideCharToMultiByte(CP_UTF8, 0, typed.data(), static_cast<int>(count), static_cast<char*>(data),
                             static_cast<int>(size), nullptr, nullptr);
}

// Released keys, the mouse and a new window size end a wait, but there is nothing to read then.
bool IsConsoleReadable(HANDLE console) {
  INPUT_RECORD record;
  DWORD count = 0;
  while (PeekConsoleInputW(console, &record, 1, &count) && count > 0) {
    if (record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown &&
        record.Event.KeyEvent.uChar.UnicodeChar != 0)
      return true;
    ReadConsoleInputW(console, &record, 1, &count);
  }
  return false;
}

}  // namespace windows

using windows::FailWith;

// Returns 1 for the console only. The C runtime's own returns 64, and for NUL, too.
extern "C" int isatty(int fd) {
  DWORD mode = 0;
  return !windows::IsSocket(fd) && GetConsoleMode(windows::HandleOf(fd), &mode) != 0 ? 1 : 0;
}

int sigaction(int signal, const struct sigaction* action, struct sigaction*) {
  if (signal == SIGINT) windows::on_interrupt = action->sa_handler;
  if (signal == SIGTERM) windows::on_end = action->sa_handler;
  if (signal != SIGINT && signal != SIGTERM) return 0;
  // After a second registration the handler would run twice.
  static const bool registered = SetConsoleCtrlHandler(windows::OnConsoleEvent, TRUE) != 0;
  return registered ? 0 : FailWith(EIO);
}

int ioctl(int, int, winsize* size) {
  CONSOLE_SCREEN_BUFFER_INFO info;
  if (!GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info)) return FailWith(ENOTTY);
  size->ws_col = static_cast<unsigned short>(info.srWindow.Right - info.srWindow.Left + 1);
  size->ws_row = static_cast<unsigned short>(info.srWindow.Bottom - info.srWindow.Top + 1);
  return 0;
}

int tcgetattr(int, termios* attributes) {
  const bool known = GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &attributes->input_mode) &&
                     GetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), &attributes->output_mode);
  return known ? 0 : FailWith(ENOTTY);
}

int tcsetattr(int, int, const termios* attributes) {
  const bool set = SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), attributes->input_mode) &&
                   SetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), attributes->output_mode);
  return set ? 0 : FailWith(ENOTTY);
}

void cfmakeraw(termios* attributes) {
  attributes->input_mode &=
      ~static_cast<DWORD>(ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT);
  attributes->input_mode |= ENABLE_VIRTUAL_TERMINAL_INPUT;
  attributes->output_mode |= ENABLE_VIRTUAL_TERMINAL_PROCESSING | DISABLE_NEWLINE_AUTO_RETURN;
}
