"""What the agent's /metrics says, read as strictly as Prometheus does."""
import re
import urllib.request

LABEL = r'[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf'(ray_init_agent_[a-z_]+)(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\d+(?:\.\d+)?)')


def parse(text):
    """{`name` or `name{labels}`: value}, without the prefix ray_init_agent_."""
    assert text.endswith("\n")
    values, family, helped = {}, None, set()
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert family not in helped
            helped.add(family)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == family and kind in ("counter", "gauge") and (kind == "counter") == name.endswith("_total")
        else:
            match = SAMPLE.fullmatch(line)
            assert match and match[1] == family, line
            key = family.removeprefix("ray_init_agent_") + (f"{{{match[2]}}}" if match[2] else "")
            assert key not in values
            values[key] = float(match[3])
    return values


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=15) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return parse(answer.read().decode())
