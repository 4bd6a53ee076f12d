// What every leaf command has in common: how it enters the command table and what it runs with.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kubectl-ray/cli/streams.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/kubeconfig/kubeconfig.h"
#include "shared/interrupt.h"
#include "shared/result.h"

namespace kubectl_ray {

using Environment = std::function<std::optional<std::string>(const std::string&)>;

// Exit codes of this program; `kubectl ray options` tells them.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,
  kExitUsage = 2,
  // How a job went, of `job submit`, `job logs -f`, `job watch` and `job stop`.
  kExitJobFailed = 10,
  kExitJobStopped = 11,
  kExitSubmissionRefused = 12,  // the dashboard did not take the job
  kExitClusterNotReady = 13,    // within the time allowed
  kExitTimedOut = 14,           // the job goes on
  kExitDetached = 15,           // by Ctrl-C, or the connection was lost for good; the job goes on
  kExitInterrupted = 130,       // main() then ends by the signal itself, where there are signals
};

struct GlobalOptions {
  KubeconfigFlags kubeconfig;
  std::string request_timeout;  // as typed: "30s", "0"
  // What stands behind `--`, byte for byte; nothing where there was no `--`.
  std::optional<std::vector<std::string>> program;
  int verbosity = 0;  // -v
};

// A command's whole world, so that tests can give it another one.
class CommandContext {
 public:
  CommandContext(const GlobalOptions& global, Streams& io, Environment environment,
                 shared::Interrupt& interrupt);
  ~CommandContext();

  const GlobalOptions& global;
  Streams& io;
  Environment environment;
  shared::Interrupt& interrupt;

  // The client for the chosen context; loads the kubeconfig at the first call. Owned by the context.
  shared::Result<const KubeClient*> Kube();
  // --namespace, else the context's, else "default".
  shared::Result<std::string> Namespace();

 private:
  std::unique_ptr<KubeClient> kube_;
};

// Runs the command; its exit code, or the error to print.
using CommandBody = std::function<shared::Result<int>(CommandContext&)>;

// Whether a command runs a program that is given behind `--`.
enum class TakesProgram { kNo, kYes };

struct CommandEntry {
  CommandBody body;
  TakesProgram takes_program = TakesProgram::kNo;
};

// CLI11 subcommand → body. Help groups are CLI11's group().
class CommandTable {
 public:
  void Add(CLI::App* leaf, CommandBody body, TakesProgram takes_program = TakesProgram::kNo) {
    entries_[leaf] = {std::move(body), takes_program};
  }
  // The entry of the leaf that was parsed, or nullptr.
  const CommandEntry* Find(const CLI::App* leaf) const {
    auto found = entries_.find(leaf);
    return found == entries_.end() ? nullptr : &found->second;
  }

 private:
  std::map<const CLI::App*, CommandEntry> entries_;
};

}  // namespace kubectl_ray
