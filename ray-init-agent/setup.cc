#include "ray-init-agent/setup.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "ray-init-agent/note.h"
#include "ray-init-agent/running_child.h"
#include "shared/duration.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::Result;

bool IsFile(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

ChildOptions StepOptions(const CommandContext& context, const std::string& path, const std::string& name) {
  ChildOptions options = MakeChildOptions(context);
  options.supervisor.argv = {path};
  options.supervisor.ended_by_request_is_success = true;
  options.name = "setup step \"" + name + "\"";
  options.output_component = "setup";
  options.logs_dir.clear();  // Ray's files: there are none yet
  if (options.logs) options.logs->logs_dir.clear();
  return options;
}

// Returns the exit code of the step, or nothing if it was asked to end.
Result<std::optional<int>, Failure> RunStep(ChildOptions options, const shared::Interrupt& interrupt) {
  bool asked = false;
  const std::string name = options.name;
  const auto code = RunChild(std::move(options), [&asked](RunningChild* running) {
    running->supervisor()->SetTerminateHook([&asked](const std::function<void()>& proceed) {
      asked = true;
      proceed();
    });
  });
  if (asked || interrupt.raised()) return std::optional<int>();
  if (code) return std::optional<int>(*code);
  shared::Error error = code.error().error;
  error.message = name + " cannot be run: " + error.message;
  if (code.error().exit_code == kExitNotExecutable || code.error().exit_code == kExitNotFound)
    error.hint = "It needs mode 0755 (defaultMode of its volume) and a first line such as #!/bin/sh.";
  return FailWith(kExitSetup, std::move(error));
}

}  // namespace

Result<std::vector<std::string>> SetupSteps(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(directory.c_str()), closedir);
  if (opened == nullptr)
    return shared::Fail(errno == ENOENT ? shared::ErrorCode::kNotFound : shared::ErrorCode::kUnavailable,
                        "cannot read the setup steps in \"" + directory + "\": " + shared::ErrnoText(errno),
                        "Mount a ConfigMap or Secret with them there, or leave out --setup.");
  std::vector<std::string> steps;
  while (const dirent* entry = readdir(opened.get())) {
    const std::string name = entry->d_name;
    if (!name.starts_with('.') && IsFile(directory + "/" + name)) steps.push_back(name);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

Result<std::optional<int>, Failure> RunSetup(const CommandContext& context,
                                             const shared::Interrupt& interrupt) {
  const std::string directory = context.options.Text("setup");
  if (directory.empty()) return std::optional<int>();
  const auto steps = SetupSteps(directory);
  if (!steps) return FailWith(kExitSetup, steps.error());
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < steps->size(); ++i) {
    const std::string& step = (*steps)[i];
    Note("setup step \"" + step + "\" (" + std::to_string(i + 1) + " of " + std::to_string(steps->size()) +
         ")");
    ASSIGN_OR_RETURN(const auto code, RunStep(StepOptions(context, directory + "/" + step, step), interrupt));
    if (!code) {
      Note("asked to end during setup step \"" + step + "\"");
      return std::optional<int>(kExitOk);
    }
    if (*code == 0) continue;
    Note("error: setup step \"" + step + "\" ended with exit code " + std::to_string(*code) +
         ", and Ray is not started");
    return std::optional<int>(kExitSetup);
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  Note("setup took " + shared::FormatDuration(took));
  return std::optional<int>();
}

}  // namespace ray_init_agent
