"""README.md lists every flag, variable and exit code, as --help does. Run as a program, this writes the tables again."""
import pathlib
import re

import agent

README = pathlib.Path(__file__).parents[2] / "ray-init-agent/README.md"
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


def with_table(text):
    return re.sub(r"(<!-- flags -->\n).*(<!-- end of flags -->)", lambda m: f"{m[1]}{flag_table()}\n{m[2]}", text,
                  flags=re.S)


def test_the_flags_of_the_readme_are_those_of_help():
    assert README.read_text() == with_table(README.read_text()), f"run {__file__} to write the table again"


def test_the_exit_codes_of_the_readme_are_those_of_help():
    rows = dict(re.findall(r"^\| (\d+) \| ([a-z-]+) \|", README.read_text(), re.M))
    assert rows == exit_codes()


if __name__ == "__main__":
    README.write_text(with_table(README.read_text()))
