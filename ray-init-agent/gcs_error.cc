#include "ray-init-agent/gcs_error.h"

namespace ray_init_agent {

const char* GcsFailureName(GcsFailure failure) {
  switch (failure) {
    case GcsFailure::kName:
      return "name";
    case GcsFailure::kDns:
      return "dns";
    case GcsFailure::kRefused:
      return "refused";
    case GcsFailure::kNoAnswer:
      return "no answer";
    case GcsFailure::kNotGcs:
      return "not a gcs";
    case GcsFailure::kCertificate:
      return "certificate";
    case GcsFailure::kToken:
      return "token";
    case GcsFailure::kNotReady:
      return "not ready";
    case GcsFailure::kInterrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace ray_init_agent
