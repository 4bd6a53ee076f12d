"""The YAML we read is kubectl's: what a real API server gets of a file from `kubectl ray apply` is what it gets from the real
`kubectl apply`, or the file is refused."""

import json
import os
import subprocess

import pytest

from api_server import api_server, wait_for
from cluster import part

KUBECTL = part("kubernetes") / "kubectl"
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "samples.test.example"},
    "spec": {"group": "test.example", "scope": "Namespaced", "names": {"plural": "samples", "kind": "Sample"},
             "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                 "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}

# What an unquoted or tagged scalar is; flow collections; quotes.
VALUES = r"""
0400
0600
0o400
0O17
-0400
+0400
08
09.5
0_7
0x1F
-0x10
0xFFFFFFFFFFFFFFFF
0x1FFFFFFFFFFFFFFFF
0b11
-0b11
0b2
0x
0o8
-0
+3
1_000
1__0_
_1
1e3
1E3
1e+3
1e-3
1.0
1.
.5
-.5
.
+
1,000
1e
9223372036854775807
9223372036854775808
18446744073709551615
18446744073709551616
-9223372036854775808
-9223372036854775809
123456789012345678901234567890
1e21
1e400
1e-400
5e-324
1.7976931348623157e308
0.1
1e-7
yes
Yes
YES
yEs
y
n
no
On
off
True
FALSE
tRUE
~
null
Null
NULL
nULL

2026-11-21
2026-11-21T10:00:00Z
2026-11-21 10:00:00 +1
12:30:45
190:20:30
500m
2.52.0
4Gi
=
<<
inf
'12'
"yes"
"\u00e9\x41\t\e\_\L\P\U0001F600\0"
!!str 123
!!str yes
!!int "12"
!!float 3
!!float "3.5"
!!bool "yes"
!!null ~
!!binary aGVsbG8=
!!timestamp 2026-11-21
!foo 12
! 12
[a, b, ]
{a: 1, b: }
{a, b: 1}
{"a":1}
a b  c
a#b
a #b
'it''s'
😀
a:b
{a: http://x}
[a:b]
{a:1}
{1: a}
{0x10: a}
{010: a}
{true: a}
{yes: a, n: b}
{1.5: a}
{1e7: a}
{2026-11-21: a}
{9223372036854775807: a}
{-1: a}
{"<<": {a: 1}}
!!map {a: 1}
!!set {a, b}
""".split("\n")[1:-1]

# Members of `spec`, as they stand in a file.
BLOCKS = {
    "literal": "v: |\n  a\n   b\n\n  c\n",
    "literal, stripped": "v: |-\n  a\n\n",
    "literal, kept": "v: |+\n  a\n\nw: 1\n",
    "folded": "v: >\n  a\n  b\n\n  c\n   d\n  e\n",
    "indentation given": "v: |2\n   a\n  b\n",
    "plain of several lines": "v: a\n  b\n\n  c\n",
    "quoted of several lines": "v: \"a\n  b\n\n  c\"\n",
    "line ends escaped": "v: \"a\\\n  b\"\n",
    "merge": "b: &b {x: 1, y: 2}\nv: {<<: *b, y: 3}\n",
    "merge after": "b: &b {x: 1, y: 2}\nv: {y: 3, <<: *b}\n",
    "merge of a list": "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nv: {<<: [*a, *b], z: 3}\n",
    "merge twice": "a: &a {x: 1}\nb: &b {y: 2}\nv: {<<: *a, <<: *b}\n",
    "merge is shallow": "a: &a {x: {p: 1}}\nv: {<<: *a, x: {q: 2}}\n",
    "anchor of a number": "a: &x 0400\nv: *x\n",
    "anchor of a text": "a: &x \"0400\"\nv: [*x, *x]\n",
    "anchor set again": "a: &x 1\nb: &x 2\nv: *x\n",
    "explicit key": "v:\n  ? a\n  : b\n  ? c\n",
    "list not indented": "v:\n- a\n- b\n",
    "list in a list": "v:\n- - a\n  - b\n- c: 1\n  d: 2\n",
    "empty items": "v:\n-\n- a\n-\n",
    "comments": "# c\nv: # c\n  # c\n  a: 1 # c\n  # c\n",
    "flow of several lines": "v: {a: 1, # c\n  b: [x,\n   y],\n  }\n",
    "CRLF": "v: a\r\nw:\r\n  x: |\r\n    l1\r\n    l2\r\n",
    "tabs": "v:\ta\t# c\nw: b\tc\t\nx: [a,\tb]\ny: |\n  a\tb\n  \tc\nz: 1\n",
    "long key": "v:\n  " + "k" * 1000 + ": 1\n",
    "some aliases": "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nv: [*b, *b, *b]\n",
    "no-break space": "v: a\u00a0b\n",
}

DOCUMENT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: b}\n"
A, B = DOCUMENT % "a", DOCUMENT % "b"
FILES = {
    "empty ones between": A + "---\n---\n# c\n---\n\n---\n" + B + "---\n",
    "leading": "# c\n---\n" + A,
    "blanks after the dashes": A + "---  \t\n" + B,
    "a comment after the dashes": A + "--- # c\n" + B,
    "end marker": A + "...\n---\n" + B,
    "null ones": A + "---\nnull\n---\n~\n---\n" + B,
    "BOM": "\ufeff" + A,
    "CRLF": (A + "---\n" + B).replace("\n", "\r\n"),
    "no newline at the end": (A + "---\n" + B).rstrip(),
    "dashes in a block": A.replace("{a: b}", "\n  a: |\n    x\n    ---\n    y"),
    "JSON": '{\n\t"apiVersion":"v1",\n\t"kind":"ConfigMap",\n\t"metadata":{"name":"a"}, "data": {"x": "a\u2028b"}}\n',
    "List": "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
            "- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n",
}

