#include "kubectl-ray/ray/submitter_entrypoint.h"

#include <algorithm>

#include "kubectl-ray/ray/entrypoint.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::RayRelease;
using shared::Result;

constexpr RayRelease kJoinsForAShell{2, 56};
constexpr const char* kWayAround = "Use --submission-mode HTTPMode.";

shared::Unexpected<shared::Error> CannotHandOn(const std::string& word, const std::string& cause,
                                               const std::string& hint = kWayAround) {
  return Fail(ErrorCode::kUsage, "cannot hand on the word \"" + shared::EscapeControl(word) + "\": " + cause,
              hint);
}

// What shlex.quote leaves without quotes.
bool IsPlain(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
  });
}

// list2cmdline puts a word with a space between double quotes, and a backslash before each of its own.
bool SurvivesAsItIs(const std::string& word, bool first) {
  if (word.find_first_of(" \t") != word.npos) return word.find_first_of("$`\\") == word.npos;
  return !word.empty() && (first ? QuoteForShell({word}) == word : QuoteForShell({"x", word}) == "x " + word);
}

// Appends the pieces for a word: joined by single spaces they are what /bin/sh reads as the word, and none
// has a space, for which list2cmdline would quote it. It writes a double quote as \", so that those stand
// outside of single quotes.
void AppendPieces(const std::string& word, std::vector<std::string>* pieces) {
  std::string piece = "'";
  for (const char c : word) {
    if (c == ' ') {  // the space between two pieces, inside single quotes
      pieces->push_back(std::move(piece));
      piece = "''";  // a piece that is never empty
    } else if (c == '"') {
      piece += "'\"'";
    } else if (c == '\'') {
      piece += "'\\''";
    } else {
      piece += c;
    }
  }
  pieces->push_back(piece + "'");
}

// Until Ray 2.55.
Result<std::string> QuoteForListToCommandLine(const std::vector<std::string>& argv) {
  std::vector<std::string> pieces;
  for (const std::string& word : argv) {
    if (SurvivesAsItIs(word, pieces.empty())) {
      pieces.push_back(word);
      continue;
    }
    if (word.find('\t') != word.npos)
      return CannotHandOn(word, "KubeRay's submitter changes a tab beside $, ` or \\");
    AppendPieces(word, &pieces);
  }
  return QuoteForShell(pieces);
}

}  // namespace

Result<std::string> QuoteForSubmitter(const std::vector<std::string>& argv,
                                      std::optional<RayRelease> release) {
  const auto odd = std::find_if_not(argv.begin(), argv.end(), shared::IsUtf8);
  if (odd != argv.end()) return Fail(ErrorCode::kUsage, "cannot hand on a word that is not UTF-8");
  if (release && *release < kJoinsForAShell) return QuoteForListToCommandLine(argv);
  if (!argv.empty() && IsPlain(argv[0]) && QuoteForShell({argv[0]}) != argv[0])
    return CannotHandOn(argv[0], "as the first one it means something to the shell of Ray's jobs",
                        "Write `env` before it.");
  const auto quoted = std::find_if_not(argv.begin(), argv.end(), IsPlain);
  if (!release && quoted != argv.end())
    return CannotHandOn(
        *quoted, "its quotes depend on the release of Ray, which is not known",
        "Give the RayCluster its rayVersion (a new one has it by --ray-version), or use --submission-mode "
        "HTTPMode.");
  return QuoteForShell(argv);
}

bool SurvivesDoubleQuotes(const std::string& text) { return text.find_first_of("$`") == text.npos; }

}  // namespace kubectl_ray
