// kubectl's configuration: which API server to use, who we are there, and in which namespace.
// Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ and client-go's loading rules.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/http_client.h"
#include "shared/result.h"

namespace kubectl_ray {

// kubectl's global flags, as typed; an empty value means the flag was not given.
struct KubeconfigFlags {
  std::string kubeconfig;
  std::string context;
  std::string cluster;
  std::string user;
  std::string ns;
  std::string server;
  std::string token;
  std::string as;
  std::vector<std::string> as_groups;
  std::string as_uid;
  std::vector<std::string> as_user_extra;  // KEY=VALUE each; a key may be given several times
  std::string certificate_authority;
  std::string client_certificate;
  std::string client_key;
  std::string tls_server_name;
  std::string proxy_url;
  bool insecure_skip_tls_verify = false;

  bool operator==(const KubeconfigFlags&) const = default;
};

// The names in a kubeconfig, in the files' order.
struct KubeconfigNames {
  std::vector<std::string> contexts;
  std::vector<std::string> clusters;
  std::vector<std::string> users;
};

// Who we are in one request. Never printed.
struct SignIn {
  std::string authorization;  // the Authorization header's value, or empty
  std::string cert_pem;       // an exec plugin's client certificate for the connection, or empty
  std::string key_pem;        // its private key

  bool operator==(const SignIn&) const = default;
};

// Where the API server is and who we are there: everything a client needs, secrets included. Never printed.
struct ClusterAccess {
  std::string server;   // https://host:port[/path], without a trailing slash
  std::string ns;       // the namespace to use if none is given; never empty
  std::string context;  // its name; empty in a pod
  shared::HttpOptions http;
  // Returns who we are in the next request. `rejected` is what got a 401, or null. If nothing newer is known,
  // it is replaced: the token file is read again or the exec plugin is run again, once for all requests that
  // were rejected with the same credentials. May block while an exec plugin runs (bounded). Thread-safe. A
  // certificate from here takes precedence over the one in `http`; a connection keeps the certificate that it
  // was opened with.
  std::function<shared::Result<SignIn>(const SignIn* rejected)> sign_in;
  shared::HttpHeaders impersonation;  // Impersonate-User and so on
};

// Loads and merges the files ($KUBECONFIG's list, or ~/.kube/config, or --kubeconfig alone), falls back to
// the pod's service account, and applies the flags to either. `environment` returns variables (HOME,
// KUBECONFIG, HTTPS_PROXY, ...). `on_wait`, which may be empty, gets a clause that says what a sign_in()
// waits for, once that has taken longer than kSignInPatience. Errors: kUsage with file and field for a bad
// file or an unknown context (near names are offered).
shared::Result<ClusterAccess> LoadClusterAccess(
    const KubeconfigFlags& flags,
    const std::function<std::optional<std::string>(const std::string&)>& environment,
    const shared::Interrupt* interrupt,
    const std::function<void(const std::string& text)>& on_wait = nullptr);

// Returns the names in the same files. Errors: as above, for a file that cannot be read.
shared::Result<KubeconfigNames> ReadKubeconfigNames(
    const KubeconfigFlags& flags,
    const std::function<std::optional<std::string>(const std::string&)>& environment);

}  // namespace kubectl_ray
