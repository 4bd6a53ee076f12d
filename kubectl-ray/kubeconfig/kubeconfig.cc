#include "kubectl-ray/kubeconfig/kubeconfig.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>

#include "kubectl-ray/kubeconfig/certificate.h"
#include "kubectl-ray/kubeconfig/config_file.h"
#include "kubectl-ray/kubeconfig/credentials.h"
#include "kubectl-ray/kubeconfig/id_token.h"
#include "kubectl-ray/kubeconfig/proxy.h"
#include "shared/base64.h"
#include "shared/text.h"
#include "shared/url.h"

namespace kubectl_ray {
namespace {

using shared::ErrorCode;
using shared::Fail;
using shared::Result;

using GetVariable = std::function<std::optional<std::string>(const std::string&)>;

constexpr std::size_t kMaxPemBytes = 4u << 20;
constexpr const char* kServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount/";

constexpr const char* kOtherCertificate =
    "Use a client certificate with an RSA or ECDSA key, or another way to sign in: docs/install.md says what "
    "TLS "
    "this program takes.";

struct Chosen {
  std::string context_name;
  std::string ns;
  ConfigSection cluster;
  ConfigSection user;
};

struct FileList {
  std::vector<std::string> paths;
  bool required = false;
};

FileList KubeconfigPaths(const KubeconfigFlags& flags, const GetVariable& environment) {
  if (!flags.kubeconfig.empty()) return {{flags.kubeconfig}, true};
  FileList list;
  const std::string variable = environment("KUBECONFIG").value_or("");
  constexpr char kBetweenPaths = std::filesystem::path::preferred_separator == '\\' ? ';' : ':';
  for (std::string_view rest = variable; !rest.empty();) {
    const std::size_t end = std::min(rest.find(kBetweenPaths), rest.size());
    if (end > 0) list.paths.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const std::string home = environment("HOME").value_or("");
  if (list.paths.empty() && !home.empty()) list.paths.push_back(home + "/.kube/config");
  return list;
}

std::vector<std::string> Names(const std::vector<NamedSection>& sections) {
  std::vector<std::string> names;
  for (const NamedSection& section : sections) names.push_back(section.name);
  return names;
}

// Returns `context "prd" does not exist`, with the near name or, if there is none, all names.
Result<ConfigSection> Choose(const std::string& kind, const std::string& name,
                             const std::vector<NamedSection>& sections) {
  if (const ConfigSection* section = FindSection(sections, name)) return *section;
  const std::vector<std::string> names = Names(sections);
  std::string hint = shared::DidYouMean(name, names);
  if (hint.empty() && names.empty()) hint = "The kubeconfig has no " + kind + " at all.";
  if (hint.empty()) {
    hint = "The kubeconfig has";
    for (std::size_t i = 0; i < names.size() && i < 10; ++i)
      hint += (i > 0 ? ", \"" : " \"") + names[i] + "\"";
    hint += names.size() > 10 ? " and " + std::to_string(names.size() - 10) + " more." : ".";
  }
  return Fail(ErrorCode::kUsage,
              "cannot use " + kind + " \"" + name + "\": the kubeconfig has none of that name", hint);
}

Result<Chosen> ChooseSections(const KubeconfigFlags& flags, const ConfigFiles& files) {
  Chosen chosen;
  chosen.context_name = flags.context.empty() ? files.current_context : flags.context;
  std::string cluster = flags.cluster;
  std::string user = flags.user;
  if (!chosen.context_name.empty()) {
    ASSIGN_OR_RETURN(const ConfigSection context, Choose("context", chosen.context_name, files.contexts));
    ASSIGN_OR_RETURN(chosen.ns, context.String("namespace"));
    if (cluster.empty()) {
      ASSIGN_OR_RETURN(cluster, context.String("cluster"));
    }
    if (user.empty()) {
      ASSIGN_OR_RETURN(user, context.String("user"));
    }
  }
  if (!cluster.empty()) {
    ASSIGN_OR_RETURN(chosen.cluster, Choose("cluster", cluster, files.clusters));
  }
  if (!user.empty()) {
    ASSIGN_OR_RETURN(chosen.user, Choose("user", user, files.users));
  }
  return chosen;
}

// Returns the PEM text: from the path that the flag names, else from `key`-data (base64), else from the path
// in `key`.
Result<std::string> ReadPem(const std::string& flag, const ConfigSection& section, const std::string& key) {
  if (!flag.empty()) return ReadWholeFile(flag, kMaxPemBytes);
  ASSIGN_OR_RETURN(const std::string data, section.String(key + "-data"));
  if (!data.empty()) {
    std::optional<std::string> pem = shared::Base64Decode(data);
    if (!pem) return section.Wrong(key + "-data", "is not base64");
    return *std::move(pem);
  }
  ASSIGN_OR_RETURN(const std::string path, section.String(key));
  if (path.empty()) return std::string();
  auto text = ReadWholeFile(section.ResolvePath(path), kMaxPemBytes);
  if (!text) return section.Wrong(key, "cannot be used: " + text.error().message);
  return text;
}

Result<std::string> FlagOr(const std::string& flag, const ConfigSection& section, const std::string& key) {
  return flag.empty() ? section.String(key) : Result<std::string>(flag);
}

// Sets how access->server is reached.
shared::Status ReadTransport(const KubeconfigFlags& flags, const ConfigSection& cluster,
                             const GetVariable& environment, ClusterAccess* access) {
  shared::TlsOptions& tls = access->http.tls;
  ASSIGN_OR_RETURN(tls.server_name, FlagOr(flags.tls_server_name, cluster, "tls-server-name"));
  ASSIGN_OR_RETURN(const bool insecure, cluster.Bool("insecure-skip-tls-verify"));
  tls.insecure_skip_verify = flags.insecure_skip_tls_verify || insecure;
  ASSIGN_OR_RETURN(tls.ca_pem, ReadPem(flags.certificate_authority, cluster, "certificate-authority"));
  if (const std::string why = WhyUnusable(tls.ca_pem); !why.empty())
    return Fail(ErrorCode::kUsage, "cannot use the certificate-authority: " + why, kOtherAuthority);
  ASSIGN_OR_RETURN(access->http.proxy_url, FlagOr(flags.proxy_url, cluster, "proxy-url"));
  if (access->http.proxy_url.empty()) access->http.proxy_url = ProxyFor(access->server, environment);
  return shared::Ok();
}

shared::Status ReadCluster(const KubeconfigFlags& flags, const ConfigSection& cluster,
                           const GetVariable& environment, ClusterAccess* access) {
  ASSIGN_OR_RETURN(access->server, FlagOr(flags.server, cluster, "server"));
  if (access->server.empty() && cluster.defined()) return cluster.Wrong("server", "is missing");
  if (access->server.find("://") == std::string::npos)
    access->server.insert(0, "http://");  // as kubectl does
  if (!access->server.starts_with("https://") && !access->server.starts_with("http://"))
    return Fail(ErrorCode::kUsage,
                "cannot use the server \"" + access->server + "\": not an http or https URL");
  while (access->server.ends_with('/')) access->server.pop_back();
  return ReadTransport(flags, cluster, environment, access);
}

Result<ExecPlugin> ReadExec(const ConfigSection& exec) {
  ExecPlugin plugin;
  ASSIGN_OR_RETURN(plugin.api_version, exec.String("apiVersion"));
  if (plugin.api_version != "client.authentication.k8s.io/v1" &&
      plugin.api_version != "client.authentication.k8s.io/v1beta1")
    return exec.Wrong("apiVersion", "is neither client.authentication.k8s.io/v1 nor v1beta1");
  ASSIGN_OR_RETURN(plugin.command, exec.String("command"));
  if (plugin.command.empty()) return exec.Wrong("command", "is missing");
  if (std::filesystem::path(plugin.command).has_parent_path())
    plugin.command = exec.ResolvePath(plugin.command);
  ASSIGN_OR_RETURN(plugin.arguments, exec.Strings("args"));
  ASSIGN_OR_RETURN(plugin.install_hint, exec.String("installHint"));
  ASSIGN_OR_RETURN(const auto variables, exec.Sections("env"));
  for (const ConfigSection& variable : variables) {
    ASSIGN_OR_RETURN(std::string name, variable.String("name"));
    ASSIGN_OR_RETURN(std::string value, variable.String("value"));
    plugin.environment.emplace_back(std::move(name), std::move(value));
  }
  ASSIGN_OR_RETURN(const std::string mode, exec.String("interactiveMode"));
  if (mode == "Never") {
    plugin.interactive_mode = InteractiveMode::kNever;
  } else if (mode == "Always") {
    plugin.interactive_mode = InteractiveMode::kAlways;
  } else if (mode != "IfAvailable" && !(mode.empty() && plugin.api_version.ends_with("v1beta1"))) {
    return exec.Wrong("interactiveMode", "has to be Never, IfAvailable or Always");
  }
  return plugin;
}

shared::Json ClusterInfo(const ClusterAccess& access) {
  shared::Json info = {{"server", access.server}};
  const shared::TlsOptions& tls = access.http.tls;
  if (!tls.server_name.empty()) info["tls-server-name"] = tls.server_name;
  if (tls.insecure_skip_verify) info["insecure-skip-tls-verify"] = true;
  if (!tls.ca_pem.empty()) info["certificate-authority-data"] = shared::Base64Encode(tls.ca_pem);
  if (!access.http.proxy_url.empty()) info["proxy-url"] = access.http.proxy_url;
  return info;
}

// Returns what the cluster's entry has for exec plugins, or null.
Result<shared::Json> ExecExtension(const ConfigSection& cluster) {
  ASSIGN_OR_RETURN(const auto extensions, cluster.Sections("extensions"));
  for (const ConfigSection& extension : extensions) {
    ASSIGN_OR_RETURN(const std::string name, extension.String("name"));
    if (name == "client.authentication.k8s.io/exec") return extension.Value("extension");
  }
  return shared::Json();
}

// Of auth providers, only oidc is supported: its id-token is used until it expires. Source: client-go's
// plugin/pkg/client/auth/oidc, which then asks for a new one with the refresh token; for that we refer to
// exec plugins.
Result<std::string> ReadAuthProvider(const ConfigSection& provider) {
  ASSIGN_OR_RETURN(const std::string name, provider.String("name"));
  if (name != "oidc")
    return provider.Wrong("name", "is a way to sign in that Kubernetes has given up; use an exec plugin");
  ASSIGN_OR_RETURN(const ConfigSection config, provider.Section("config"));
  ASSIGN_OR_RETURN(std::string token, config.String("id-token"));
  const auto expires = ExpiryOf(token);
  if (expires && *expires > std::chrono::system_clock::now()) return token;
  return Fail(
      ErrorCode::kAuth,
      std::string("cannot sign in with the kubeconfig's auth-provider oidc: its id-token ") +
          (expires         ? "has expired"
           : token.empty() ? "is missing"
                           : "cannot be read"),
      "`kubectl get pods` gets a new one into the kubeconfig where that has a refresh token; an exec plugin "
      "(kubelogin) does so here as well.");
}

// The ways to sign in that take precedence over an exec plugin, as in client-go.
Result<CredentialSource> ReadFixedCredentials(const ConfigSection& user) {
  CredentialSource source;
  ASSIGN_OR_RETURN(source.token, user.String("token"));
  ASSIGN_OR_RETURN(source.token_file, user.String("tokenFile"));
  source.token_file = user.ResolvePath(source.token_file);
  ASSIGN_OR_RETURN(const std::string name, user.String("username"));
  ASSIGN_OR_RETURN(const std::string password, user.String("password"));
  if (!name.empty()) source.basic = name + ":" + password;
  if (source.token.find_first_of("\r\n") != std::string::npos)
    return user.Wrong("token", "has several lines");
  return source;
}

Result<CredentialSource> ReadUser(const KubeconfigFlags& flags, const ConfigSection& user,
                                  const ConfigSection& cluster, ClusterAccess* access) {
  // No credentials, as in client-go, because whoever listens on the way would read them.
  if (access->server.starts_with("http://")) return CredentialSource();
  shared::TlsOptions& tls = access->http.tls;
  ASSIGN_OR_RETURN(tls.cert_pem, ReadPem(flags.client_certificate, user, "client-certificate"));
  ASSIGN_OR_RETURN(tls.key_pem, ReadPem(flags.client_key, user, "client-key"));
  if (tls.cert_pem.empty() != tls.key_pem.empty())
    return Fail(ErrorCode::kUsage, "cannot sign in with a client certificate: its " +
                                       std::string(tls.key_pem.empty() ? "key" : "certificate") +
                                       " is missing");
  if (const auto expired = ExpiredAt(tls.cert_pem))
    return Fail(ErrorCode::kAuth, "cannot sign in with the client certificate: it expired at " + *expired,
                "Renew it, or get a new kubeconfig from who runs the cluster.");
  if (const std::string why = WhyUnusable(tls.cert_pem); !why.empty())
    return Fail(ErrorCode::kUsage, "cannot sign in with the client certificate: " + why, kOtherCertificate);
  CredentialSource source;
  source.token = flags.token;
  if (!source.token.empty()) return source;  // the flag replaces any other way that the user has
  ASSIGN_OR_RETURN(source, ReadFixedCredentials(user));
  if (!source.token.empty() || !source.token_file.empty() || !source.basic.empty() || !tls.cert_pem.empty())
    return source;
  ASSIGN_OR_RETURN(const ConfigSection exec, user.Section("exec"));
  if (exec.defined()) {
    ASSIGN_OR_RETURN(source.exec, ReadExec(exec));
    ASSIGN_OR_RETURN(const bool wants_cluster, exec.Bool("provideClusterInfo"));
    if (!wants_cluster) return source;
    source.exec->cluster = ClusterInfo(*access);
    ASSIGN_OR_RETURN(shared::Json extension, ExecExtension(cluster));
    if (!extension.is_null()) source.exec->cluster["config"] = std::move(extension);
    return source;
  }
  ASSIGN_OR_RETURN(const ConfigSection provider, user.Section("auth-provider"));
  if (provider.defined()) {
    ASSIGN_OR_RETURN(source.token, ReadAuthProvider(provider));
  }
  return source;
}

// A header's name may have few characters. Escapes the others, and the escape character, as client-go does.
std::string ExtraHeader(const std::string& key) {
  std::string name = "Impersonate-Extra-";
  for (const char c : key) {
    const bool legal = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       (c != '\0' && std::strchr("!#$&'*+-.^_`|~", c) != nullptr);
    name += legal ? std::string(1, c) : shared::UrlEncode(std::string_view(&c, 1));
  }
  return name;
}

// Returns lists of values by key, from --as-user-extra or else from the kubeconfig's as-user-extra.
Result<shared::HttpHeaders> ReadUserExtra(const KubeconfigFlags& flags, const ConfigSection& user) {
  shared::HttpHeaders headers;
  for (const std::string& pair : flags.as_user_extra) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Fail(ErrorCode::kUsage, "cannot read --as-user-extra \"" + pair + "\": it is not KEY=VALUE");
    headers.emplace_back(ExtraHeader(pair.substr(0, equals)), pair.substr(equals + 1));
  }
  if (!headers.empty()) return headers;
  ASSIGN_OR_RETURN(const ConfigSection extra, user.Section("as-user-extra"));
  for (const std::string& key : extra.Keys()) {
    ASSIGN_OR_RETURN(const auto values, extra.Strings(key));
    for (const std::string& value : values) headers.emplace_back(ExtraHeader(key), value);
  }
  return headers;
}

shared::Status ReadImpersonation(const KubeconfigFlags& flags, const ConfigSection& user,
                                 ClusterAccess* access) {
  std::vector<std::string> groups = flags.as_groups;
  ASSIGN_OR_RETURN(const std::string name, FlagOr(flags.as, user, "as"));
  ASSIGN_OR_RETURN(const std::string uid, FlagOr(flags.as_uid, user, "as-uid"));
  if (groups.empty()) {
    ASSIGN_OR_RETURN(groups, user.Strings("as-groups"));
  }
  ASSIGN_OR_RETURN(const shared::HttpHeaders extra, ReadUserExtra(flags, user));
  if (name.empty() && (!groups.empty() || !uid.empty() || !extra.empty()))
    return Fail(ErrorCode::kUsage, "cannot impersonate a group, uid or extra without a user",
                "Give --as too.");
  if (!name.empty()) access->impersonation.emplace_back("Impersonate-User", name);
  for (const std::string& group : groups) access->impersonation.emplace_back("Impersonate-Group", group);
  if (!uid.empty()) access->impersonation.emplace_back("Impersonate-Uid", uid);
  access->impersonation.insert(access->impersonation.end(), extra.begin(), extra.end());
  for (const auto& [header, value] : access->impersonation)
    if (value.find_first_of("\r\n") != std::string::npos)
      return Fail(ErrorCode::kUsage, "cannot impersonate a name of several lines");
  return shared::Ok();
}

// POD_NAMESPACE takes precedence over the service account's namespace, as in kubectl.
std::string PodNamespace(const GetVariable& environment, const std::string& directory) {
  std::string ns = environment("POD_NAMESPACE").value_or("");
  if (ns.empty()) ns = ReadWholeFile(directory + "namespace", kMaxPemBytes).value_or("");
  ns.erase(ns.find_last_not_of(" \t\r\n") + 1);
  return ns;
}

// Returns ": ..." with what is wrong with each file; nothing if there is none to look at.
std::string WhyNone(const std::vector<std::string>& paths) {
  std::string why;
  for (const std::string& path : paths)
    why += (why.empty() ? ": \"" : ", \"") + path + "\" " +
           (::access(path.c_str(), F_OK) == 0 ? "names no cluster" : "does not exist");
  return why;
}

// Signs in with the pod's own service account, if there is one.
Result<CredentialSource> ReadServiceAccount(const KubeconfigFlags& flags, const GetVariable& environment,
                                            const std::vector<std::string>& looked_at,
                                            ClusterAccess* access) {
  std::string host = environment("KUBERNETES_SERVICE_HOST").value_or("");
  const std::string port = environment("KUBERNETES_SERVICE_PORT").value_or("");
  const std::string directory = kServiceAccountDirectory;
  if (host.empty() || port.empty() || ::access((directory + "token").c_str(), R_OK) != 0)
    return Fail(ErrorCode::kUsage, "cannot find a kubeconfig" + WhyNone(looked_at),
                "Set KUBECONFIG or give --kubeconfig; the default is ~/.kube/config.");
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  access->server = "https://" + host + ":" + port;
  const ConfigSection none;
  TRY(ReadTransport(flags, none, environment, access));
  std::string& ca = access->http.tls.ca_pem;
  if (ca.empty()) {
    ASSIGN_OR_RETURN(ca, ReadWholeFile(directory + "ca.crt", kMaxPemBytes));
  }
  if (access->ns.empty()) access->ns = PodNamespace(environment, directory);
  TRY(ReadImpersonation(flags, none, access));
  ASSIGN_OR_RETURN(CredentialSource source, ReadUser(flags, none, none, access));
  if (source.token.empty()) source.token_file = directory + "token";
  return source;
}

// The kubeconfig has no cluster, and there is no --server.
bool IsEmpty(const KubeconfigFlags& flags, const ConfigFiles& files) {
  return files.clusters.empty() && files.contexts.empty() && flags.server.empty() && flags.context.empty() &&
         flags.cluster.empty() && flags.user.empty();
}

Result<CredentialSource> ReadKubeconfig(const KubeconfigFlags& flags, const ConfigFiles& files,
                                        const GetVariable& environment, ClusterAccess* access) {
  ASSIGN_OR_RETURN(const Chosen chosen, ChooseSections(flags, files));
  if (!chosen.cluster.defined() && flags.server.empty()) {
    if (chosen.context_name.empty())
      return Fail(ErrorCode::kUsage,
                  "cannot tell which cluster to use: the kubeconfig has no current-context",
                  "Give --context, or set one with `kubectl config use-context NAME`.");
    return Fail(ErrorCode::kUsage, "cannot use context \"" + chosen.context_name + "\": it names no cluster");
  }
  access->context = chosen.context_name;
  if (access->ns.empty()) access->ns = chosen.ns;
  TRY(ReadCluster(flags, chosen.cluster, environment, access));
  TRY(ReadImpersonation(flags, chosen.user, access));
  return ReadUser(flags, chosen.user, chosen.cluster, access);
}

}  // namespace

Result<ClusterAccess> LoadClusterAccess(const KubeconfigFlags& flags, const GetVariable& environment,
                                        const shared::Interrupt* interrupt,
                                        const std::function<void(const std::string&)>& on_wait) {
  const FileList list = KubeconfigPaths(flags, environment);
  ASSIGN_OR_RETURN(const ConfigFiles files, ReadConfigFiles(list.paths, list.required));
  ClusterAccess access;
  access.ns = flags.ns;
  access.http.interrupt = interrupt;
  access.http.user_agent = "kubectl-ray/" RAY_VERSION;
  ASSIGN_OR_RETURN(CredentialSource source, IsEmpty(flags, files)
                                                ? ReadServiceAccount(flags, environment, list.paths, &access)
                                                : ReadKubeconfig(flags, files, environment, &access));
  if (access.ns.empty()) access.ns = "default";
  auto credentials = std::make_shared<Credentials>(std::move(source), interrupt, on_wait);
  access.sign_in = [credentials](const SignIn* rejected) { return credentials->Next(rejected); };
  return access;
}

Result<KubeconfigNames> ReadKubeconfigNames(const KubeconfigFlags& flags, const GetVariable& environment) {
  const FileList list = KubeconfigPaths(flags, environment);
  ASSIGN_OR_RETURN(const ConfigFiles files, ReadConfigFiles(list.paths, list.required));
  return KubeconfigNames{Names(files.contexts), Names(files.clusters), Names(files.users)};
}

}  // namespace kubectl_ray