# Refused by both.
BROKEN = {
    "infinity": "v: .inf\n", "no number": "v: .nan\n", "null key": "v: {~: a}\n", "list as a key": "v: {[a]: b}\n",
    "too large a key": "v: {18446744073709551615: a}\n", "merge of a number": "v: {<<: 1}\n", "no such anchor": "v: *x\n",
    "anchor in itself": "v: &x [*x]\n", "tab as indentation": "v:\n\ta: 1\n", "two values": "v: a: b\n", "at": "v: @a\n",
    "percent": "v: %a\n", "backquote": "v: `a\n", "too long a key": "v:\n  " + "k" * 1025 + ": 1\n", "control": "v: \"a\x01b\"\n",
    "half a character": "v: \"\\ud83d\"\n", "last key without a colon": "v: \"a\"\nw\n", "open quote": "v: \"a\n",
    "too many aliases": "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)),
}
# kubectl takes the last one, or what it happens to find: we refuse, by place.
REFUSED_BY_US = {
    "key twice": "v: {a: 1, a: 2}\n", "key twice, by its value": "v: {1: a, \"1\": b}\n", "not UTF-8": b"v: \"a\xffb\"\n",
    "a line break of Unicode": "v: 1 # a\u2029w: 2\n", "deep": "v: " + "[" * 200 + "]" * 200 + "\n",
}
# YAML 1.2 has it, kubectl does not.
REFUSED_BY_KUBECTL = {"slash": "v: \"\\/\"\n", "tab after a dash": "v:\n-\ta\n"}


def sample(name: str, members) -> bytes:
    head = f"apiVersion: test.example/v1\nkind: Sample\nmetadata: {{name: {name}}}\nspec:\n".encode()
    members = members if isinstance(members, bytes) else members.encode()
    return head + b"".join(b"  " + line + b"\n" for line in members.removesuffix(b"\n").split(b"\n"))


@pytest.fixture(scope="module")
def server():
    with api_server() as running:
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        running.request("POST", path, DEFINITION)
        wait_for(lambda: any(c["type"] == "Established" and c["status"] == "True" for c in running.request(
            "GET", path + "/samples.test.example").get("status", {}).get("conditions") or []))
        yield running


def run(server, program, *arguments, text):
    return subprocess.run([program, *arguments, "-f", "-"], input=text, timeout=120, capture_output=True, check=False,
                          env={**os.environ, "KUBECONFIG": str(server.kubeconfig)})


def by_name(objects):
    return {o["metadata"]["name"]: {k: o[k] for k in ("spec", "data") if k in o} for o in objects}


def kubectl(server, text):
    # On the server's side, as ours: the other way drops nulls while it makes an object.
    done = run(server, KUBECTL, "apply", "--server-side", "--dry-run=server", "-o", "json", text=text)
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)
    return by_name(answer["items"] if answer["kind"] == "List" else [answer])


def ours(server, text, collection):
    done = run(server, os.environ["KUBECTL_RAY"], "apply", text=text)
    assert done.returncode == 0, done.stderr.decode()
    stored = by_name(server.request("GET", collection)["items"])
    server.request("DELETE", collection)
    return stored


def members():
    return {**{f"v: {value}": f"v: {value}\n" for value in VALUES}, **BLOCKS}


def test_a_next_line_character_arrives(server):
    """kubectl hands the JSON of an object to the server, which reads it as YAML and makes a space of this character."""
    stored = ours(server, sample("nel", 'v: "a\\Nb"\n'), "/apis/test.example/v1/namespaces/default/samples")
    assert stored == {"nel": {"spec": {"v": "a\x85b"}}}


def test_values_arrive_as_with_kubectl(server):
    rows = {f"r{i}": row for i, row in enumerate(members().items())}
    names = list(rows)
    for batch in (names[i:i + 90] for i in range(0, len(names), 90)):  # 100 documents are the most we read
        text = b"---\n".join(sample(name, rows[name][1]) for name in batch)
        theirs, stored = kubectl(server, text), ours(server, text, "/apis/test.example/v1/namespaces/default/samples")
        assert sorted(theirs) == sorted(batch)
        wrong = {rows[name][0]: (theirs[name], stored.get(name)) for name in batch if theirs[name] != stored.get(name)}
        assert not wrong


@pytest.mark.parametrize("name", FILES)
def test_documents_arrive_as_with_kubectl(server, name):
    text = FILES[name].encode()
    # kubectl reads what follows "--- # c" as part of the document before it, and drops it.
    theirs = {**kubectl(server, text), **({"b": {"data": {"a": "b"}}} if "comment after" in name else {})}
    stored = ours(server, text, "/api/v1/namespaces/default/configmaps")
    stored.pop("kube-root-ca.crt", None)
    assert stored == theirs


@pytest.mark.parametrize("refused", ["both", "us", "kubectl"])
def test_what_is_refused(server, refused):
    rows = {"both": BROKEN, "us": REFUSED_BY_US, "kubectl": REFUSED_BY_KUBECTL}[refused]
    for name, row in rows.items():
        text = sample("x", row)
        theirs = run(server, KUBECTL, "apply", "--dry-run=server", "--validate=false", "-o", "json", text=text)
        done = run(server, os.environ["KUBECTL_RAY"], "apply", "--dry-run=server", text=text)
        assert (theirs.returncode != 0) == (refused != "us"), (name, theirs)
        assert (done.returncode != 0) == (refused != "kubectl"), (name, done)
        if refused != "kubectl":
            assert b"error: cannot" in done.stderr, (name, done)
