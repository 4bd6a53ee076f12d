"""Ways to the API server and to who we are there, on the real one: proxies, TLS names, tokens, exec plugins, impersonation,
and the service account of a pod."""

import base64
import contextlib
import json
import os
import re
import ssl
import subprocess

import cluster
import pytest
import ray_pods
import yaml
from connect_proxy import ConnectProxy
from websocket_refusing_proxy import WebSocketRefusingProxy

PLUGIN = os.environ["KUBECTL_RAY"]
PKI = cluster.CACHE / "cluster" / "pki"
NONE_FOUND = "No Ray clusters found in namespace "


@pytest.fixture(scope="module")
def ns():
    with cluster.namespace("reach") as name:
        cluster.kubectl("create", "serviceaccount", "reader", "-n", name)
        ray_pods.create(name, ray_pods.head("demo-head"), pod_of_an_account())
        cluster.kubectl("create", "role", "reader", "-n", name, "--verb=get,list",
                        "--resource=deployments.apps,pods,rayclusters.ray.io")
        yield name


def admin(**user):
    """The admin's kubeconfig as a value; with `user`, for that user instead."""
    config = yaml.safe_load(cluster.KUBECONFIG.read_text())
    if user:
        config["users"][0]["user"] = user
    return config


def bridge_address():
    """The API server where it is not on loopback, where no proxy of the environment counts."""
    subset = cluster.kubectl_json("get", "endpoints", "kubernetes", "-n", "default")["subsets"][0]
    return f"{subset['addresses'][0]['ip']}:{subset['ports'][0]['port']}"


@pytest.fixture
def ray(tmp_path, ns):
    """Runs the plugin with a kubeconfig given as a value."""

    def run(config, *arguments, input=None, **variables):
        file = tmp_path / "kubeconfig"
        file.write_text(json.dumps(config))
        without_proxy = {k: v for k, v in cluster.environment(file).items() if k.lower() not in ("http_proxy", "https_proxy", "no_proxy")}
        return subprocess.run([PLUGIN, "-n", ns, *arguments], env={**without_proxy, **variables}, input=input or "",
                              capture_output=True, text=True, timeout=120, check=False)

    return run


def reached(done):
    assert done.returncode == 0, done.stderr
    assert NONE_FOUND in done.stderr


def refused(done, *words):
    assert done.returncode != 0 and done.stdout == ""
    for word in words:
        assert word in done.stderr
    return done.stderr


# Proxies


def test_proxy_url_of_the_kubeconfig_and_of_the_flag(ray):
    with ConnectProxy() as proxy:
        config = admin()
        server = config["clusters"][0]["cluster"]["server"].removeprefix("https://")
        reached(ray(config, "get", "cluster", "--proxy-url", proxy.url))
        assert set(proxy.tunnels) == {server}
        proxy.tunnels.clear()
        config["clusters"][0]["cluster"]["proxy-url"] = proxy.url
        reached(ray(config, "get", "cluster"))
        assert set(proxy.tunnels) == {server}


def test_web_sockets_go_through_the_proxy(ray, tmp_path):
    config = admin()
    with ConnectProxy() as proxy:
        config["clusters"][0]["cluster"]["proxy-url"] = proxy.url
        done = ray(config, "exec", "demo", "--", "sh", "-c", "echo through; exit 3")
        assert (done.returncode, done.stdout) == (3, "through\n"), done.stderr
        state = {"XDG_STATE_HOME": str(tmp_path)}
        done = ray(config, "session", "demo", "--background", "--port", "0:dashboard", **state)
        assert done.returncode == 0, done.stderr
        try:
            before = len(proxy.tunnels)
            port = int(re.search(r"Ray Dashboard: http://localhost:(\d+)", done.stdout)[1])
            assert ray_pods.dashboard(port) == "from-the-dashboard"
            assert len(proxy.tunnels) > before
        finally:
            assert ray(config, "session", "stop", "demo", **state).returncode == 0


@contextlib.contextmanager
def kubectl_proxy():
    """The API server as the admin, on a port of loopback without TLS."""
    command = ["kubectl", "proxy", "--port=0", "--disable-filter"]
    with subprocess.Popen(command, env=cluster.environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline().rsplit(":", 1)[1])
        finally:
            process.terminate()


