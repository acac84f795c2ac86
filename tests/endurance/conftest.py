"""Promises put to the test: a few rounds in every run of the tests, many with -m endurance.

    @pytest.mark.rounds(short=3, long=200)
    def test_...(rounds: int, figure: Figure) -> None:

is two tests, of which the second is marked `endurance`; --rounds takes the place of its 200. A
test that is long in any case is marked itself, and its `rounds` are what --rounds says, or None.
"""

from collections.abc import Callable

import pytest

Figure = Callable[[str], None]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`rounds` is few, and many in a second test that is marked as endurance."""
    marker = metafunc.definition.get_closest_marker("rounds")
    if marker is None or "rounds" not in metafunc.fixturenames:
        return
    many = metafunc.config.getoption("--rounds") or marker.kwargs["long"]
    lasting = (pytest.mark.endurance, pytest.mark.timeout(0))
    metafunc.parametrize(
        "rounds",
        [
            pytest.param(marker.kwargs["short"], id="short"),
            pytest.param(many, id="long", marks=lasting),
        ],
    )


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int | None:
    """What --rounds says, for a test that has no marker of that name."""
    found: int | None = request.config.getoption("--rounds")
    return found


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Tell what was found; a long run shows it at its end."""

    def tell(line: str) -> None:
        request.node.user_properties.append(("figure", line))  # these come back from xdist, too

    return tell


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    reports = [one for group in ("passed", "failed") for one in terminalreporter.getreports(group)]
    figures = [
        line
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, line in report.user_properties
        if name == "figure"
    ]
    if figures and "endurance" in config.option.markexpr.split("not ")[0]:
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.write_line(line)
