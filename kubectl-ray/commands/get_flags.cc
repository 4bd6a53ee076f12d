#include "kubectl-ray/commands/get_flags.h"

namespace kubectl_ray {

void AddGetFlags(Leaf& leaf, GetFlags* flags, const std::string& noun) {
  leaf.Flag("-o,--output", &flags->output,
            "wide, json, yaml, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...");
  leaf.Flag("-l,--selector", &flags->selector, "Only those whose labels match, such as app=ray,env!=dev");
  leaf.Flag("-A,--all-namespaces", &flags->all_namespaces,
            "List the " + noun +
                " across all namespaces. Namespace in current context is ignored even if specified with "
                "--namespace.");
}

void AddWatchFlag(Leaf& leaf, GetFlags* flags) {
  leaf.Flag("-w,--watch", &flags->watch, "After listing, print each change until Ctrl-C");
}

shared::Result<int> WatchAndPrint(const KubeClient& kube, const Resource& resource, const std::string& ns,
                                  const ListOptions& options, ListPrinter& printer, Streams& io) {
  return WatchEnded(
      kube.Watch(resource, ns, options, shared::Deadline::Never(), [&](const WatchEvent& event) {
        if (event.type != WatchEventType::kBookmark && event.type != WatchEventType::kSynced) {
          Json object = event.object;
          object["apiVersion"] = resource.ApiVersion();
          object["kind"] = resource.kind;
          printer.Add(std::move(object));
        }
        printer.Flush();
        return io.out.good();
      }));
}

shared::Result<int> WatchEnded(const shared::Status& status) {
  if (status) return kExitOk;
  if (status.error().code == shared::ErrorCode::kInterrupted) return kExitInterrupted;
  return shared::Unexpected(status.error());
}

shared::Result<std::string> NamespaceFor(const GetFlags& flags, CommandContext& context) {
  return flags.all_namespaces ? shared::Result<std::string>(std::string()) : context.Namespace();
}

std::string InNamespace(const std::string& ns) {
  return ns.empty() ? "in any namespace" : "in namespace \"" + ns + "\"";
}

}  // namespace kubectl_ray
