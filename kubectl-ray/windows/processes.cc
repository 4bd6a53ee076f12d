// Processes: finds a program, makes its command line and environment, starts it with three streams, and reaps
// it.
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "kubectl-ray/windows/descriptors.h"

namespace {

using windows::ErrnoOf;
using windows::FailWith;
using windows::HandleOf;

struct Child {
  HANDLE process;
  HANDLE group;  // the job object of the process and all that it starts, or nullptr
};
std::mutex mutex;
std::map<pid_t, Child> children;

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::vector<std::string> Split(const char* list) {
  std::vector<std::string> parts;
  std::string rest = list != nullptr ? list : "";
  for (rest += ';'; !rest.empty(); rest.erase(0, rest.find(';') + 1))
    if (rest.front() != ';') parts.push_back(rest.substr(0, rest.find(';')));
  return parts;
}

// Returns the file that `program` names, or "". If it has no ending, those of PATHEXT are tried. If it names
// no folder, PATH is searched, and the current folder is not.
std::string FindProgram(const std::filesystem::path& program) {
  std::vector<std::string> endings = Split(getenv("PATHEXT"));
  if (endings.empty()) endings = {".COM", ".EXE", ".BAT", ".CMD"};
  if (program.has_extension()) endings.insert(endings.begin(), "");
  std::vector<std::string> folders = {""};
  if (!program.has_parent_path()) folders = Split(getenv("PATH"));
  for (const std::string& folder : folders)
    for (const std::string& ending : endings) {
      const std::string path = (std::filesystem::path(folder) / program).string() + ending;
      const DWORD attributes = GetFileAttributesA(path.c_str());
      if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return path;
    }
  return "";
}

// Quotes one argument so that CommandLineToArgvW() reads it back: backslashes have a meaning only before a
// quote, and are doubled there.
std::string Quoted(const std::string& argument) {
  std::string text = "\"";
  std::size_t backslashes = 0;
  for (const char c : argument) {
    if (c == '"') text.append(backslashes + 1, '\\');
    text += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  return text.append(backslashes, '\\') + '"';
}

// cmd.exe runs batch files, and gives these characters a meaning even inside quotes.
bool IsSafeFor(const std::string& program, char* const* arguments) {
  const std::string ending = Upper(std::filesystem::path(program).extension().string());
  if (ending != ".BAT" && ending != ".CMD") return true;
  for (char* const* argument = arguments; *argument != nullptr; ++argument)
    if (std::string(*argument).find_first_of("\"%!\r\n") != std::string::npos) return false;
  return true;
}

// The first word is the program's path, because cmd.exe would look for a batch file's name in the current
// folder first.
std::string CommandLine(const std::string& program, char* const* arguments) {
  std::string line = Quoted(program);
  for (char* const* argument = arguments + 1; *argument != nullptr; ++argument) {
    const bool plain =
        **argument != '\0' && std::string(*argument).find_first_of(" \t\n\v\"&|<>^()") == std::string::npos;
    line += ' ' + (plain ? *argument : Quoted(*argument));
  }
  return line;
}

// Returns the variables sorted, each followed by a NUL, with one more NUL at the end. Upper and lower case
// are the same in names, and the last of a name wins.
std::string EnvironmentBlock(char* const* environment) {
  std::map<std::string, std::string> variables;
  for (char* const* variable = environment; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    variables[Upper(text.substr(0, text.find('=', 1)))] = text;
  }
  std::string block;
  for (const auto& [name, text] : variables) block += text + '\0';
  return block + '\0';
}

// The child's standard streams: copies that it may inherit. It inherits nothing else.
class Streams {
 public:
  explicit Streams(const posix_spawn_file_actions_t* actions) {
    for (int i = 0; i < 3; ++i) {
      handles_[static_cast<std::size_t>(i)] = StreamFor(actions, i);
      if (HANDLE handle = handles_[static_cast<std::size_t>(i)]) inherited_.push_back(handle);
    }
  }
  ~Streams() {
    for (HANDLE handle : inherited_) CloseHandle(handle);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  HANDLE at(std::size_t number) const { return handles_[number]; }
  std::vector<HANDLE>& inherited() { return inherited_; }

 private:
  static HANDLE StreamFor(const posix_spawn_file_actions_t* actions, int number) {
    static constexpr std::array<DWORD, 3> kOwn = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    HANDLE source = GetStdHandle(kOwn[static_cast<std::size_t>(number)]);
    if (actions != nullptr && actions->given[number] >= 0) source = HandleOf(actions->given[number]);
    if (actions != nullptr && actions->discarded[number]) {
      SECURITY_ATTRIBUTES inherit = {sizeof inherit, nullptr, TRUE};
      return CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherit,
                         OPEN_EXISTING, 0, nullptr);
    }
    HANDLE copy = nullptr;
    DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &copy, 0, TRUE, DUPLICATE_SAME_ACCESS);
    return copy;
  }

  std::array<HANDLE, 3> handles_ = {};
  std::vector<HANDLE> inherited_;
};

// Returns 0 and sets *process, or returns the error number.
int Start(const std::string& path, std::string line, std::string block, DWORD flags, Streams& streams,
          PROCESS_INFORMATION* process) {
  SIZE_T size = 0;
  InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
  std::vector<char> memory(size);
  auto* attributes = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory.data());
  if (!InitializeProcThreadAttributeList(attributes, 1, 0, &size)) return EIO;
  STARTUPINFOEXA info = {};
  info.StartupInfo.cb = sizeof info;
  info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  info.StartupInfo.hStdInput = streams.at(0);
  info.StartupInfo.hStdOutput = streams.at(1);
  info.StartupInfo.hStdError = streams.at(2);
  info.lpAttributeList = attributes;
  std::vector<HANDLE>& inherited = streams.inherited();
  const bool started =
      UpdateProcThreadAttribute(attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited.data(),
                                inherited.size() * sizeof(HANDLE), nullptr, nullptr) &&
      CreateProcessA(path.c_str(), line.data(), nullptr, nullptr, TRUE, EXTENDED_STARTUPINFO_PRESENT | flags,
                     block.data(), nullptr, &info.StartupInfo, process);
  const DWORD error = GetLastError();
  DeleteProcThreadAttributeList(attributes);
  return started ? 0 : ErrnoOf(error);
}

