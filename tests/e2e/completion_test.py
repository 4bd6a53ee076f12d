"""Completion as shells do it: bash, zsh and fish with our scripts, and `kubectl ray` with kubectl's own, names from the cluster."""

import os
import pathlib
import subprocess

import cluster
import pytest

PLUGIN = pathlib.Path(os.environ["KUBECTL_RAY"])

# Prints the candidates for a line, one each.
BASH = """
source <(kubectl-ray completion bash)
IFS=' ' read -r -a words <<<"$LINE"
[[ $LINE != *' ' ]] || words+=('')
COMP_WORDS=()  # as readline splits: "=" is a word of its own
for word in "${words[@]}"; do
  if [[ $word == --*=* ]]; then COMP_WORDS+=("${word%%=*}" = "${word#*=}"); else COMP_WORDS+=("$word"); fi
done
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_kubectl_ray
printf '%s\\n' "${COMPREPLY[@]}"
"""
# A real line editor in a terminal of zsh's own: TAB lists the matches, which a widget then takes from its own function.
ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -U compinit && compinit -u -d $COMPDUMP; source <(kubectl-ray completion zsh)'
zpty -w shell 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then builtin compadd "$@"; return; fi; local -a found; builtin compadd -A found "$@"; print -lr -- "<"${^found}">"; builtin compadd "$@"; }'
zpty -w shell 'PS1=rea""dy'  # only the line editor shows it: before, the terminal itself would obey the ^U below
zpty -r -m shell seen '*ready*'
zpty -n -w shell "$LINE"$'\t'
zpty -w shell $'\x15print don""e'
zpty -r -m shell seen '*done*'
print -r -- "$seen" | grep -o '<[^>]*>' | tr -d '<>'
zpty -d shell
"""
FISH = 'kubectl-ray completion fish | source; complete -C "$LINE" | string split -f 1 \\t'
KUBECTL_FISH = 'kubectl completion fish | source; complete -C "$LINE" | string split -f 1 \\t'
SHELLS = {"bash": ["bash", "-c", BASH], "zsh": ["zsh", "-f", "-c", ZSH], "fish": ["fish", "-N", "-c", FISH]}


@pytest.fixture(scope="module")
def ns():
    with cluster.namespace("completion") as name:
        for cluster_name in ("demo", "demo-two"):
            done = cluster.run(PLUGIN, "create", "cluster", cluster_name, "-n", name, "--worker-replicas", "0", "--head-cpu", "64",
                               "--without-operator", "--no-agent")
            assert done.returncode == 0, done.stderr
        assert cluster.run(PLUGIN, "suspend", "demo-two", "-n", name).returncode == 0  # it has no pod, and a name
        yield name


def candidates(shell, line, tmp_path):
    """What the shell offers for a line, sorted."""
    path = tmp_path / "bin"
    path.mkdir(exist_ok=True)
    if not (path / "kubectl-ray").is_symlink():
        (path / "kubectl-ray").symlink_to(PLUGIN)
    environment = cluster.environment()
    environment |= {"PATH": f"{path}:{environment['PATH']}", "LINE": line, "HOME": str(tmp_path), "COMPDUMP": str(tmp_path / "dump")}
    helper = path / "kubectl_complete-ray"
    helper.write_text(subprocess.run([PLUGIN, "completion", "kubectl"], capture_output=True, text=True, check=True).stdout)
    helper.chmod(0o755)
    done = subprocess.run(shell, env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    return sorted(set(done.stdout.split())), done.stderr


def completes(shell, line, tmp_path, expected):
    """A completion waits two seconds for the API server and then offers nothing, which a busy machine may need a second try for."""
    tries = [candidates(shell, line, tmp_path)]
    while tries[-1][0] == [] and len(tries) < 5:
        tries.append(candidates(shell, line, tmp_path))
    assert tries[-1][0] == expected, tries


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line, expected", [
    ("kubectl-ray del", ["delete"]),
    ("kubectl-ray get clu", ["cluster"]),
    ("kubectl-ray logs -n {ns} ", ["demo", "demo-two"]),
    ("kubectl-ray logs -n {ns} demo-", ["demo-two"]),
    ("kubectl-ray logs --namespace={ns} demo-", ["demo-two"]),
    ("kubectl-ray completion f", ["fish"]),
    ("kubectl-ray get cluster -n kube-s", ["kube-system"]),
])
def test_candidates(shell, line, expected, ns, tmp_path):
    completes(SHELLS[shell], line.format(ns=ns), tmp_path, expected)


@pytest.mark.parametrize("shell, expected", [("bash", "kube-system"), ("zsh", "kube-system"), ("fish", "--namespace=kube-system")])
def test_a_value_behind_an_equals_sign(shell, expected, tmp_path):
    completes(SHELLS[shell], "kubectl-ray get cluster --namespace=kube-s", tmp_path, [expected])


def test_files_where_a_file_is_asked_for(tmp_path):
    (tmp_path / "cluster.yaml").touch()
    assert candidates(SHELLS["fish"], "kubectl-ray create cluster --file clu", tmp_path)[0] == ["cluster.yaml"]


@pytest.mark.parametrize("line, expected", [
    ("kubectl ray del", ["delete"]),
    ("kubectl ray logs -n {ns} demo-", ["demo-two"]),
])
def test_kubectl_completes_its_plugin(line, expected, ns, tmp_path):
    completes(["fish", "-N", "-c", KUBECTL_FISH], line.format(ns=ns), tmp_path, expected)
