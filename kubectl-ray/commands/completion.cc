#include <map>

#include "kubectl-ray/commands/commands.h"

namespace kubectl_ray {
namespace {

// Each hands the words over to __complete and knows no command itself, so that it never goes out of date.
constexpr const char* kBash = R"(# kubectl-ray completion for bash: source <(kubectl-ray completion bash)
_kubectl_ray() {
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}") line
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :4) compopt +o default 2>/dev/null ;;
      :*) ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
}
complete -o default -F _kubectl_ray kubectl-ray
)";

constexpr const char* kZsh = R"(#compdef kubectl-ray
# kubectl-ray completion for zsh: source <(kubectl-ray completion zsh)
_kubectl_ray() {
  local -a candidates
  local line directive=0
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=${line#:}
    else
      candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  _describe 'kubectl-ray' candidates || [[ $directive == 4 ]] || _files
}
compdef _kubectl_ray kubectl-ray
)";

constexpr const char* kFish = R"(# kubectl-ray completion for fish: kubectl-ray completion fish | source
function __kubectl_ray_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete $words[2..-1] 2>/dev/null | string match -v -r '^:'
end
complete -c kubectl-ray -f -a '(__kubectl_ray_complete)'
)";

constexpr const char* kPowerShell =
    R"(# kubectl-ray completion for PowerShell: kubectl-ray completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName kubectl-ray -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += '""' }
  & kubectl-ray __complete @words 2>$null | Where-Object { $_ -notmatch '^:' } | ForEach-Object {
    $name, $description = $_ -split "`t", 2
    if (-not $description) { $description = $name }
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $description)
  }
}
)";

// kubectl runs the executable kubectl_complete-ray for the words behind `kubectl ray`.
constexpr const char* kKubectl = R"(#!/bin/sh
# For `kubectl ray` in every shell that completes kubectl: put this on PATH as kubectl_complete-ray, executable.
exec kubectl-ray __complete "$@"
)";

const std::map<std::string, const char*>& Scripts() {
  static const std::map<std::string, const char*> scripts = {
      {"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}, {"powershell", kPowerShell}, {"kubectl", kKubectl}};
  return scripts;
}

}  // namespace

void AddCompletion(CLI::App& parent, CommandTable& table) {
  CLI::App* app = parent.add_subcommand(
      "completion", "Print a shell's completion script, or kubectl's helper for `kubectl ray`");
  app->group("Other commands");
  auto shell = std::make_shared<std::string>();
  app->add_option("SHELL", *shell, "bash, zsh, fish, powershell, or kubectl for kubectl_complete-ray")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "powershell", "kubectl"}));
  table.Add(app, [shell](CommandContext& context) -> shared::Result<int> {
    context.io.out << Scripts().at(*shell);
    return kExitOk;
  });
}

}  // namespace kubectl_ray