// Puts the process, which has not run yet, into a job object, so that all that it starts is in there, too.
HANDLE NewGroup(HANDLE process) {
  const HANDLE group = CreateJobObjectW(nullptr, nullptr);
  if (group == nullptr || AssignProcessToJobObject(group, process)) return group;
  CloseHandle(group);
  return nullptr;
}

}  // namespace

extern "C" char** environ_now() { return _environ; }

pid_t fork() { return FailWith(ENOSYS); }
pid_t setsid() { return FailWith(ENOSYS); }

int kill(pid_t pid, int) {
  std::lock_guard lock(mutex);
  const auto child = children.find(std::abs(pid));
  if (child == children.end()) return FailWith(ESRCH);
  const auto [process, group] = child->second;
  const bool ended =
      pid < 0 && group != nullptr ? TerminateJobObject(group, 1) : TerminateProcess(process, 1);
  return ended ? 0 : FailWith(EPERM);
}

int posix_spawn_file_actions_init(posix_spawn_file_actions_t* actions) {
  *actions = {{-1, -1, -1}, {false, false, false}};
  return 0;
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t* actions, int fd, int child_fd) {
  actions->given[child_fd] = fd;
  return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t* actions, int child_fd, const char*, int,
                                     int) {
  actions->discarded[child_fd] = true;
  return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t*) { return 0; }

int posix_spawnp(pid_t* pid, const char* program, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const* arguments, char* const* environment) {
  const std::string path = FindProgram(program);
  if (path.empty()) return ENOENT;
  if (!IsSafeFor(path, arguments)) return EINVAL;
  const bool own_group = attributes != nullptr && (attributes->flags & POSIX_SPAWN_SETPGROUP) != 0;
  Streams streams(actions);
  PROCESS_INFORMATION process = {};
  const int error = Start(path, CommandLine(path, arguments), EnvironmentBlock(environment),
                          own_group ? CREATE_NEW_PROCESS_GROUP | CREATE_SUSPENDED : 0, streams, &process);
  if (error != 0) return error;
  const HANDLE group = own_group ? NewGroup(process.hProcess) : nullptr;
  if (own_group) ResumeThread(process.hThread);
  CloseHandle(process.hThread);
  *pid = static_cast<pid_t>(process.dwProcessId);
  std::lock_guard lock(mutex);
  children[*pid] = {process.hProcess, group};
  return 0;
}

pid_t waitpid(pid_t pid, int* status, int options) {
  Child child = {};
  {
    std::lock_guard lock(mutex);
    const auto found = children.find(pid);
    if (found == children.end()) return FailWith(ECHILD);
    child = found->second;
  }
  if (WaitForSingleObject(child.process, (options & WNOHANG) != 0 ? 0 : INFINITE) != WAIT_OBJECT_0) return 0;
  DWORD code = 1;
  GetExitCodeProcess(child.process, &code);
  *status = static_cast<int>(code);
  CloseHandle(child.process);
  if (child.group != nullptr) CloseHandle(child.group);
  std::lock_guard lock(mutex);
  children.erase(pid);
  return pid;
}
