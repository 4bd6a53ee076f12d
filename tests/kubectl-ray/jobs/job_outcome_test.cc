#include "kubectl-ray/jobs/job_outcome.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

using namespace kubectl_ray;
using shared::Json;

// jobStatus and jobDeploymentStatus are those of ray-operator v1.6.2, apis/ray/v1/rayjob_types.go.
TEST_CASE("a RayJob's end is printed in Ray's words and has the exit code of a job") {
  struct Row {
    Json status;
    ExitCode code;
    const char* err;
  };
  const Row rows[] = {
      {{{"jobId", "sample-x1"}, {"jobStatus", "SUCCEEDED"}, {"message", "Job finished successfully."}},
       kExitOk,
       "Job sample-x1 finished with status SUCCEEDED.\n"},
      {{{"jobId", "sample-x1"}, {"jobStatus", "FAILED"}, {"message", "exit code 3\nlast lines"}},
       kExitJobFailed,
       "Job sample-x1 finished with status FAILED.\nexit code 3\n"},
      {{{"jobId", "sample-x1"}, {"jobStatus", "STOPPED"}},
       kExitJobStopped,
       "Job sample-x1 finished with status STOPPED.\n"},
      {{{"jobDeploymentStatus", "Failed"}, {"message", "no\033[31m cluster"}},
       kExitJobFailed,
       "Job unknown finished with status FAILED.\nno\\x1b[31m cluster\n"},
      {{{"jobId", "sample-x1"}, {"jobDeploymentStatus", "Complete"}},
       kExitOk,
       "Job sample-x1 finished with status SUCCEEDED.\n"},
  };
  for (const Row& row : rows) {
    INFO(row.status.dump());
    std::istringstream in;
    std::ostringstream out, err;
    Streams io{.in = in, .out = out, .err = err};
    const GlobalOptions global;
    shared::Interrupt interrupt;
    CommandContext context(
        global, io, [](const std::string&) { return std::nullopt; }, interrupt);
    CHECK(PrintRayJobOutcome(context, {{"status", row.status}}) == row.code);
    CHECK(out.str().empty());
    CHECK(err.str() == row.err);
  }
}
