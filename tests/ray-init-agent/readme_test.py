"""README.md lists every flag, variable and exit code, as --help does, and every metric. Run as a program, this writes the tables
again."""
import pathlib
import re

import agent

ROOT = pathlib.Path(__file__).parents[2]
README = ROOT / "ray-init-agent/README.md"
METRICS = ROOT / "tests/testdata/agent/metrics.txt"  # what metrics_text_test.cc holds to be all of them
COMMANDS = ["start", "run", "wait-gcs", "health", "install"]


def flags():
    """{flag: [value, help, variable, default, [command...]]} in help's order."""
    found = {}
    pattern = re.compile(r"^  (--\S+)(?: (\S+))?\n      (.*)\n      Variable: (\S+)\.(?: Default: (.*)\.)?$", re.M)
    for command in COMMANDS:
        text = agent.run(command, "--help").stdout
        rows = pattern.findall(text)
        assert len(rows) == text.count("Variable: "), text
        for flag, value, help_text, variable, default in rows:
            found.setdefault(flag, [value, help_text, variable, default, []])[4].append(command)
    return found


def flag_table():
    lines = ["| flag | of | variable | default | |", "|---|---|---|---|---|"]
    for flag, (value, help_text, variable, default, commands) in flags().items():
        shown = f"`{flag} {value}`".replace("|", r"\|") if value else f"`{flag}`"
        default = f"`{default}`" if default else ""
        lines.append(f"| {shown} | {', '.join(commands)} | `{variable}` | {default} | {help_text} |")
    return "\n".join(lines)


def exit_codes():
    return dict(re.findall(r"^ +(\d+)  (\S+)$", agent.run("help").stdout, re.M))


def metric_table():
    lines = ["| metric | | labels | |", "|---|---|---|---|"]
    text = METRICS.read_text()
    for name, help_text, kind in re.findall(r"^# HELP ray_init_agent_(\S+) (.*)\n# TYPE \S+ (\S+)$", text, re.M):
        samples = re.findall(rf"^ray_init_agent_{name}(?:{{(.*)}})? ", text, re.M)
        labels = dict.fromkeys(label for sample in samples for label in re.findall(r'(\w+)="', sample))
        lines.append(f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {help_text} |")
    return "\n".join(lines)


def with_tables(text):
    for mark, table in [("flags", flag_table), ("metrics", metric_table)]:
        text = re.sub(rf"(<!-- {mark} -->\n).*(<!-- end of {mark} -->)", lambda m: f"{m[1]}{table()}\n{m[2]}", text, flags=re.S)
    return text


def test_the_flags_and_metrics_of_the_readme_are_those_there_are():
    assert README.read_text() == with_tables(README.read_text()), f"run {__file__} to write the tables again"


def test_the_exit_codes_of_the_readme_are_those_of_help():
    rows = dict(re.findall(r"^\| (\d+) \| ([a-z-]+) \|", README.read_text(), re.M))
    assert rows == exit_codes()


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text()))
