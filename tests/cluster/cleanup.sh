# shellcheck shell=bash disable=SC2154 # lib.sh and settings.sh set them
# Taking the cluster away without leaving a process, mount, bridge, rule, control group or file of it behind. It relies on
# no part of the cluster being alive or well.

# Version 1 mounts one hierarchy per controller, and often version 2's, without controllers, beside them.
cgroup_roots() { awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts; }

make_cgroups() {
  local root controller
  # Version 2, where it is the only one, offers a control group the controllers that its parent passes on.
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    tr ' ' '\n' </sys/fs/cgroup/cgroup.controllers | while read -r controller; do
      echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control || say "cannot pass on the controller $controller"
    done
  fi
  for root in $(cgroup_roots); do mkdir -p "$root/$cgroup"; done
}

# All processes in the containers, whoever their parents are.
kill_containers() {
  local root pids deadline=$((SECONDS + 10))
  for root in $(cgroup_roots); do
    [[ -d $root/$cgroup ]] || continue
    while pids=$(find "$root/$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null | grep -vx 0 || true) && [[ -n $pids ]]; do
      # shellcheck disable=SC2086 # one argument each
      kill -KILL $pids 2>/dev/null || true
      ((SECONDS < deadline)) || die "cannot stop the containers: these processes stay alive after SIGKILL: ${pids//$'\n'/ }"
      sleep 0.02
    done
  done
}

# containerd's shims outlive it. They carry its socket's path as an argument.
shim_pids() {
  local arguments
  for arguments in /proc/[0-9]*/cmdline; do
    if grep --silent --null-data --line-regexp --fixed-strings "$sockets/containerd.sock" "$arguments" 2>/dev/null &&
      [[ $(readlink "${arguments%cmdline}exe") == */containerd-shim-runc-v2 ]]; then
      basename "${arguments%/cmdline}"
    fi
  done
}

kill_shims() {
  local pids address
  pids=$(shim_pids)
  # shellcheck disable=SC2086 # one argument each
  [[ -z $pids ]] || kill -KILL $pids
  for address in "$sockets"/containerd/io.containerd.runtime.v2.task/k8s.io/*/address; do
    [[ ! -e $address ]] || rm -f "$(sed 's,^unix://,,' "$address")"
  done
}

our_mounts() {
  local path
  while read -r _ path _; do
    printf -v path '%b' "$path"
    case $path in "$state"/* | "$containerd_root"/* | "$sockets"/*) echo "$path" ;; esac
  done </proc/mounts | sort --reverse
}

unmount_all() {
  local path
  while read -r path; do umount --lazy "$path"; done < <(our_mounts)
}

# Removes what the containers have written, which would stay on the disk. containerd collects its garbage now and then;
# the end of a lease makes it do so at once.
forget_containers() {
  local containers deadline=$((SECONDS + 5))
  is_running containerd && is_healthy containerd || return 0
  containers=$(in_containerd containers list --quiet)
  # shellcheck disable=SC2086 # one argument each
  until [[ -z $containers ]] || ((SECONDS >= deadline)) || in_containerd containers remove $containers 2>/dev/null; do
    sleep 0.05
  done
  in_containerd leases create --id kubectl-ray-down >/dev/null
  in_containerd leases delete --sync kubectl-ray-down >/dev/null
}

remove_cgroups() {
  local root
  for root in $(cgroup_roots); do
    [[ ! -d $root/$cgroup ]] || find "$root/$cgroup" -depth -type d -exec rmdir {} \;
  done
}

# Folders whose place in Kubernetes, containerd and CNI is not ours to choose.
remove_strays() {
  local result container
  for result in /var/lib/cni/results/kubectl-ray-*; do
    container=${result#*/kubectl-ray-}
    rm -f "/var/lib/cni/results/"*"-${container%-*}-"*
  done
  find /var/log/containers -type l -lname "$state/*" -delete 2>/dev/null || true
  rm -rf /var/lib/kubelet/device-plugins
  rmdir --ignore-fail-on-non-empty /var/log/containers /var/lib/kubelet /var/lib/cni/results /var/lib/cni \
    /run/containerd/s /run/containerd 2>/dev/null || true
}

# Nothing of the state is kept, so only containerd, which owns the images, is given the time to end in order.
remove_cluster() {
  local name
  for name in kubelet kube-proxy kube-scheduler kube-controller-manager kube-apiserver etcd; do stop $name KILL; done
  kill_containers
  kill_shims
  forget_containers
  stop containerd TERM
  unmount_all
  remove_cgroups
  remove_network
  remove_strays
  rm -rf --one-file-system "$state" "$sockets"
}
