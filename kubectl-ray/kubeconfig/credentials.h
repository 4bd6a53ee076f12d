// Who we are to the API server, kept fresh: a fixed token, a token file that rotates, or an exec plugin.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "kubectl-ray/kubeconfig/exec_credential.h"

namespace kubectl_ray {

struct CredentialSource {
  std::string token;
  std::string token_file;  // wins over token; read again every minute: the kubelet rotates it
  std::string basic;       // "user:password", or empty
  std::optional<ExecPlugin> exec;
};

// Thread-safe; one thread at a time runs the plugin, the others wait for its answer.
class Credentials {
 public:
  Credentials(CredentialSource source, const shared::Interrupt* interrupt)
      : source_(std::move(source)), interrupt_(interrupt) {}

  // The Authorization header's value, or empty. `rejected`: the last one was answered with 401.
  shared::Result<std::string> Authorization(bool rejected);

  // The plugin's answer, from memory until it expires. Only where source.exec is set.
  shared::Result<ExecCredential> Exec(bool rejected);

 private:
  shared::Result<ExecCredential> ExecLocked(bool rejected);
  shared::Result<std::string> FileToken(bool rejected);

  const CredentialSource source_;
  const shared::Interrupt* const interrupt_;
  std::mutex mutex_;
  std::optional<ExecCredential> exec_;
  std::string file_token_;
  std::chrono::steady_clock::time_point file_read_ = {};
};

}  // namespace kubectl_ray
