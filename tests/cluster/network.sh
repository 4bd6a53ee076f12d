# shellcheck shell=bash disable=SC2154 # lib.sh and settings.sh set them
# The machine's own network and kernel settings as far as the cluster needs them, and how they become again what they were.

# What the kubelet, kube-proxy and make_network set on the machine.
sysctls=(
  net/ipv4/ip_forward net/bridge/bridge-nf-call-iptables net/ipv4/conf/all/route_localnet
  vm/overcommit_memory kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes
)

save_sysctls() {
  local name
  [[ ! -e $sockets/sysctls ]] || return 0
  for name in "${sysctls[@]}"; do
    [[ ! -e /proc/sys/$name ]] || echo "$name $(<"/proc/sys/$name")"
  done >"$sockets/sysctls.unfinished"
  mv "$sockets/sysctls.unfinished" "$sockets/sysctls"
}

restore_sysctls() {
  local name value
  [[ -e $sockets/sysctls ]] || return 0
  while read -r name value; do echo "$value" >"/proc/sys/$name"; done <"$sockets/sysctls"
}

rule() { iptables --wait --check "$@" 2>/dev/null || iptables --wait --insert "$@"; }

# Pods talk to each other and to this machine, and to nobody else; nobody else talks to them or to the API server.
make_network() {
  local mark=(-m comment --comment kubectl-ray)
  if [[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ]]; then modprobe br_netfilter; fi
  save_sysctls
  echo 1 >/proc/sys/net/ipv4/ip_forward
  echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
  [[ -e /sys/class/net/$bridge ]] || ip link add "$bridge" type bridge
  ip address replace "$bridge_address/${pod_network#*/}" dev "$bridge"
  ip link set "$bridge" up
  rule FORWARD -i "$bridge" -o "$bridge" "${mark[@]}" -j ACCEPT
  rule FORWARD -i "$bridge" ! -o "$bridge" "${mark[@]}" -j REJECT
  rule FORWARD ! -i "$bridge" -o "$bridge" "${mark[@]}" -j REJECT
  rule INPUT ! -i lo ! -s "$pod_network" -p tcp --dport "$api_port" "${mark[@]}" -j REJECT
}

# Reads iptables-save's lines; writes the ones for iptables-restore that take away the cluster's chains and rules only.
undo_rules() {
  awk '
    /^\*/ { print; chains = "" }
    /^:KUBE-/ { sub(/^:/, "", $1); print "-F " $1; chains = chains "-X " $1 "\n" }
    /^-A/ && $2 !~ /^KUBE-/ && (/ -j KUBE-/ || / --comment "?kubectl-ray"? /) { sub(/^-A/, "-D"); print }
    /^COMMIT/ { printf "%s", chains; print }'
}

remove_rules() {
  local save
  for save in iptables-save ip6tables-save; do
    "$save" | undo_rules | "${save/save/restore}" --noflush --wait
  done
}

remove_network() {
  local port
  if [[ -e /sys/class/net/$bridge ]]; then
    for port in "/sys/class/net/$bridge/brif/"*; do
      [[ ! -e $port ]] || ip link delete "${port##*/}"
    done
    ip link delete "$bridge"
  fi
  remove_rules
  restore_sysctls
}
