#include "kubectl-ray/kubeconfig/credentials.h"

#include "kubectl-ray/kubeconfig/config_file.h"
#include "shared/base64.h"
#include "shared/text.h"

namespace kubectl_ray {
namespace {

using shared::Result;

constexpr std::size_t kMaxTokenBytes = 1u << 20;

}  // namespace

Result<SignIn> Credentials::Next(const SignIn* rejected) {
  std::lock_guard lock(mutex_);
  TRY(Refresh(rejected != nullptr && *rejected == Known()));
  return Known();
}

SignIn Credentials::Known() const {
  const auto bearer = [](const std::string& token) { return token.empty() ? "" : "Bearer " + token; };
  if (source_.exec && exec_) return {bearer(exec_->token), exec_->cert_pem, exec_->key_pem};
  if (source_.exec) return {};
  if (!source_.token_file.empty()) return {bearer(file_token_), "", ""};
  if (!source_.token.empty()) return {bearer(source_.token), "", ""};
  return {source_.basic.empty() ? "" : "Basic " + shared::Base64Encode(source_.basic), "", ""};
}

shared::Status Credentials::Refresh(bool rejected) {
  if (source_.exec) {
    const bool expired = exec_ && exec_->expires && std::chrono::system_clock::now() >= *exec_->expires;
    if (exec_ && !expired && !rejected) return shared::Ok();
    ASSIGN_OR_RETURN(exec_, RunExecPlugin(*source_.exec, interrupt_, on_wait_));
    return shared::Ok();
  }
  if (source_.token_file.empty()) return shared::Ok();
  const bool old = std::chrono::steady_clock::now() - file_read_ > std::chrono::minutes(1);
  return file_token_.empty() || rejected || old ? ReadTokenFile() : shared::Ok();
}

shared::Status Credentials::ReadTokenFile() {
  ASSIGN_OR_RETURN(std::string text, ReadWholeFile(source_.token_file, kMaxTokenBytes));
  text = std::string(shared::Trim(text));
  if (text.empty() || text.find_first_of("\r\n") != std::string::npos)
    return shared::Fail(shared::ErrorCode::kUsage,
                        "cannot read \"" + source_.token_file + "\": it does not hold one token");
  file_token_ = std::move(text);
  file_read_ = std::chrono::steady_clock::now();
  return shared::Ok();
}

}  // namespace kubectl_ray
