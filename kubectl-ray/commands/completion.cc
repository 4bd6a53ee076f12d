#include <map>

#include "kubectl-ray/cli/flag_value.h"
#include "kubectl-ray/cli/leaf.h"

namespace kubectl_ray {
namespace {

// Each hands the words over to __complete and knows no command itself, so that it never goes out of date.
constexpr const char* kBash = R"(# kubectl-ray completion for bash: source <(kubectl-ray completion bash)
_kubectl_ray() {
  local words=() word last= line i
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    # bash makes three words of --flag=value
    if [[ ($word == = && $last == --*) || $last == --*= ]]; then
      last+=$word
      words[${#words[@]}-1]=$last
    else
      last=$word
      words+=("$word")
    fi
  done
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

// Sourced it registers itself; in a folder of fpath the file is the function, and the first call of it
// completes.
constexpr const char* kZsh = R"(#compdef kubectl-ray
# kubectl-ray completion for zsh: source <(kubectl-ray completion zsh)
_kubectl_ray() {
  local -a candidates
  local line name directive=0
  while IFS= read -r line; do
    name=${${line%%$'\t'*}//:/\\:}
    case $line in
      :*) directive=${line#:} ;;
      *$'\t'*) candidates+=("$name:${line#*$'\t'}") ;;
      *) candidates+=("$name") ;;
    esac
  done < <("${words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
  compset -P '--*='
  if (( $#candidates )); then
    _describe 'kubectl-ray' candidates
  elif [[ $directive != 4 ]]; then
    _files
  fi
}
if [[ $funcstack[1] == _kubectl-ray ]]; then
  _kubectl_ray "$@"
else
  compdef _kubectl_ray kubectl-ray
fi
)";

constexpr const char* kFish = R"(# kubectl-ray completion for fish: kubectl-ray completion fish | source
function __kubectl_ray_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l flag (string match -r '^--[^=]+=' -- $words[-1])
  set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
  for candidate in (string match -v -r '^:' -- $lines)
    echo "$flag$candidate"
  end
  if test (count $lines) = 1; and test "$lines" = :0
    __fish_complete_path $words[-1]
  end
end
complete -c kubectl-ray -f -a '(__kubectl_ray_complete)'
)";

constexpr const char* kPowerShell =
    R"(# kubectl-ray completion for PowerShell: kubectl-ray completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName kubectl-ray -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
    ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.ToString() } })
  if ($wordToComplete -eq '') {
    # PowerShell before 7.3 drops an empty argument, and makes one of two quotes
    $words += if ("$PSNativeCommandArgumentPassing" -in '', 'Legacy') { '""' } else { '' }
  }
  $flag = if ($wordToComplete -match '^--[^=]+=') { $Matches[0] } else { '' }
  $lines = @(& kubectl-ray __complete @words 2>$null)
  $candidates = @($lines | Where-Object { $_ -notmatch '^:' })
  if ($candidates.Count -eq 0 -and $lines -contains ':4') { return '' }  # else PowerShell offers files
  $candidates | ForEach-Object {
    $name, $description = $_ -split "`t", 2
    if (-not $description) { $description = $name }
    [System.Management.Automation.CompletionResult]::new("$flag$name", $name, 'ParameterValue', $description)
  }
}
)";

// kubectl runs the executable kubectl_complete-ray for the words after `kubectl ray`.
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

void Completion(Leaf& leaf) {
  auto& shell = leaf.Flags<std::string>();
  leaf.Argument("SHELL", &shell, "bash, zsh, fish, powershell, or kubectl for kubectl_complete-ray", kNoNames)
      ->required()
      ->transform(OneOf({"bash", "zsh", "fish", "powershell", "kubectl"}));
  leaf.Example("In this bash; in each new one", "source <(kubectl-ray completion bash)",
               "kubectl-ray completion bash > ~/.local/share/bash-completion/completions/kubectl-ray");
  leaf.Example("For `kubectl ray`, in every shell that completes kubectl",
               "kubectl-ray completion kubectl > ~/.local/bin/kubectl_complete-ray",
               "chmod +x ~/.local/bin/kubectl_complete-ray");
  leaf.Run([&shell](CommandContext& context) -> shared::Result<int> {
    context.io.out << Scripts().at(shell);
    return kExitOk;
  });
}

}  // namespace kubectl_ray
