#include "kubectl-ray/cli/app.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "kubectl-ray/cli/complete.h"
#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/cli/parse_error.h"
#include "kubectl-ray/commands/commands.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;

void AddGlobalOptions(CLI::App& app, GlobalOptions* global) {
  KubeconfigFlags& k = global->kubeconfig;
  const std::string group = "Kubernetes options (as in kubectl)";
  app.add_option("--kubeconfig", k.kubeconfig, "Path of the kubeconfig file")->group(group);
  app.add_option("--context", k.context, "The kubeconfig context to use")->group(group);
  app.add_option("--cluster", k.cluster, "The kubeconfig cluster to use")->group(group);
  app.add_option("--user", k.user, "The kubeconfig user to use")->group(group);
  app.add_option("-n,--namespace", k.ns, "The namespace of this request")->group(group);
  app.add_option("-s,--server", k.server, "Address and port of the Kubernetes API server")->group(group);
  app.add_option("--token", k.token, "Bearer token for the API server")->group(group);
  app.add_option("--as", k.as, "User to impersonate")->group(group);
  app.add_option("--as-group", k.as_groups, "Group to impersonate; may be repeated")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--as-uid", k.as_uid, "UID to impersonate")->group(group);
  app.add_option("--as-user-extra", k.as_user_extra, "KEY=VALUE to impersonate beside it; may be repeated")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--certificate-authority", k.certificate_authority, "File with the API server's CA")
      ->group(group);
  app.add_option("--client-certificate", k.client_certificate, "File with the client certificate")
      ->group(group);
  app.add_option("--client-key", k.client_key, "File with the client certificate's key")->group(group);
  app.add_option("--tls-server-name", k.tls_server_name, "Name to verify the API server's certificate by")
      ->group(group);
  app.add_option("--proxy-url", k.proxy_url, "Proxy to reach the API server through")->group(group);
  app.add_flag("--insecure-skip-tls-verify", k.insecure_skip_tls_verify,
               "Do not verify the API server's certificate")
      ->group(group);
  // Nothing is cached and nothing but HTTP's own gzip compressed: these are taken since kubectl takes them.
  app.add_option("--cache-dir", "Taken as kubectl does; nothing is cached")
      ->type_name("TEXT")
      ->expected(1)
      ->group(group);
  app.add_flag("--disable-compression", "Taken as kubectl does")->group(group);
  app.add_option("--request-timeout", global->request_timeout,
                 "Longest time for one request to the API server, such as 30s or 2m; 0: no limit")
      ->group(group);
  app.add_option("-v,--v", global->verbosity,
                 "Log level; 6 and above show each request to the API server on stderr")
      ->group(group);
}

// kubectl shows requests from level 6 on.
void LogRequests(int verbosity) {
  if (verbosity < 6) return;
  spdlog::set_default_logger(spdlog::stderr_logger_mt("kubectl-ray"));
  spdlog::set_level(spdlog::level::debug);
}

// The leaf that was chosen, or nullptr with *last the command that lacks one.
const CLI::App* ChosenLeaf(const CLI::App& root, const CLI::App** last) {
  const CLI::App* at = &root;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  *last = at;
  return at->get_subcommands([](const CLI::App* a) { return !a->get_name().empty(); }).empty() ? at : nullptr;
}

int PrintParseError(const CLI::App& root, const CLI::ParseError& e, Streams& io) {
  const CLI::App* last = nullptr;
  ChosenLeaf(root, &last);
  if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    io.out << last->help() << std::flush;
    return kExitOk;
  }
  PrintError(io, UsageErrorFor(root, *last, e));
  return kExitUsage;
}

// kubectl ray help job submit
int PrintHelp(const CLI::App& root, const std::vector<std::string>& words, Streams& io) {
  const auto command = FindCommand(root, words);
  if (!command) {
    PrintError(io, command.error());
    return kExitUsage;
  }
  io.out << (*command)->help() << std::flush;
  return kExitOk;
}

