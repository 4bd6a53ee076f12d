#include "kubectl-ray/commands/convert.h"

#include <algorithm>

#include "kubectl-ray/cli/leaf.h"
#include "kubectl-ray/cli/print_objects.h"
#include "kubectl-ray/convert/without_operator.h"
#include "kubectl-ray/formats/manifest_files.h"
#include "kubectl-ray/formats/quantity.h"
#include "kubectl-ray/formats/yaml.h"

namespace kubectl_ray {
namespace {

shared::Status CheckSizes(const ConvertOptions& options) {
  const std::pair<const char*, const std::string*> sizes[] = {
      {"--head-cpu", &options.head.cpu},           {"--head-memory", &options.head.memory},
      {"--head-gpu", &options.head.gpu},           {"--worker-cpu", &options.worker.cpu},
      {"--worker-memory", &options.worker.memory}, {"--worker-gpu", &options.worker.gpu}};
  for (const auto& [flag, text] : sizes) {
    if (text->empty()) continue;
    const auto quantity = Quantity::Parse(flag, *text);
    if (!quantity) return shared::Unexpected(quantity.error());
  }
  return shared::Ok();
}

shared::Result<Converted> ConvertFile(const std::string& path, const ConvertFlags& flags,
                                      const std::string& ns, CommandContext& context) {
  ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(path, context.io.in));
  ASSIGN_OR_RETURN(Converted converted, Convert(path, text, flags.options));
  if (flags.without_operator) TRY(ReplaceByDeployments(path, ns, &converted));
  return converted;
}

void Print(const Converted& converted, const std::string& output, Streams& io) {
  if (output == "name") {
    for (const Tree& object : converted.objects) io.out << ObjectName(object.ToJson()) << '\n';
  } else if (output == "json") {
    // A List for kubectl, which does not look at other members.
    shared::Json list = {{"apiVersion", "v1"}, {"kind", "List"}, {"items", shared::Json::array()}};
    for (const Tree& object : converted.objects) list["items"].push_back(object.ToJson());
    list["notes"] = shared::Json::array();
    for (const Note& note : converted.notes) list["notes"].push_back(NoteToJson(note));
    io.out << shared::DumpJson(list, 4) << '\n';
  } else {
    for (std::size_t i = 0; i < converted.objects.size(); ++i)
      io.out << (i == 0 ? "" : "---\n") << converted.objects[i].ToYaml();
  }
  io.out.flush();  // the report comes after what it is about
  for (const Note& note : converted.notes) io.err << FormatNote(note);
}

// As kubectl, which fails if there is nothing to apply: an empty file is one that is not meant, such as the
// output of a program that failed.
shared::Unexpected<shared::Error> NothingIn(const std::vector<std::string>& files) {
  std::string listed;
  for (const std::string& file : files)
    listed += (listed.empty() ? "" : ", ") + (file == "-" ? std::string("stdin") : "\"" + file + "\"");
  return shared::Fail(
      shared::ErrorCode::kUsage, "cannot convert anything: there is no object in " + listed,
      "Give a file that has more than comments; `kubectl ray convert --help` lists what is read.");
}

shared::Result<int> Run(const ConvertFlags& given, CommandContext& context) {
  TRY(CheckOutput(given.output, "none"));
  TRY(CheckSizes(given.options));
  ConvertFlags flags = given;
  flags.options.ns = context.global.kubeconfig.ns;
  std::string ns = "default";
  if (flags.without_operator)
    if (const auto chosen = context.Namespace()) ns = *chosen;
  if (flags.files.empty()) flags.files = {"-"};
  Converted all;
  for (const std::string& path : flags.files) {
    ASSIGN_OR_RETURN(const std::vector<std::string> files,
                     ManifestFiles(path, flags.recursive, flags.recursive ? "" : kRecursiveHint));
    for (const std::string& file : files) {
      ASSIGN_OR_RETURN(Converted converted, ConvertFile(file, flags, ns, context));
      std::move(converted.objects.begin(), converted.objects.end(), std::back_inserter(all.objects));
      all.notes.insert(all.notes.end(), converted.notes.begin(), converted.notes.end());
    }
  }
  if (all.objects.empty() && all.notes.empty()) return NothingIn(flags.files);
  Print(all, flags.output, context.io);
  return flags.check && !all.notes.empty() ? kExitFailure : kExitOk;
}

}  // namespace

void ConvertCommand(Leaf& leaf) {
  auto& flags = leaf.Flags<ConvertFlags>();
  leaf.Flag("-f,--filename", &flags.files,
            "File to convert, a directory of such, or - for stdin; may be repeated [stdin]");
  leaf.Flag("-R,--recursive", &flags.recursive, "Also the directories below that of -f");
  leaf.Flag("--name", &flags.options.name, "Name of the cluster, instead of the file's");
  leaf.Flag("--image", &flags.options.image, "Image of all Ray containers, instead of the file's");
  leaf.Flag("--head-cpu", &flags.options.head.cpu, "Number of CPUs of the head, instead of the file's");
  leaf.Flag("--head-memory", &flags.options.head.memory, "Memory of the head, instead of the file's");
  leaf.Flag("--head-gpu", &flags.options.head.gpu,
            "Number of GPUs of the head, instead of the file's; 0: none");
  leaf.Flag("--worker-cpu", &flags.options.worker.cpu,
            "Number of CPUs of each worker, instead of the file's");
  leaf.Flag("--worker-memory", &flags.options.worker.memory, "Memory of each worker, instead of the file's");
  leaf.Flag("--worker-gpu", &flags.options.worker.gpu,
            "Number of GPUs of each worker, instead of the file's; 0: none");
  leaf.Flag("--without-operator", &flags.without_operator,
            "Print the Deployments and Services of a cluster that does without the KubeRay operator");
  leaf.Flag("--check", &flags.check,
            "Exit with 1 if a field was dropped or guessed, or needs a person, as stderr says");
  leaf.Flag("-o,--output", &flags.output, "yaml, json (a List, with the notes in `notes`) or name [yaml]");
  leaf.Note(
      "Reads the cluster launcher's files, RayClusters of the Python operator, of Microsoft's and of early "
      "KubeRay, "
      "Deployments that run `ray start`, and values of the Helm chart that came with Ray. Nothing is sent. "
      "What a file "
      "has besides, such as ConfigMaps, is printed as it is.");
  leaf.Example("Turn a launcher's file into a RayCluster, and try it on the API server",
               "kubectl ray convert -f cluster.yaml > raycluster.yaml",
               "kubectl apply --server-side --dry-run=server -f raycluster.yaml");
  leaf.Example("Say in CI whether anything in a directory still needs a person",
               "kubectl ray convert -f clusters/ --check > /dev/null");
  leaf.ExitCodes({kExitOk, kExitFailure, kExitUsage});
  leaf.Run([&flags](CommandContext& context) { return Run(flags, context); });
}

}  // namespace kubectl_ray
