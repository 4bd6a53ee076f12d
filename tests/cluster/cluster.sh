# shellcheck shell=bash
# All that the scripts which handle the running cluster share.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=settings.sh
source "$here/settings.sh"
# shellcheck source-path=SCRIPTDIR source=processes.sh
source "$here/processes.sh"
# shellcheck source-path=SCRIPTDIR source=network.sh
source "$here/network.sh"
# shellcheck source-path=SCRIPTDIR source=cleanup.sh
source "$here/cleanup.sh"

require_root() {
  ((EUID == 0)) || die "cannot handle the cluster: it needs bridges, mounts and control groups; run '$0' as root"
}

# Bridge, addresses and ports are the machine's, so there is one cluster for all caches.
refuse_other_cache() {
  local owner
  [[ -e $sockets/cache ]] || return 0
  owner=$(<"$sockets/cache")
  [[ $owner == "$cache" ]] ||
    die "cannot handle the cluster of $cache: this machine runs the one of $owner; set KUBECTL_RAY_CACHE=$owner for it"
}
