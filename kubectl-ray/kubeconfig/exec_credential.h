// Credentials from a program that the kubeconfig names (aws, gke-gcloud-auth-plugin, kubelogin ...).
// Source:
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/result.h"

namespace kubectl_ray {

enum class InteractiveMode { kNever, kIfAvailable, kAlways };

struct ExecPlugin {
  std::string api_version;  // client.authentication.k8s.io/v1 or v1beta1
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;  // besides the inherited one
  std::string install_hint;                                      // shown if the command is missing
  InteractiveMode interactive_mode = InteractiveMode::kIfAvailable;
  shared::Json cluster;  // for KUBERNETES_EXEC_INFO (provideClusterInfo); null if it is not wanted
};

struct ExecCredential {
  std::string token;
  std::string cert_pem;
  std::string key_pem;
  std::optional<std::chrono::system_clock::time_point> expires;  // if empty, it is good until it is rejected
};

// Gets a clause, not escaped, that says what a sign-in waits for. Called on the thread that signs in.
using OnSignInWait = std::function<void(const std::string& text)>;

// How long a plugin may take before its user should know that we wait for it.
constexpr std::chrono::seconds kSignInPatience(10);

// Runs the plugin without a shell. It inherits our stderr, and our stdin if that is a terminal and its mode
// allows it. Blocks at most a quarter of an hour, since the plugin may open a browser and wait for a second
// factor, or until the Interrupt is raised; then the plugin is killed. Its output is bounded. If it takes
// longer than `patience`, on_wait (which may be empty) is called once with its command, but not with its
// arguments, which may be secrets. Errors: kAuth, which names the command and never what it printed on
// stdout.
shared::Result<ExecCredential> RunExecPlugin(const ExecPlugin& plugin, const shared::Interrupt* interrupt,
                                             const OnSignInWait& on_wait = nullptr,
                                             std::chrono::milliseconds patience = kSignInPatience);

// Parses what the plugin printed on stdout. kAuth if it is not an ExecCredential of `api_version` with a
// token, or with a certificate and key.
shared::Result<ExecCredential> ParseExecCredential(std::string_view text, const std::string& api_version);

}  // namespace kubectl_ray
