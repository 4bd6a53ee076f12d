// What `doctor --report` hands to somebody else: facts and findings, without secrets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kubectl-ray/checks/check.h"

namespace kubectl_ray {

// A file of the report: its name and its content.
using ReportFile = std::pair<std::string, std::string>;

// Returns findings.txt, findings.json, and a JSON file for each fact; what could not be read is there with
// the reason. Values of environment variables, command lines and annotations are replaced by "redacted",
// because people put tokens there; Secrets are never read. Pure.
std::vector<ReportFile> ReportFiles(const Facts& facts, const std::vector<CheckResult>& results);

// Returns `value` without what may be secret: see ReportFiles(). Pure.
Json Redacted(Json value);

// Writes the files into a new zip, deflated. kUsage: the path exists already or cannot be written.
shared::Status WriteReport(const std::string& path, const std::vector<ReportFile>& files);

}  // namespace kubectl_ray
