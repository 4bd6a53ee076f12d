#include "kubectl-ray/cli/app.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "kubectl-ray/cli/command_line.h"
#include "kubectl-ray/cli/complete.h"
#include "kubectl-ray/cli/help.h"
#include "kubectl-ray/cli/parse_error.h"
#include "kubectl-ray/cli/print_error.h"
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

int PrintParseError(const CLI::App& command, const CLI::ParseError& e, Streams& io) {
  if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    io.out << command.help() << std::flush;
    return kExitOk;
  }
  PrintError(io, UsageErrorFor(command, e));
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

int RunCommand(const CLI::App& command, const CommandTable& table, CommandContext& context) {
  const CommandEntry* entry = table.Find(&command);
  if (entry == nullptr) {  // a group: kubectl ray get
    context.io.out << command.help();
    return command.get_parent() == nullptr ? kExitOk : kExitUsage;
  }
  if (context.global.program && entry->takes_program == TakesProgram::kNo) {
    PrintError(context.io, {ErrorCode::kUsage, "\"" + CommandPath(command) + "\" takes nothing behind `--`",
                            SeeHelp(command)});
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

int RunApp(std::vector<std::string> arguments, Streams& io, Environment environment,
           shared::Interrupt& interrupt) {
  GlobalOptions global;
  CommandTable table;
  CLI::App root(
      "Run Ray on Kubernetes: clusters, jobs, logs and ports, with or without the KubeRay operator.",
      "kubectl ray");
  AddGlobalOptions(root, &global);
  root.formatter(std::make_shared<HelpFormatter>(table));
  AddCommands(root, table);
  if (!arguments.empty() && arguments.front() == "__complete") {
    Complete(root, {arguments.begin() + 1, arguments.end()}, io.out, environment, interrupt);
    return kExitOk;
  }
  if (!arguments.empty() && arguments.front() == "help")
    return PrintHelp(root, {arguments.begin() + 1, arguments.end()}, io);
  auto line = ReadCommandLine(root, arguments);
  auto words = line ? WordsForParser(*line) : shared::Unexpected(line.error());
  if (!words) {
    PrintError(io, words.error());
    return kExitUsage;
  }
  try {
    std::reverse(words->begin(), words->end());  // CLI11 takes them from the back
    root.parse(*std::move(words));
  } catch (const CLI::ParseError& e) {
    return PrintParseError(*line->command, e, io);
  }
  global.program = std::move(line->program);
  LogRequests(global.verbosity);
  CommandContext context(global, io, std::move(environment), interrupt);
  return RunCommand(*line->command, table, context);
}

}  // namespace kubectl_ray
