#include "kubectl-ray/cli/global_flags.h"

namespace kubectl_ray {

void AddGlobalFlags(CLI::App& root, GlobalOptions* global) {
  KubeconfigFlags& k = global->kubeconfig;
  const std::string group = "Kubernetes options (as in kubectl)";
  root.add_option("--kubeconfig", k.kubeconfig, "Path of the kubeconfig file")->group(group);
  root.add_option("--context", k.context, "The kubeconfig context to use")->group(group);
  root.add_option("--cluster", k.cluster, "The kubeconfig cluster to use")->group(group);
  root.add_option("--user", k.user, "The kubeconfig user to use")->group(group);
  root.add_option("-n,--namespace", k.ns, "The namespace of this request")->group(group);
  root.add_option("-s,--server", k.server, "Address and port of the Kubernetes API server")->group(group);
  root.add_option("--token", k.token, "Bearer token for the API server")->group(group);
  root.add_option("--as", k.as, "User to impersonate")->group(group);
  root.add_option("--as-group", k.as_groups, "Group to impersonate; may be repeated")
      ->allow_extra_args(false)
      ->group(group);
  root.add_option("--as-uid", k.as_uid, "UID to impersonate")->group(group);
  root.add_option("--as-user-extra", k.as_user_extra, "KEY=VALUE to impersonate beside it; may be repeated")
      ->allow_extra_args(false)
      ->group(group);
  root.add_option("--certificate-authority", k.certificate_authority, "File with the API server's CA")
      ->group(group);
  root.add_option("--client-certificate", k.client_certificate, "File with the client certificate")
      ->group(group);
  root.add_option("--client-key", k.client_key, "File with the client certificate's key")->group(group);
  root.add_option("--tls-server-name", k.tls_server_name, "Name to verify the API server's certificate by")
      ->group(group);
  root.add_option("--proxy-url", k.proxy_url, "Proxy to reach the API server through")->group(group);
  root.add_flag("--insecure-skip-tls-verify", k.insecure_skip_tls_verify,
                "Do not verify the API server's certificate")
      ->group(group);
  // Nothing is cached and nothing but HTTP's own gzip compressed: these are taken since kubectl takes them.
  root.add_option("--cache-dir", "Taken as kubectl does; nothing is cached")
      ->type_name("TEXT")
      ->expected(1)
      ->group(group);
  root.add_flag("--disable-compression", "Taken as kubectl does")->group(group);
  root.add_option("--request-timeout", global->request_timeout,
                  "Longest time for one request to the API server, such as 30s or 2m; 0: no limit")
      ->group(group);
  root.add_option("-v,--v", global->verbosity,
                  "Log level; 6 and above show each request to the API server on stderr")
      ->group(group);
}

}  // namespace kubectl_ray
