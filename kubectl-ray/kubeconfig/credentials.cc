#include "kubectl-ray/kubeconfig/credentials.h"

#include "kubectl-ray/kubeconfig/config_file.h"
#include "shared/base64.h"

namespace kubectl_ray {
namespace {

using shared::Result;

constexpr std::size_t kMaxTokenBytes = 1u << 20;

}  // namespace

Result<SignIn> Credentials::Next(bool rejected) {
  std::lock_guard lock(mutex_);
  if (source_.exec) {
    TRY(RefreshExec(rejected));
    return SignIn{exec_->token.empty() ? "" : "Bearer " + exec_->token, exec_->cert_pem, exec_->key_pem};
  }
  ASSIGN_OR_RETURN(std::string authorization, Authorization(rejected));
  return SignIn{std::move(authorization), "", ""};
}

Result<std::string> Credentials::Authorization(bool rejected) {
  if (!source_.token_file.empty()) return FileToken(rejected);
  if (!source_.token.empty()) return "Bearer " + source_.token;
  if (!source_.basic.empty()) return "Basic " + shared::Base64Encode(source_.basic);
  return std::string();
}

shared::Status Credentials::RefreshExec(bool rejected) {
  const bool expired = exec_ && exec_->expires && std::chrono::system_clock::now() >= *exec_->expires;
  if (!exec_ || expired || rejected) {
    ASSIGN_OR_RETURN(exec_, RunExecPlugin(*source_.exec, interrupt_, on_wait_));
  }
  return shared::Ok();
}

Result<std::string> Credentials::FileToken(bool rejected) {
  const auto now = std::chrono::steady_clock::now();
  if (file_token_.empty() || rejected || now - file_read_ > std::chrono::minutes(1)) {
    ASSIGN_OR_RETURN(std::string text, ReadWholeFile(source_.token_file, kMaxTokenBytes));
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    text = begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
    if (text.empty() || text.find_first_of("\r\n") != std::string::npos)
      return shared::Fail(shared::ErrorCode::kUsage,
                          "cannot read \"" + source_.token_file + "\": it does not hold one token");
    file_token_ = std::move(text);
    file_read_ = now;
  }
  return "Bearer " + file_token_;
}

}  // namespace kubectl_ray
