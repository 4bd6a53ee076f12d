#include <filesystem>

#include "kubectl-ray/cli/official_messages.h"
#include "kubectl-ray/commands/log_target.h"
#include "kubectl-ray/logs/fetch_logs.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

// The directory the files go to. One that we made for them is taken away again while nothing is in it.
class OutputDirectory {
 public:
  // --out-dir has to be there; without it, one named as the resource is made.
  static Result<OutputDirectory> Open(const LogTarget& flags, const std::string& name, std::ostream& out) {
    if (!flags.out_dir.empty()) return OutputDirectory(flags.out_dir, false);
    out << official::NoOutputDirectory() << std::endl;
    std::error_code failure;
    const bool made = std::filesystem::create_directory(name, failure);
    if (failure)
      return Fail(ErrorCode::kUsage,
                  "cannot make directory \"" + name + "\": " + shared::Uncapitalized(failure.message()),
                  "Name another one with --out-dir.");
    return OutputDirectory(name, made);
  }
  OutputDirectory(OutputDirectory&& other) noexcept
      : path_(std::move(other.path_)), made_(std::exchange(other.made_, false)) {}
  ~OutputDirectory() {
    std::error_code not_empty;
    if (made_) std::filesystem::remove(path_, not_empty);
  }

  shared::Status Check() const {
    std::error_code failure;
    const auto status = std::filesystem::status(path_, failure);
    if (!std::filesystem::exists(status))
      return Fail(
          ErrorCode::kUsage,
          official::DirectoryDoesNotExist("stat " + path_ + ": " + shared::Uncapitalized(failure.message())),
          "`kubectl ray logs NAME --out-dir DIRECTORY` makes it.");
    if (!std::filesystem::is_directory(status))
      return Fail(ErrorCode::kUsage, official::PathIsNotADirectory());
    return shared::Ok();
  }

  const std::string& path() const { return path_; }

 private:
  OutputDirectory(std::string path, bool made) : path_(std::move(path)), made_(made) {}

  std::string path_;
  bool made_;
};

Result<int> RunLog(const LogTarget& flags, CommandContext& context) {
  LogOptions options;
  ASSIGN_OR_RETURN(const Target target, ReadLogTarget(flags));
  if (!flags.link.empty()) {
    TRY(FindLogTarget(context, flags, target, &options));
    return PrintLogLink(context, options);
  }
  ASSIGN_OR_RETURN(const OutputDirectory directory,
                   OutputDirectory::Open(flags, target.name, context.io.out));
  context.io.out << official::WhichNodes(flags.node_type == "all" ? "" : flags.node_type) << std::endl;
  TRY(directory.Check());
  TRY(FindLogTarget(context, flags, target, &options));
  ASSIGN_OR_RETURN(const KubeClient* kube, context.Kube());
  auto pods = ListRayPods(*kube, options.ns, options.cluster, options.node_type);
  if (!pods && pods.error().code == ErrorCode::kNotFound)
    return Fail(ErrorCode::kNotFound, official::NoRayNodes(options.cluster), pods.error().hint);
  if (!pods) return shared::Unexpected(std::move(pods).error());
  TRY(FetchLogs(*kube, *pods, directory.path(), context.io));
  return kExitOk;
}

}  // namespace

void Log(Leaf& leaf) {
  auto& flags = leaf.Flags<LogTarget>();
  AddLogTarget(leaf, &flags,
               "Save them to this directory, which has to be there; without it, one named as TARGET is made");
  leaf.Example("Into the directory demo; those of the head alone, into another one", "kubectl ray log demo",
               "kubectl ray log demo --node-type head --out-dir /tmp/logs");
  leaf.Run([&flags](CommandContext& context) { return RunLog(flags, context); });
}

}  // namespace kubectl_ray
