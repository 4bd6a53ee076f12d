// Shell completion, by the protocol of cobra's __complete that kubectl speaks with its plugins: one candidate
// a line, `CANDIDATE\tDESCRIPTION`, and last `:DIRECTIVE`. After `--flag=` the candidates are the values
// alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kubectl-ray/cli/command_tree.h"

namespace kubectl_ray {

// What the words before the cursor say that matters for names from the cluster.
struct CompletionRequest {
  enum class Wanted {
    kNothing,
    kCommands,
    kFlags,
    kValues,
    kNamespaceNames,
    kContextNames,
    kKubeconfigClusters,
    kKubeconfigUsers
  };
  Wanted wanted = Wanted::kNothing;
  const CLI::App* command = nullptr;    // the one the words have come to
  const CLI::Option* option = nullptr;  // whose value it is, or may be; nullptr: no option's
  std::string prefix;                   // what is there of the word
  KubeconfigFlags kubeconfig;           // -n, --context, --kubeconfig, as far as they were typed

  bool operator==(const CompletionRequest&) const = default;
};

// `words`: all after `kubectl ray`, the last one (perhaps empty) the one to complete. Pure.
CompletionRequest ReadCompletionRequest(const CLI::App& root, const std::vector<std::string>& words);

// Writes the candidates to `out`. Asks the API server for names, for two seconds at most; errors are silent,
// as a prompt is no place for them.
void Complete(const CommandTree& tree, const std::vector<std::string>& words, std::ostream& out,
              const Environment& environment, shared::Interrupt& interrupt);

}  // namespace kubectl_ray