def test_where_no_web_socket_goes_through_spdy_does(ray, tmp_path):
    config = admin()
    config["users"][0]["user"] = {}
    with kubectl_proxy() as port, WebSocketRefusingProxy(port) as proxy:
        config["clusters"][0]["cluster"] = {"server": proxy.url}
        done = ray(config, "exec", "demo", "--", "sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; echo err >&2; exit 3")
        assert (done.returncode, done.stdout, done.stderr) == (3, "x" * 1000000, "err\n")
        assert (proxy.refused, proxy.upgraded) == (1, ["SPDY/3.1"])
        done = ray(config, "exec", "demo", "-i", "--", "cat", input="to the end of the input")
        assert (done.returncode, done.stdout) == (0, "to the end of the input"), done.stderr
        state = {"XDG_STATE_HOME": str(tmp_path)}
        done = ray(config, "session", "demo", "--background", "--port", "0:dashboard", **state)
        assert done.returncode == 0, done.stderr
        try:
            local = int(re.search(r"Ray Dashboard: http://localhost:(\d+)", done.stdout)[1])
            assert ray_pods.dashboard(local) == "from-the-dashboard"
            assert ray_pods.dashboard(local) == "from-the-dashboard"
        finally:
            assert ray(config, "session", "stop", "demo", **state).returncode == 0
        assert len(proxy.upgraded) >= 4 and set(proxy.upgraded) == {"SPDY/3.1"}


def test_a_proxy_that_asks_who_we_are(ray):
    with ConnectProxy(credentials="me:pass word") as proxy:
        reached(ray(admin(), "get", "cluster", "--proxy-url", proxy.url.replace("//", "//me:pass%20word@")))
        message = refused(ray(admin(), "get", "cluster", "--proxy-url", proxy.url.replace("//", "//me:secret-word@")), "407", "proxy")
        assert "secret-word" not in message


def test_a_proxy_that_is_not_there_is_told_as_such(ray):
    with ConnectProxy() as proxy:
        pass
    message = refused(ray(admin(), "get", "cluster", "--proxy-url", f"http://me:secret-word@127.0.0.1:{proxy.port}"))
    assert f'through the proxy "127.0.0.1:{proxy.port}"' in message and "connection refused" in message
    assert "secret-word" not in message


def test_a_proxy_in_tls_is_verified_by_the_clusters_authority_as_kubectl_does(ray):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PKI / "kube-apiserver.crt", PKI / "kube-apiserver.key")
    with ConnectProxy(tls=context) as proxy:
        reached(ray(admin(), "get", "cluster", "--proxy-url", proxy.url))
        assert proxy.tunnels


def test_the_environments_proxy_and_its_exceptions(ray):
    far = bridge_address()
    config = admin()
    config["clusters"][0]["cluster"]["server"] = "https://" + far
    host = far.split(":")[0]
    with ConnectProxy() as proxy:
        for variables, used in [
            ({"HTTPS_PROXY": proxy.url}, True),
            ({"https_proxy": proxy.url.removeprefix("http://")}, True),
            ({"HTTP_PROXY": proxy.url}, False),
            ({"HTTPS_PROXY": proxy.url, "NO_PROXY": host}, False),
            ({"HTTPS_PROXY": proxy.url, "no_proxy": f"example.com,{host}/24"}, False),
            ({"HTTPS_PROXY": proxy.url, "NO_PROXY": host + ":1"}, True),
        ]:
            proxy.tunnels.clear()
            reached(ray(config, "get", "cluster", **variables))
            assert bool(proxy.tunnels) == used, variables
        proxy.tunnels.clear()
        reached(ray(admin(), "get", "cluster", HTTPS_PROXY=proxy.url))
        assert not proxy.tunnels, "loopback is never behind a proxy"


# TLS


def test_the_servers_name_and_authority(ray):
    config = admin()
    section = config["clusters"][0]["cluster"]
    section["tls-server-name"] = "kubernetes.default.svc"
    reached(ray(config, "get", "cluster"))
    with ConnectProxy() as proxy:
        reached(ray(config, "get", "cluster", "--proxy-url", proxy.url))
        assert set(proxy.tunnels) == {section["server"].removeprefix("https://")}
    refused(ray(config, "get", "cluster", "--tls-server-name", "elsewhere.example"), "certificate", "tls-server-name")
    reached(ray(config, "get", "cluster", "--tls-server-name", "elsewhere.example", "--insecure-skip-tls-verify"))


