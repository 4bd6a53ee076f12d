// The table of what `doctor` checks.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kubectl-ray/checks/facts.h"
#include "kubectl-ray/checks/finding.h"

namespace kubectl_ray {

struct Check {
  // Stays what it is for ever: scripts suppress checks by it, and docs/troubleshooting.md has a heading for
  // each.
  const char* code;
  const char* category;
  const char* what;  // what is so if nothing is found: "the quota has room for the cluster"
  // Pure. Returns nothing if all is well; several findings if several things are wrong.
  Findings (*look)(const Facts& facts);
  // Whether the check means anything for these facts, such as a cluster that was named.
  bool (*applies)(const Facts& facts);
};

// The rows, in the order of the screen.
std::span<const Check> Checks();

struct CheckResult {
  const Check* check = nullptr;
  Findings findings;  // never empty: kOk if there is nothing

  Level level() const;  // the worst
};

// Runs every check that applies and whose code is not among `suppressed`. Pure.
std::vector<CheckResult> RunChecks(const Facts& facts, const std::vector<std::string>& suppressed);

// One screen of text, with ANSI colours if `color`. What came from elsewhere is escaped.
std::string RenderChecks(const std::vector<CheckResult>& results, bool color, bool wide);

// An object for each finding: code, category, level, what, evidence, wayOut, field, page.
std::vector<Json> FindingsToJson(const std::vector<CheckResult>& results);

}  // namespace kubectl_ray
