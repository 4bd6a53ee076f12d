# shellcheck shell=bash disable=SC2154 # lib.sh and settings.sh set them
# The running cluster: its addresses, where its state is, and how each of its parts is configured.

etcd_port=12379
etcd_peer_port=12380
node=kubectl-ray-node
bridge=kubectl-ray0
bridge_address=10.244.0.1
pod_network=10.244.0.0/16
service_network=10.96.0.0/16
api_service_address=10.96.0.1
dns_service_address=10.96.0.10
cgroup=kubectl-ray

# shellcheck disable=SC2034 # the scripts that read this file use them
{
  state=$cache/cluster
  containerd_root=$cache/containerd
  # Short, as sockets need it; and all that `down` has to know is here, in case the cache is deleted under a cluster.
  sockets=/run/kubectl-ray
  pids=$sockets/pids
  pki=$state/pki
  settings=$state/settings
  logs=$state/logs
  kubeconfig=$state/kubeconfig
  api_port=$(cat "$sockets/api-port" 2>/dev/null || echo "${KUBECTL_RAY_API_PORT:-16443}")
  boot_id=$(</proc/sys/kernel/random/boot_id)
  kubernetes=$(part_path kubernetes)
  processes=(etcd containerd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)
}

kube() {
  env --unset=http_proxy --unset=https_proxy --unset=HTTP_PROXY --unset=HTTPS_PROXY KUBERC=off \
    "$kubernetes/kubectl" --kubeconfig "$kubeconfig" --cache-dir "$state/kubectl-cache" "$@"
}

api() {
  curl --noproxy '*' --silent --fail --max-time 2 --cacert "$pki/ca.crt" --cert "$pki/admin.crt" \
    --key "$pki/admin.key" "https://127.0.0.1:$api_port$1?pretty=false"
}

in_containerd() { ctr --address "$sockets/containerd.sock" --namespace k8s.io "$@"; }

# containerd keeps images from one cluster to the next; a file named like the part says which one it has.
import_image() {
  local name=$1 image=$2 imported
  imported=$containerd_root/imported/$(basename "$(part_path "$name")")
  if [[ -e $imported ]] && in_containerd images list --quiet "name==$image" | grep . >/dev/null; then return; fi
  in_containerd images import "$(part_path "$name")/image.tar" >>"$logs/import.log" 2>&1 || fail_part import "cannot import $image"
  rm -f "${imported%-*}-"*
  touch "$imported"
}

# certificate NAME SUBJECT [ALTERNATIVE NAMES]
certificate() {
  openssl req -x509 -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -days 365 -subj "$2" -addext basicConstraints=critical,CA:false -addext "subjectAltName=${3:-DNS:$1}" \
    -keyout "$pki/$1.key" -out "$pki/$1.crt" 2>/dev/null
}

write_certificates() {
  [[ ! -e $pki/finished ]] || return 0
  mkdir -p "$pki"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=kubectl-ray-ca \
    -keyout "$pki/ca.key" -out "$pki/ca.crt" 2>/dev/null
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/service-accounts.key"
  certificate kube-apiserver /CN=kube-apiserver "$(printf 'DNS:%s,' localhost \
    kubernetes{,.default{,.svc{,.cluster.local}}})IP:127.0.0.1,IP:$bridge_address,IP:$api_service_address"
  certificate kubelet-server "/CN=$node" "DNS:$node,IP:$bridge_address,IP:127.0.0.1"
  certificate kubelet "/O=system:nodes/CN=system:node:$node"
  certificate kube-apiserver-to-kubelet /O=system:masters/CN=kube-apiserver
  certificate kube-controller-manager /CN=system:kube-controller-manager
  certificate kube-scheduler /CN=system:kube-scheduler
  certificate kube-proxy /CN=system:kube-proxy
  certificate admin /O=system:masters/CN=kubectl-ray-admin
  certificate nobody /CN=nobody
  touch "$pki/finished"
}

# kubeconfig_for CERTIFICATE
kubeconfig_for() {
  cat <<YAML
apiVersion: v1
kind: Config
current-context: kubectl-ray
contexts:
- name: kubectl-ray
  context: {cluster: kubectl-ray, user: kubectl-ray-$1}
clusters:
- name: kubectl-ray
  cluster:
    server: https://127.0.0.1:$api_port
    certificate-authority-data: $(base64 --wrap=0 "$pki/ca.crt")
users:
- name: kubectl-ray-$1
  user:
    client-certificate-data: $(base64 --wrap=0 "$pki/$1.crt")
    client-key-data: $(base64 --wrap=0 "$pki/$1.key")
YAML
}

write_kubeconfigs() {
  local component
  umask 077
  for component in kubelet kube-controller-manager kube-scheduler kube-proxy; do
    kubeconfig_for $component >"$settings/$component.kubeconfig"
  done
  kubeconfig_for nobody >"$kubeconfig-nobody"
  kubeconfig_for admin >"$kubeconfig"
}

# Without restrict_oom_score_adj runc cannot start a container on a machine that forbids lowering the score.
containerd_settings() {
  cat <<TOML
version = 2
root = "$containerd_root/root"
state = "$sockets/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing",
]
[grpc]
  address = "$sockets/containerd.sock"
[ttrpc]
  address = "$sockets/containerd.sock.ttrpc"
[plugins."io.containerd.internal.v1.opt"]
  path = "$containerd_root/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause_image"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$settings/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = "$sockets/runc"
TOML
}

