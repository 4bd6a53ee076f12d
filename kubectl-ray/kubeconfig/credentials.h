// Who we are to the API server, kept fresh: a fixed token, a token file that rotates, or an exec plugin.
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
  std::string token_file;  // wins over token; read again every minute: the kubelet rotates it
  std::string basic;       // "user:password", or empty
  std::optional<ExecPlugin> exec;
};

// Thread-safe; one thread at a time runs the plugin, the others wait for its answer.
class Credentials {
 public:
  Credentials(CredentialSource source, const shared::Interrupt* interrupt, OnSignInWait on_wait = nullptr)
      : source_(std::move(source)), interrupt_(interrupt), on_wait_(std::move(on_wait)) {}

  // As ClusterAccess::sign_in. A plugin's answer comes from memory until it expires or is rejected.
  shared::Result<SignIn> Next(const SignIn* rejected = nullptr);

 private:
  // What is known now, without a file read or a plugin run.
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
