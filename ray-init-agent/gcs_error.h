// The reasons why a call to the GCS fails.
#pragma once

#include <string>

namespace ray_init_agent {

// The waiting message names them (GcsFailureName()).
enum class GcsFailure {
  kName,         // the name servers answer that there is no such name (yet)
  kDns,          // the name servers fail or are silent
  kRefused,      // nothing listens there
  kNoAnswer,     // silence
  kNotGcs,       // something answers that is no GCS
  kCertificate,  // its certificate or ours is not accepted, or a file of ours cannot be read
  kToken,        // the GCS wants another token
  kNotReady,     // the GCS answers that it is not ready, or the connection broke
  kInterrupted,  // the Interrupt was raised
};

// "name", "dns", "refused", "no answer", "not a gcs", "certificate", "token", "not ready", "interrupted".
const char* GcsFailureName(GcsFailure failure);

struct GcsError {
  GcsFailure failure = GcsFailure::kNotReady;
  std::string message;  // the cause alone, lower case, fit for a terminal
};

}  // namespace ray_init_agent