cni_settings() {
  cat <<JSON
{"cniVersion": "0.4.0", "name": "kubectl-ray", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$sockets/cni", "ranges": [[{"subnet": "$pod_network"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}}]}
JSON
}

# Thresholds of 0 and 100 %: a full disk of the machine is no reason to throw away the images or the tests' pods.
kubelet_settings() {
  cat <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $bridge_address
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: "$pki/ca.crt"}
authorization: {mode: Webhook}
tlsCertFile: "$pki/kubelet-server.crt"
tlsPrivateKeyFile: "$pki/kubelet-server.key"
containerRuntimeEndpoint: unix://$sockets/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
failCgroupV1: false
failSwapOn: false
localStorageCapacityIsolation: false
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
clusterDomain: cluster.local
clusterDNS: [$dns_service_address]
resolvConf: "$settings/resolv.conf"
podLogsDir: "$state/pod-logs"
volumePluginDir: "$state/volume-plugins"
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0%}
YAML
}

write_settings() {
  [[ ! -e $settings/finished ]] || return 0
  mkdir -p "$settings/cni"
  echo "$api_port" >"$sockets/api-port"
  : >"$settings/resolv.conf"
  containerd_settings >"$settings/containerd.toml"
  cni_settings >"$settings/cni/kubectl-ray.conflist"
  kubelet_settings >"$settings/kubelet.yaml"
  (write_kubeconfigs)
  touch "$settings/finished"
}

start_etcd() {
  start etcd etcd --name "$node" --data-dir "$state/etcd" \
    --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
    --listen-peer-urls "http://127.0.0.1:$etcd_peer_port" \
    --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peer_port" \
    --initial-cluster "$node=http://127.0.0.1:$etcd_peer_port"
}

start_containerd() { start containerd containerd --config "$settings/containerd.toml"; }

# It listens on every address because it has to on two, loopback and the bridge; make_network refuses the others.
start_kube_apiserver() {
  start kube-apiserver "$kubernetes/kube-apiserver" \
    --etcd-servers "http://127.0.0.1:$etcd_port" \
    --bind-address 0.0.0.0 --advertise-address "$bridge_address" --secure-port "$api_port" \
    --service-cluster-ip-range "$service_network" --authorization-mode Node,RBAC --allow-privileged \
    --client-ca-file "$pki/ca.crt" --tls-cert-file "$pki/kube-apiserver.crt" \
    --tls-private-key-file "$pki/kube-apiserver.key" \
    --kubelet-preferred-address-types InternalIP --kubelet-certificate-authority "$pki/ca.crt" \
    --kubelet-client-certificate "$pki/kube-apiserver-to-kubelet.crt" \
    --kubelet-client-key "$pki/kube-apiserver-to-kubelet.key" \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$pki/service-accounts.key" \
    --service-account-signing-key-file "$pki/service-accounts.key"
}

start_kube_controller_manager() {
  start kube-controller-manager "$kubernetes/kube-controller-manager" \
    --kubeconfig "$settings/kube-controller-manager.kubeconfig" --bind-address 127.0.0.1 --leader-elect=false \
    --kube-api-qps 300 --kube-api-burst 300 --use-service-account-credentials --root-ca-file "$pki/ca.crt" \
    --service-account-private-key-file "$pki/service-accounts.key" \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key"
}

start_kube_scheduler() {
  start kube-scheduler "$kubernetes/kube-scheduler" --kubeconfig "$settings/kube-scheduler.kubeconfig" \
    --bind-address 127.0.0.1 --leader-elect=false
}

start_kubelet() {
  start kubelet "$kubernetes/kubelet" --config "$settings/kubelet.yaml" --kubeconfig "$settings/kubelet.kubeconfig" \
    --root-dir "$state/kubelet" --hostname-override "$node" --node-ip "$bridge_address"
}

start_kube_proxy() {
  start kube-proxy "$kubernetes/kube-proxy" --kubeconfig "$settings/kube-proxy.kubeconfig" \
    --hostname-override "$node" --proxy-mode iptables --cluster-cidr "$pod_network" \
    --healthz-bind-address 127.0.0.1:10256 --metrics-bind-address 127.0.0.1:10249 \
    --nodeport-addresses "$bridge_address/32" --iptables-localhost-nodeports=false \
    --conntrack-max-per-core 0 --conntrack-tcp-timeout-established 0 --conntrack-tcp-timeout-close-wait 0
}

get() { curl --noproxy '*' --silent --fail --max-time 2 --output /dev/null "$@"; }

is_healthy() {
  case $1 in
    etcd) get "http://127.0.0.1:$etcd_port/health" ;;
    containerd) in_containerd --timeout 2s version >/dev/null 2>&1 ;;
    kube-apiserver) get --cacert "$pki/ca.crt" "https://127.0.0.1:$api_port/readyz" ;;
    kube-controller-manager) get --insecure https://127.0.0.1:10257/healthz ;;
    kube-scheduler) get --insecure https://127.0.0.1:10259/healthz ;;
    kubelet) get http://127.0.0.1:10248/healthz ;;
    kube-proxy) get http://127.0.0.1:10256/healthz ;;
  esac
}

node_is_ready() {
  api "/api/v1/nodes/$node" | grep '"type":"Ready","status":"True"' >/dev/null &&
    api /api/v1/namespaces/default/serviceaccounts/default >/dev/null
}

coredns_is_available() { api /apis/apps/v1/namespaces/kube-system/deployments/coredns | grep '"availableReplicas":1' >/dev/null; }