int ExitCodeFor(const shared::Error& error) {
  if (error.code == ErrorCode::kInterrupted) return kExitInterrupted;
  return error.code == ErrorCode::kUsage ? kExitUsage : kExitFailure;
}

// Takes `--` and all behind it off the arguments: CLI11 would split a program's argument such as "[1,2]".
std::optional<std::vector<std::string>> TakeProgram(std::vector<std::string>* arguments) {
  const auto dashes = std::find(arguments->begin(), arguments->end(), "--");
  if (dashes == arguments->end()) return std::nullopt;
  std::vector<std::string> program(dashes + 1, arguments->end());
  arguments->erase(dashes, arguments->end());
  return program;
}

int RunLeaf(const CLI::App& root, const CommandTable& table, CommandContext& context) {
  const CLI::App* last = nullptr;
  ChosenLeaf(root, &last);
  const CommandEntry* entry = table.Find(last);
  if (entry == nullptr) {  // a group: kubectl ray get
    context.io.out << last->help();
    return last == &root ? kExitOk : kExitUsage;
  }
  if (context.global.program && entry->takes_program == TakesProgram::kNo) {
    PrintError(context.io, {ErrorCode::kUsage, "\"" + CommandPath(*last) + "\" takes nothing behind `--`",
                            "See `" + CommandPath(*last) + " --help`."});
    return kExitUsage;
  }
  shared::Result<int> code = entry->body(context);
  if (!code) PrintError(context.io, code.error());
  context.io.out.flush();
  if (!context.io.out.good() && code)
    PrintError(context.io,
               {ErrorCode::kInternal, "cannot write to stdout: the reader is gone or the disk is full"});
  if (!code) return ExitCodeFor(code.error());
  return context.io.out.good() ? *code : static_cast<int>(kExitFailure);
}

}  // namespace

namespace {

// A flag's value of a megabyte is told by its ends.
std::string Bounded(const std::string& text) {
  constexpr std::size_t kLongest = 8000;
  if (text.size() <= kLongest) return text;
  return text.substr(0, kLongest / 2) + " ... " + text.substr(text.size() - kLongest / 2);
}

}  // namespace

void PrintError(Streams& io, const shared::Error& error) {
  const char* red = io.color && io.err_is_terminal ? "\033[31m" : "";
  const char* reset = *red != '\0' ? "\033[0m" : "";
  io.err << red << "error: " << reset << shared::EscapeControl(Bounded(error.message)) << '\n';
  if (!error.hint.empty()) io.err << shared::EscapeControl(Bounded(error.hint)) << '\n';
  io.err << std::flush;
}

int RunApp(std::vector<std::string> arguments, Streams& io, Environment environment,
           shared::Interrupt& interrupt) {
  GlobalOptions global;
  const bool completes = !arguments.empty() && arguments.front() == "__complete";
  if (!completes) global.program = TakeProgram(&arguments);  // "--" there may be the beginning of a flag
  CommandTable table;
  CLI::App root(
      "Run Ray on Kubernetes: clusters, jobs, logs and ports, with or without the KubeRay operator.",
      "kubectl ray");
  AddGlobalOptions(root, &global);
  root.formatter(std::make_shared<HelpFormatter>(table));
  root.fallthrough();  // kubectl's flags may stand behind the command, as people type them
  AddCommands(root, table);
  if (completes) {
    Complete(root, {arguments.begin() + 1, arguments.end()}, io.out, environment, interrupt);
    return kExitOk;
  }
  if (!arguments.empty() && arguments.front() == "help")
    return PrintHelp(root, {arguments.begin() + 1, arguments.end()}, io);
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    root.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    return PrintParseError(root, e, io);
  }
  LogRequests(global.verbosity);
  CommandContext context(global, io, std::move(environment), interrupt);
  return RunLeaf(root, table, context);
}

}  // namespace kubectl_ray
