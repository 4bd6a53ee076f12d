// Why the GCS gave no good answer.
#pragma once

#include <string>

namespace ray_init_agent {

// As the waiting message names it.
enum class GcsFailure {
  kName,         // the name servers say that there is no such name (yet)
  kDns,          // the name servers fail or are silent
  kRefused,      // nothing listens there
  kNoAnswer,     // silence
  kNotGcs,       // something answers, and it is no GCS
  kCertificate,  // its certificate or ours is not accepted, or a file of ours cannot be read
  kToken,        // it wants another token
  kNotReady,     // it is a GCS and says that it cannot answer yet, or broke off
  kInterrupted,  // the Interrupt was raised
};

// "name", "dns", "refused", "no answer", "not a gcs", "certificate", "token", "not ready", "interrupted".
const char* GcsFailureName(GcsFailure failure);

struct GcsError {
  GcsFailure failure = GcsFailure::kNotReady;
  std::string message;  // the cause alone, lower case, fit for a terminal
};

}  // namespace ray_init_agent