def test_the_authority_is_the_kubeconfigs_alone(ray, tmp_path):
    config = admin()
    section = config["clusters"][0]["cluster"]
    ca = tmp_path / "ca.pem"
    ca.write_bytes(base64.b64decode(section.pop("certificate-authority-data")))
    refused(ray(config, "get", "cluster"), "certificate")
    section["certificate-authority"] = "ca.pem"  # relative to the kubeconfig
    reached(ray(config, "get", "cluster"))
    del section["certificate-authority"]
    reached(ray(config, "get", "cluster", "--certificate-authority", str(ca)))
    section["insecure-skip-tls-verify"] = True
    reached(ray(config, "get", "cluster"))


# Who we are


def token_of(ns, account="reader"):
    return cluster.kubectl("create", "token", account, "-n", ns).strip()


@contextlib.contextmanager
def bound(ns):
    """The reader may read while this lasts."""
    cluster.kubectl("create", "rolebinding", "reader", "-n", ns, "--role=reader", f"--serviceaccount={ns}:reader")
    try:
        yield
    finally:
        cluster.kubectl("delete", "rolebinding", "reader", "-n", ns)


def test_tokens(ray, ns, tmp_path):
    token = token_of(ns)
    with bound(ns):
        reached(ray(admin(token=token), "get", "cluster"))
        reached(ray(admin(), "get", "cluster", "--token", token))
        (tmp_path / "token").write_text(token + "\n")
        reached(ray(admin(tokenFile="token", token="not-this-one"), "get", "cluster"))
    refused(ray(admin(token=token), "get", "cluster"), f'User "system:serviceaccount:{ns}:reader" cannot list')
    message = refused(ray(admin(token="secret-word"), "get", "cluster"), "does not accept these credentials")
    assert "secret-word" not in message


def test_a_token_file_that_rotates_between_requests(ray, ns, tmp_path):
    token = tmp_path / "token"
    token.write_text("stale")
    good = token_of(ns)
    with bound(ns), ConnectProxy(on_tunnel=lambda: token.write_text(good)) as proxy:
        # The first request carries the old one, and is refused; the file has changed by then.
        reached(ray(admin(tokenFile=str(token)), "get", "cluster", "--proxy-url", proxy.url))


def test_impersonation(ray):
    flags = ["--as", "mallory", "--as-group", "devs", "--as-group", "ops", "--as-uid", "77"]
    refused(ray(admin(), "get", "cluster", *flags), 'User "mallory" cannot list', "kubectl auth can-i list")
    refused(ray(admin(), "exec", "demo", "--as", "mallory", "--", "true"), 'User "mallory" cannot')
    reached(ray(admin(), "get", "cluster", "--as", "mallory", "--as-group", "system:masters"))
    reached(ray(admin(), "get", "cluster", "--as", "mallory", "--as-group", "system:masters", "--as-user-extra", "acme.com/x=1"))
    user = admin()["users"][0]["user"]
    refused(ray(admin(**user, **{"as": "eve", "as-groups": ["devs"]}), "get", "cluster"),
            'User "eve" cannot list')
    refused(ray(admin(), "get", "cluster", "--as-group", "system:masters"), "without a user", "--as")


# Exec plugins


def plugin(tmp_path, answers, version="v1", **more):
    """A user whose plugin notes each call in `calls`, with what it is told, and prints one answer after the other."""
    for i, status in enumerate(answers):
        text = {"kind": "ExecCredential", "apiVersion": f"client.authentication.k8s.io/{version}", "status": status}
        (tmp_path / f"answer-{i}").write_text(json.dumps(text))
    script = (f"cd '{tmp_path}'; n=$(cat calls 2>/dev/null | wc -l); echo \"$KUBERNETES_EXEC_INFO\" >> calls; "
              f"[ $n -lt {len(answers)} ] || n={len(answers) - 1}; cat answer-$n")
    return {"exec": {"apiVersion": f"client.authentication.k8s.io/{version}", "command": "sh", "args": ["-c", script],
                     "interactiveMode": "Never", **more}}


def calls(tmp_path):
    return [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]


def certificate(name="admin"):
    return {"clientCertificateData": (PKI / f"{name}.crt").read_text(), "clientKeyData": (PKI / f"{name}.key").read_text()}


