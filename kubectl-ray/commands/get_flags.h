// What all `get` commands share: how to print, where to look, whether to go on watching.
#pragma once

#include <string>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/list_printer.h"

namespace kubectl_ray {

struct GetFlags {
  std::string name;  // empty: all
  std::string output;
  std::string selector;
  std::string cluster;  // --ray-cluster
  bool all_namespaces = false;
  bool watch = false;

  bool operator==(const GetFlags&) const = default;
};

// `noun` for the help: "clusters".
void AddGetFlags(Leaf& leaf, GetFlags* flags, const std::string& noun);

// -w, where there is a watch.
void AddWatchFlag(Leaf& leaf, GetFlags* flags);

// Prints the objects that are there, and each change of one as a row more, its deletion as the last one, as
// kubectl does; until Ctrl-C or stdout is gone.
shared::Result<int> WatchAndPrint(const KubeClient& kube, const Resource& resource, const std::string& ns,
                                  const ListOptions& options, ListPrinter& printer, Streams& io);

// The exit code of a watch: its end by Ctrl-C is what was meant.
shared::Result<int> WatchEnded(const shared::Status& status);

// Empty for all namespaces.
shared::Result<std::string> NamespaceFor(const GetFlags& flags, CommandContext& context);

// "in namespace x" or "in any namespace".
std::string InNamespace(const std::string& ns);

}  // namespace kubectl_ray
