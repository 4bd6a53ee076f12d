"""The benches' harness: who runs when, what the statistics are, and that a page keeps what was not measured again."""

import sys

import pytest

import bench
from bench import Rival, Spread, ours


def fixed(trace, name, *values):
    """A rival that leaves its name in `trace`, and takes as long as said, round after round."""
    left = iter(values)

    def run():
        trace.append(name)
        return {"wall s": next(left)}

    return run


def test_rivals_run_in_turn_and_the_first_round_does_not_count():
    trace = []
    results = bench.in_turn([ours("a", fixed(trace, "a", 9, 1, 2)), Rival("b", fixed(trace, "b", 9, 3, 4))], rounds=2, warm_up=True)
    assert trace == ["a", "b"] * 3
    assert [result["figures"]["wall s"] for result in results] == [[1, 2], [3, 4]]


def test_without_a_warm_up_every_round_counts():
    trace = []
    results = bench.in_turn([ours("a", fixed(trace, "a", 1))], rounds=1, warm_up=False)
    assert trace == ["a"] and results[0]["figures"] == {"wall s": [1]}


@pytest.mark.parametrize("samples, expected", [
    ([5.0], Spread(5, 5, 5)),
    ([3.0, 1.0], Spread(1, 2, 3)),
    ([9.0, 1.0, 2.0], Spread(1, 2, 9)),
    ([4.0, 1.0, 2.0, 3.0], Spread(1, 2.5, 4)),
])
def test_the_spread_is_least_median_and_most(samples, expected):
    assert bench.spread(samples) == expected


@pytest.mark.parametrize("figure, own, other, expected", [
    ("wall s", [2.0], [6.0], 3),
    ("wall s", [6.0], [3.0], 0.5),
    ("wall s", [1.0, 2.0, 100.0], [4.0, 4.0, 0.1], 2),  # of medians
    ("lines/s", [600.0], [200.0], 3),
    ("MB/s", [100.0], [200.0], 0.5),
    ("CPU s", [0.0], [1.0], None),
    ("CPU s", [1.0], [0.0], None),
])
def test_a_ratio_says_how_many_times_better_ours_is(figure, own, other, expected):
    assert bench.ratio(figure, own, other) == expected


@pytest.mark.parametrize("value, text", [(0, "0"), (0.0123, "0.012"), (0.9994, "0.999"), (1, "1.00"), (9.876, "9.88"), (12.34, "12.3"),
                                         (99.94, "99.9"), (123.4, "123"), (1234567, "1,234,567")])
def test_numbers_have_three_digits(value, text):
    assert bench.number(value) == text


def result(name, wall, scale=1, date="2026-11-30"):
    return {"name": name, "title": f"The {name}", "date": date, "machine": "A processor, 2 cores", "scale": scale, "cases": [{
        "title": "a | b", "rounds": 2, "warm_up": True, "rivals": [
            {"name": "ours", "ours": True, "beside": "", "figures": {"wall s": [wall], "lines/s": [100.0, 300.0]}},
            {"name": "other of ours", "ours": True, "beside": "", "figures": {"wall s": [1.0]}},
            {"name": "theirs", "ours": False, "beside": "ours", "figures": {"wall s": [2.0, 4.0], "lines/s": [50.0, 50.0]}},
            {"name": "theirs, other", "ours": False, "beside": "other of ours", "figures": {"wall s": [4.0]}},
        ]}]}


SECTION = """<!-- bench one -->
## The one

2026-11-30; A processor, 2 cores.

| a \\| b | wall s | lines/s |
| --- | --- | --- |
| ours | 2.00 | 200 (100 to 300) |
| other of ours | 1.00 |  |
| theirs | 3.00 (2.00 to 4.00), 1.50× | 50.0 (50.0 to 50.0), 4.00× |
| theirs, other | 4.00, 4.00× |  |
<!-- end of one -->
"""


def test_a_page_is_made_of_results():
    assert bench.with_results("", [result("one", 2.0)], {"one", "two"}) == bench.HEAD + "\n" + SECTION


def test_a_page_keeps_what_was_not_run_again_and_is_sorted():
    names = {"a_third", "one", "two"}
    page = bench.with_results("", [result("one", 1.0, date="2026-01-01"), result("two", 1.0)], names)
    page = bench.with_results(page, [result("one", 2.0), result("a_third", 1.0)], names)
    assert [found[1] for found in bench.SECTION.finditer(page)] == sorted(names)
    assert SECTION in page and "2026-01-01" not in page
    assert bench.with_results(page, [], names) == page


def test_a_bench_that_is_gone_is_in_no_page():
    page = bench.with_results("", [result("one", 2.0), result("two", 1.0)], {"one", "two"})
    assert bench.with_results(page, [result("two", 3.0)], {"one"}) == bench.HEAD + "\n" + SECTION


def test_a_short_look_gets_into_no_page():
    page = bench.with_results("", [result("one", 2.0)], {"one", "two"})
    assert bench.with_results(page, [result("one", 9.0, scale=0.1), result("two", 1.0, scale=0.1)], {"one", "two"}) == page


def test_a_command_is_measured_and_held_to_what_it_should_do():
    program = "import sys; bytearray(50_000_000); print('first', flush=True); sum(range(3_000_000)); sys.exit(3)"
    figures = bench.command([sys.executable, "-S", "-c", program], check=lambda output: output == "first\n", match="first", code=3)()
    assert list(figures) == ["wall s", "CPU s", "peak MiB", "first s"]
    assert 0.01 < figures["CPU s"] <= figures["wall s"] * 1.5 and figures["first s"] < figures["wall s"] and figures["peak MiB"] > 45
    for wrong in ({"code": 0}, {"code": 3, "check": lambda output: False}, {"code": 3, "match": "second"}):
        with pytest.raises(AssertionError):
            bench.command([sys.executable, "-S", "-c", program], **wrong)()


def test_a_short_command_is_run_often_in_one_round(tmp_path):
    figures = bench.command(["sh", "-c", f"echo >>{tmp_path}/runs"], repeat=10)()
    assert (tmp_path / "runs").read_text() == "\n" * 10 and 0 < figures["wall s"] < 1


def test_a_result_is_written_only_if_all_went_well(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "bench")
    monkeypatch.setattr(bench, "BENCHES", tmp_path)
    (tmp_path / "some_bench.py").touch()
    monkeypatch.setattr(bench, "PAGE", tmp_path / "performance.md")
    monkeypatch.setattr(sys, "argv", ["tests/bench/some_bench.py"])
    with pytest.raises(ValueError), bench.Bench("Some"):
        raise ValueError
    assert not (tmp_path / "bench").exists()
    with bench.Bench("Some") as some:
        spreads = some.case("all of it", ours("a", lambda: {"wall s": 1.0}), Rival("b", lambda: {"wall s": 2.0}), rounds=2)
    assert spreads == {"a": {"wall s": Spread(1, 1, 1)}, "b": {"wall s": Spread(2, 2, 2)}}
    bench.main()
    page = (tmp_path / "performance.md").read_text()
    assert "## Some\n" in page and "| b | 2.00 (2.00 to 2.00), 2.00× |\n" in page