def stranger(tmp_path):
    """A certificate of an authority that the API server does not know."""
    key, cert = tmp_path / "stranger.key", tmp_path / "stranger.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=stranger", "-keyout", key, "-out", cert], check=True, capture_output=True)
    return {"clientCertificateData": cert.read_text(), "clientKeyData": key.read_text()}


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_plugin_that_gives_certificates(ray, tmp_path, version):
    status = {**certificate(), "expirationTimestamp": "2999-01-01T00:00:00Z"}
    reached(ray(admin(**plugin(tmp_path, [status], version, provideClusterInfo=True)), "get", "cluster"))
    [told] = calls(tmp_path)  # several requests, one call: it is good until it expires
    assert told["apiVersion"] == f"client.authentication.k8s.io/{version}" and told["spec"]["interactive"] is False
    assert told["spec"]["cluster"]["server"] == admin()["clusters"][0]["cluster"]["server"]


def test_certificates_are_renewed_after_401(ray, tmp_path):
    user = plugin(tmp_path, [stranger(tmp_path), certificate()])
    reached(ray(admin(**user), "get", "cluster"))
    assert len(calls(tmp_path)) == 2
    (tmp_path / "calls").unlink()
    done = ray(admin(**user), "exec", "demo", "--", "echo", "renewed")  # a WebSocket may be the first to be refused
    assert done.stdout == "renewed\n", done.stderr


def test_certificates_are_renewed_when_they_expire(ray, tmp_path):
    user = plugin(tmp_path, [{**stranger(tmp_path), "expirationTimestamp": "2020-01-01T00:00:00Z"}, certificate()])
    reached(ray(admin(**user), "get", "cluster"))
    assert len(calls(tmp_path)) == 2


def test_a_plugin_that_is_refused_twice_ends(ray, tmp_path):
    user = plugin(tmp_path, [stranger(tmp_path)])
    refused(ray(admin(**user), "get", "cluster"), "does not accept these credentials")
    assert len(calls(tmp_path)) == 2


def test_a_plugin_that_has_to_ask_needs_a_terminal(ray, tmp_path):
    user = plugin(tmp_path, [certificate()], interactiveMode="Always")
    refused(ray(admin(**user), "get", "cluster"), "stdin is not a terminal")
    assert not (tmp_path / "calls").exists()


# In a pod


def pod_of_an_account():
    """A pod that waits, with the service account "reader"."""
    pod = ray_pods.worker("inside")
    pod["metadata"]["labels"] = {}
    pod["spec"]["serviceAccountName"] = "reader"
    return pod


def test_the_service_account_of_a_pod(ns):
    def inside(*arguments, env=(), **keywords):
        return cluster.run("kubectl", "exec", "-i", "inside", "-n", ns, "--", "env", *env, *arguments, **keywords)

    with open(PLUGIN, "rb") as program:
        done = subprocess.run(["kubectl", "exec", "-i", "inside", "-n", ns, "--", "sh", "-c", "cat >/tmp/kubectl-ray && chmod +x /tmp/kubectl-ray"],
                              env=cluster.environment(), stdin=program, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    inside_ray = "/tmp/kubectl-ray"
    user = f"system:serviceaccount:{ns}:reader"
    refused(inside(inside_ray, "get", "cluster"), 'cannot list deployments.apps in namespace "' + ns + '": forbidden', user,
            f"kubectl auth can-i list deployments.apps -n {ns}")
    with bound(ns):
        reached(inside(inside_ray, "get", "cluster"))
        assert inside(inside_ray, "logs", "demo").returncode == 1  # it may not read pods/log
        refused(inside(inside_ray, "get", "cluster", "-n", "default"), 'in namespace "default": forbidden')
        refused(inside(inside_ray, "get", "cluster", env=["POD_NAMESPACE=default"]), 'in namespace "default": forbidden')
        # What is asked for by flag is never passed over: it would be done as somebody else.
        refused(inside(inside_ray, "get", "cluster", "--as", "mallory"), f'User "{user}" cannot impersonate')
        refused(inside(inside_ray, "get", "cluster", "--token", "secret-word"), "does not accept these credentials")
        refused(inside(inside_ray, "get", "cluster", "--user", "bob"), 'cannot use user "bob"')
        refused(inside(inside_ray, "get", "cluster", "--proxy-url", "http://127.0.0.1:9"), 'through the proxy "127.0.0.1:9"')
        refused(inside(inside_ray, "get", "cluster", env=["HTTPS_PROXY=http://127.0.0.1:9"]), 'through the proxy "127.0.0.1:9"')
