#include "kubectl-ray/ray/submitter_entrypoint.h"

#include "kubectl-ray/ray/entrypoint.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

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

}  // namespace

Result<std::string> QuoteForSubmitter(const std::vector<std::string>& argv) {
  std::vector<std::string> pieces;
  for (const std::string& word : argv) {
    if (!shared::IsUtf8(word)) return Fail(ErrorCode::kUsage, "cannot hand on a word that is not UTF-8");
    if (SurvivesAsItIs(word, pieces.empty())) {
      pieces.push_back(word);
      continue;
    }
    if (word.find('\t') != word.npos)
      return Fail(ErrorCode::kUsage,
                  "cannot hand on the word \"" + shared::EscapeControl(word) +
                      "\": KubeRay's submitter changes a tab beside $, ` or \\",
                  "Use --submission-mode HTTPMode.");
    AppendPieces(word, &pieces);
  }
  return QuoteForShell(pieces);
}

bool SurvivesDoubleQuotes(const std::string& text) { return text.find_first_of("$`") == text.npos; }

}  // namespace kubectl_ray
