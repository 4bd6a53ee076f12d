// Who we are to the API server, kept fresh: a fixed token, a token file that is rotated, or an exec plugin.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "kubectl-ray/kubeconfig/exec_credential.h"
#include "kubectl-ray/kubeconfig/kubeconfig.h"

namespace kubectl_ray {

struct CredentialSource {
  std::string token;
  std::string token_file;  // wins over token; read again every minute, because the kubelet rotates it
  std::string basic;       // "user:password", or empty
  std::optional<ExecPlugin> exec;
};

// Thread-safe. One thread at a time runs the plugin; the others wait for its result.
class Credentials {
 public:
  Credentials(CredentialSource source, const shared::Interrupt* interrupt, OnSignInWait on_wait = nullptr)
      : source_(std::move(source)), interrupt_(interrupt), on_wait_(std::move(on_wait)) {}

  // Does what ClusterAccess::sign_in does. A plugin's result is kept until it expires or is rejected.
  shared::Result<SignIn> Next(const SignIn* rejected = nullptr);

 private:
  // Returns what is known now, without reading a file or running a plugin.
  SignIn Known() const;
  shared::Status Refresh(bool rejected);
  shared::Status ReadTokenFile();

  const CredentialSource source_;
  const shared::Interrupt* const interrupt_;
  const OnSignInWait on_wait_;
  std::mutex mutex_;
  std::optional<ExecCredential> exec_;
  std::string file_token_;
  std::chrono::steady_clock::time_point file_read_ = {};
};

}  // namespace kubectl_ray
