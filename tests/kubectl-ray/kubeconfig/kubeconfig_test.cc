#include "kubectl-ray/kubeconfig/kubeconfig.h"

#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "shared/base64.h"
#include "shared/json.h"

using namespace kubectl_ray;
using shared::ErrorCode;

namespace {

class Files {
 public:
  Files() {
    std::string form = std::filesystem::temp_directory_path() / "kubeconfig-XXXXXX";
    path_ = mkdtemp(form.data());
  }
  ~Files() { std::filesystem::remove_all(path_); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << text;
    return path_ + "/" + name;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

KubeconfigFlags Flags(const std::string& file, const std::string& context = "") {
  KubeconfigFlags flags;
  flags.kubeconfig = file;
  flags.context = context;
  return flags;
}

shared::Result<ClusterAccess> Load(const KubeconfigFlags& flags,
                                   const std::map<std::string, std::string>& variables = {}) {
  return LoadClusterAccess(
      flags,
      [&](const std::string& name) {
        auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
      },
      nullptr);
}

shared::Error ErrorOf(const shared::Result<ClusterAccess>& access) {
  REQUIRE(!access.has_value());
  return access.error();
}

const std::string kConfig = R"(
apiVersion: v1
kind: Config
current-context: prod
clusters:
- name: c1
  cluster: {server: "https://one:6443/", certificate-authority-data: Q0E=, tls-server-name: api}
- name: c2
  cluster: {server: "https://two", insecure-skip-tls-verify: true, proxy-url: "socks5://p:1"}
contexts:
- name: prod
  context: {cluster: c1, user: u1, namespace: team}
- name: dev
  context: {cluster: c2, user: u2}
users:
- name: u1
  user: {token: secret}
- name: u2
  user: {client-certificate: cert.pem, client-key: key.pem}
)";

}  // namespace

TEST_CASE("the current context gives cluster, user and namespace") {
  const Files files;
  const auto access = Load(Flags(files.Write("config", kConfig)));
  REQUIRE(access.has_value());
  CHECK(access->server == "https://one:6443");
  CHECK(access->ns == "team");
  CHECK(access->context == "prod");
  CHECK(access->http.tls.ca_pem == "CA");
  CHECK(access->http.tls.server_name == "api");
  CHECK(access->sign_in(nullptr).value().authorization == "Bearer secret");
}

TEST_CASE("paths in a file are relative to it, and flags win") {
  const Files files;
  files.Write("cert.pem", "CERT");
  files.Write("key.pem", "KEY");
  const std::string config = files.Write("config", kConfig);
  const auto access = Load(Flags(config, "dev"));
  REQUIRE(access.has_value());
  CHECK(access->http.tls.cert_pem == "CERT");
  CHECK(access->http.tls.key_pem == "KEY");
  CHECK(access->http.tls.insecure_skip_verify);
  CHECK(access->http.proxy_url == "socks5://p:1");
  CHECK(access->ns == "default");
  KubeconfigFlags flags = Flags(config, "dev");
  flags.user = "u1";
  flags.ns = "mine";
  flags.server = "https://three";
  flags.token = "t";
  flags.as = "me";
  flags.as_groups = {"a", "b"};
  const auto flagged = Load(flags);
  REQUIRE(flagged.has_value());
  CHECK(flagged->server == "https://three");
  CHECK(flagged->ns == "mine");
  CHECK(flagged->sign_in(nullptr).value().authorization == "Bearer t");
  CHECK(flagged->impersonation == shared::HttpHeaders{{"Impersonate-User", "me"},
                                                      {"Impersonate-Group", "a"},
                                                      {"Impersonate-Group", "b"}});
}

TEST_CASE("an impersonated user's extras are headers, with odd keys escaped") {
  const Files files;
  const std::string config = files.Write("config", kConfig + R"(
- name: u3
  user: {token: t, as: me, as-user-extra: {scopes: [view, edit], "acme.com/Role%": [x], empty: []}}
)");
  KubeconfigFlags flags = Flags(config);
  flags.user = "u3";
  CHECK(Load(flags)->impersonation == shared::HttpHeaders{{"Impersonate-User", "me"},
                                                          {"Impersonate-Extra-scopes", "view"},
                                                          {"Impersonate-Extra-scopes", "edit"},
                                                          {"Impersonate-Extra-acme.com%2FRole%25", "x"}});
  flags.as_user_extra = {"reason=a=b", "none="};
  CHECK(Load(flags)->impersonation == shared::HttpHeaders{{"Impersonate-User", "me"},
                                                          {"Impersonate-Extra-reason", "a=b"},
                                                          {"Impersonate-Extra-none", ""}});
  flags.user = "u1";
  CHECK(ErrorOf(Load(flags)).hint == "Give --as too.");
  flags.as = "eve";
  for (const char* bad : {"", "key", "=value", "key=a\r\nX: y"}) {
    INFO(bad);
    flags.as_user_extra = {bad};
    CHECK(ErrorOf(Load(flags)).code == ErrorCode::kUsage);
  }
}

TEST_CASE("the names of all files are told, each once") {
  const Files files;
  const std::string first = files.Write("first", R"({"contexts": [{"name": "mine"}, {"name": "dev"}]})");
  const std::string second = files.Write("second", kConfig);
  const auto names = ReadKubeconfigNames({}, [&](const std::string& name) {
    return name == "KUBECONFIG" ? std::optional(first + ":" + second) : std::nullopt;
  });
  REQUIRE(names.has_value());
  CHECK(names->contexts == std::vector<std::string>{"mine", "dev", "prod"});
  CHECK(names->clusters == std::vector<std::string>{"c1", "c2"});
  CHECK(names->users == std::vector<std::string>{"u1", "u2"});
  CHECK_FALSE(
      ReadKubeconfigNames(Flags("/nowhere"), [](const std::string&) { return std::nullopt; }).has_value());
}

TEST_CASE("KUBECONFIG's files are merged: the first one to name a thing wins") {
  const Files files;
  const std::string first =
      files.Write("first", R"({"clusters": [{"name": "c1", "cluster": {"server": "https://x"}}]})");
  const std::string second = files.Write("second", kConfig);
  const auto access = Load({}, {{"KUBECONFIG", files.path() + "/missing:" + first + "::" + second}});
  REQUIRE(access.has_value());
  CHECK(access->server == "https://x");
  CHECK(access->sign_in(nullptr).value().authorization == "Bearer secret");
}

TEST_CASE("~/.kube/config is the usual file") {
  const Files files;
  std::filesystem::create_directory(files.path() + "/.kube");
  files.Write(".kube/config", kConfig);
  CHECK(Load({}, {{"HOME", files.path()}})->server == "https://one:6443");
}

TEST_CASE("a token file is read again once its token is refused") {
  const Files files;
  files.Write("token", " first\n");
  const std::string config =
      files.Write("config", R"({"clusters": [{"name": "c", "cluster": {"server": "https://x"}}],
                    "contexts": [{"name": "k", "context": {"cluster": "c", "user": "u"}}],
                    "users": [{"name": "u", "user": {"tokenFile": "token"}}], "current-context": "k"})");
  const auto access = Load(Flags(config));
  REQUIRE(access.has_value());
  CHECK(access->sign_in(nullptr).value().authorization == "Bearer first");
  files.Write("token", "second");
  CHECK(access->sign_in(nullptr).value().authorization == "Bearer first");
  const SignIn first{"Bearer first", "", ""};
  CHECK(access->sign_in(&first).value().authorization == "Bearer second");
}

TEST_CASE("what is wrong is named with its file, its field and its place") {
  const Files files;
  struct Row {
    std::string text;
    std::string expected;
  };
  const std::string huge(17u << 20, '#');
  const Row rows[] = {
      {"clusters: [", "not valid YAML"},
      {"clusters:\n- name: [x\n", "line"},
      {"just text", "no mapping at its top"},
      {"clusters: 5", "clusters is not a list"},
      {"clusters: [5]", "has an item that is not a mapping"},
      {"clusters: [{name: c, cluster: {server: [1]}}]\ncontexts: [{name: k, context: {cluster: c}}]\n"
       "current-context: k",
       "clusters[0].cluster.server is not a string (line 1, column 40)"},
      {"clusters: [{name: c, cluster: {}}]\ncontexts: [{name: k, context: {cluster: c}}]\ncurrent-context: k",
       "clusters[0].cluster.server is missing"},
      {"clusters: [{name: c, cluster: {server: x://y}}]\ncontexts: [{name: k, context: {cluster: c}}]\n"
       "current-context: k",
       "not an http or https URL"},
      {"clusters: [{name: c, cluster: {server: https://y, certificate-authority-data: '!'}}]\n"
       "contexts: [{name: k, context: {cluster: c}}]\ncurrent-context: k",
       "certificate-authority-data is not base64"},
      {"clusters: [{name: c, cluster: {server: https://y}}]\ncurrent-context: nope", "context \"nope\""},
      {"clusters: [{name: c, cluster: {server: https://y}}]", "no current-context"},
      {"&a [*a]", "not a kubeconfig"},
      {"clusters: &a [*a]", "has an item that is not a mapping"},
      {"users: &a\n- name: u\n  user: &b {exec: *b}\ncontexts: [{name: k, context: {user: u, cluster: c}}]\n"
       "clusters: [{name: c, cluster: {server: https://y}}]\ncurrent-context: k",
       "apiVersion"},
      {std::string(100'000, '['), "not valid YAML"},
      {huge, "larger than"},
  };
  for (const Row& row : rows) {
    INFO(row.text.substr(0, 200));
    const auto error = ErrorOf(Load(Flags(files.Write("config", row.text))));
    CHECK(error.code == ErrorCode::kUsage);
    INFO(error.message);
    CHECK(error.message.find(row.expected) != std::string::npos);
  }
}

TEST_CASE("a kubeconfig of 10 MB is read") {
  const Files files;
  std::string text = kConfig + "extensions:\n";
  while (text.size() < (10u << 20)) text += "- {name: e, extension: " + std::string(10'000, 'x') + "}\n";
  CHECK(Load(Flags(files.Write("config", text))).has_value());
}

TEST_CASE("an unknown context offers the near name; a missing file is named") {
  const Files files;
  const auto error = ErrorOf(Load(Flags(files.Write("config", kConfig), "prd")));
  CHECK(error.message.find("context \"prd\"") != std::string::npos);
  CHECK(error.hint == "Did you mean \"prod\"?");
  CHECK(ErrorOf(Load(Flags("/nowhere/config"))).message ==
        "cannot read \"/nowhere/config\": no such file or directory");
  CHECK(ErrorOf(Load({})).message == "cannot find a kubeconfig");
  const std::string empty = files.Write("empty", "# nothing\n");
  CHECK(ErrorOf(Load({}, {{"KUBECONFIG", "/nowhere/a::" + empty}})).message ==
        "cannot find a kubeconfig: \"/nowhere/a\" does not exist, \"" + empty + "\" names no cluster");
  CHECK(ErrorOf(Load(Flags(files.path()))).message.ends_with("it is a directory"));
}

namespace {

std::string ConfigOf(const std::string& server, const std::string& user, const std::string& cluster = "") {
  return "{clusters: [{name: c, cluster: {server: '" + server + "'" + cluster +
         "}}], contexts: [{name: k, context: {cluster: c, user: u}}], users: [{name: u, user: {" + user +
         "}}], current-context: k}";
}

// {"exp": SECONDS} as an ID token without a signature.
std::string IdToken(const std::string& claims) {
  std::string payload = shared::Base64Encode(claims);
  payload.resize(payload.find_last_not_of('=') + 1);
  return "eyJhbGciOiJub25lIn0." + payload + ".";
}

}  // namespace

// client-go's client_config.go: "only try to read the auth information if we are secure".
TEST_CASE("nobody is signed in to a server that is not spoken to in TLS") {
  const Files files;
  const char* const users[] = {"token: secret", "tokenFile: nowhere", "username: a, password: b",
                               ("exec: {apiVersion: client.authentication.k8s.io/v1, command: 'false', "
                                "interactiveMode: Never}"),
                               "client-certificate-data: Q0E=, client-key-data: Q0E=, as: me"};
  for (const std::string server : {"http://x", "127.0.0.1:8001", "x"})
    for (const char* user : users) {
      INFO(server << user);
      const auto access = Load(Flags(files.Write("config", ConfigOf(server, user))));
      REQUIRE(access.has_value());
      CHECK(access->server.starts_with("http://"));
      const auto sign_in = access->sign_in(nullptr);
      REQUIRE(sign_in.has_value());
      CHECK(sign_in->authorization.empty());
      CHECK(access->http.tls.cert_pem.empty());
    }
  KubeconfigFlags flags = Flags(files.Write("config", ConfigOf("https://x", "token: secret")));
  flags.server = "127.0.0.1:8001";
  flags.token = "typed";
  CHECK(Load(flags)->sign_in(nullptr)->authorization.empty());
}

// client-go's exec.go: UpdateTransportConfig does not run the plugin if there is a token, a name or a
// certificate (kubernetes#91745).
TEST_CASE("whatever is fixed goes before an exec plugin") {
  const Files files;
  files.Write("token", "from-file");
  const std::string exec =
      ", exec: {apiVersion: client.authentication.k8s.io/v1, command: 'false', interactiveMode: Never}";
  const std::pair<const char*, const char*> rows[] = {
      {"token: t", "Bearer t"},
      {"tokenFile: token", "Bearer from-file"},
      {"username: a, password: b", "Basic YTpi"},
      {"client-certificate-data: Q0E=, client-key-data: Q0E=", ""}};
  for (const auto& [user, authorization] : rows) {
    INFO(user);
    const auto access = Load(Flags(files.Write("config", ConfigOf("https://x", user + exec))));
    REQUIRE(access.has_value());
    const auto sign_in = access->sign_in(nullptr);
    REQUIRE(sign_in.has_value());
    CHECK(sign_in->authorization == authorization);
  }
  CHECK_FALSE(Load(Flags(files.Write("config", ConfigOf("https://x", exec.substr(2)))))
                  ->sign_in(nullptr)
                  .has_value());
}

// client.authentication.k8s.io/v1: "config" of ExecCredential's spec.cluster.
TEST_CASE("an exec plugin gets the cluster's own extension") {
  const Files files;
  const std::string plugin =
      R"sh(exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: ["-c", 'printf "%s" "$KUBERNETES_EXEC_INFO" >)sh" +
      files.path() +
      R"sh(/info; echo "{\"kind\": \"ExecCredential\", \"apiVersion\": \"client.authentication.k8s.io/v1\", \"status\": {\"token\": \"x\"}}"'], interactiveMode: Never, provideClusterInfo: )sh";
  const std::string extension =
      ", extensions: [{name: other, extension: 1}, {name: client.authentication.k8s.io/exec, extension: "
      "{audience: "
      "a, ids: [1, '2']}}]";
  for (const bool wanted : {true, false}) {
    const auto access = Load(Flags(
        files.Write("config", ConfigOf("https://x", plugin + (wanted ? "true}" : "false}"), extension))));
    REQUIRE(access.has_value());
    REQUIRE(access->sign_in(nullptr)->authorization == "Bearer x");
    std::ifstream file(files.path() + "/info");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const shared::Json info = *shared::ParseJson(text);
    const shared::Json& config = shared::At(info, {"spec", "cluster", "config"});
    if (wanted) CHECK(config == shared::Json{{"audience", "a"}, {"ids", {1, "2"}}});
    if (!wanted) CHECK(config.is_null());
  }
}

TEST_CASE("auth-provider oidc: its id-token, as long as it has not expired") {
  const Files files;
  const auto load = [&](const std::string& provider) {
    return Load(Flags(files.Write("config", ConfigOf("https://x", "auth-provider: {" + provider + "}"))));
  };
  const auto oidc = [](const std::string& token) {
    return "name: oidc, config: {id-token: '" + token + "'}";
  };
  const std::string valid = IdToken(R"({"iss":"x","exp":7000000000})");
  CHECK(load(oidc(valid))->sign_in(nullptr)->authorization == "Bearer " + valid);
  const std::pair<std::string, std::string> rows[] = {
      {IdToken(R"({"exp":1700000000})"), "its id-token has expired"},
      {"", "its id-token is missing"},
      {"x.y.z", "its id-token cannot be read"},
      {"e30", "its id-token cannot be read"},
      {IdToken(R"({"exp":"soon"})"), "its id-token cannot be read"},
      {IdToken("[]"), "its id-token cannot be read"},
      {IdToken("{"), "its id-token cannot be read"},
  };
  for (const auto& [token, cause] : rows) {
    INFO(token);
    const auto error = ErrorOf(load(oidc(token)));
    CHECK(error.code == ErrorCode::kAuth);
    CHECK(error.message.ends_with(cause));
    CHECK(error.hint.find("exec plugin") != std::string::npos);
  }
  CHECK(ErrorOf(load("name: gcp")).message.find("has given up") != std::string::npos);
}
