"""The report as text for a terminal, and as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bcma.replay.report import Count, Counts, Report

_TABLES: Final = (
    ("rows of the eMAR", "parts"),
    ("doses that must pass, by verdict when all was scanned", "verdicts"),
    ("the same doses, by finding", "findings"),
    ("the same doses, asked or warned about", "prompted"),
    ("the same doses, stopped", "needless"),
    ("the same doses, neither stopped nor recorded", "unfinished"),
    ("set aside, by cause and verdict", "set_aside"),
    ("not given", "withheld"),
    ("passed in silence", "missed"),
)


def lines(report: Report, seconds: float) -> Iterator[str]:
    """Write the report; the last two lines are the two numbers that matter most."""
    for title, name in _TABLES:
        yield from _table(title, getattr(report, name))
    yield from _per_hundred(report)
    yield "rights not checked (of the doses that must pass)"
    for reason, number in sorted(report.not_checked.items()):
        yield f"{number:>8}  {reason}"
    yield ""
    yield (
        f"per 100 doses: {report.per_hundred(report.prompts):.1f} prompts, of them "
        f"{report.per_hundred(report.warns):.1f} warns; "
        f"{report.per_hundred(report.unprompted):.1f} doses without any"
    )
    yield f"{_per_thousand(report, seconds):.1f} seconds per 1,000 events ({report.rows} events)"
    share = report.per_hundred(report.needless_count)
    yield f"needless {share:.2f} % ({report.needless_count} of {report.expected})"
    yield f"missed {report.missed_count}"


def write_json(report: Report, seconds: float, path: Path) -> None:
    """Write the report as one JSON object; numbers come with the first events behind them."""
    tables = {
        name: {
            key: {"count": count.number, "events": count.events}
            for key, count in _sorted(getattr(report, name))
        }
        for _, name in _TABLES
    }
    content = {
        "rows": report.rows,
        "expected": report.expected,
        "needless": report.needless_count,
        "missed": report.missed_count,
        "prompts": report.prompts,
        "warns": report.warns,
        "unprompted": report.unprompted,
        "per_100": {
            "prompts": round(report.per_hundred(report.prompts), 1),
            "warns": round(report.per_hundred(report.warns), 1),
            "doses_without": round(report.per_hundred(report.unprompted), 1),
            "by_code": {
                key: round(report.per_hundred(count.number), 2)
                for key, count in _sorted(report.prompted)
            },
        },
        "seconds_per_1000": round(_per_thousand(report, seconds), 1),
        "not_checked": dict(report.not_checked),
        "tables": tables,
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _table(title: str, counts: Counts) -> Iterator[str]:
    if not counts:
        return
    yield title
    for key, count in _sorted(counts):
        yield f"{count.number:>8}  {key}  ({', '.join(count.events[:2])})"
    yield ""


def _per_hundred(report: Report) -> Iterator[str]:
    """List what a nurse had to act on, the noisiest first."""
    yield "prompts per 100 doses, by code"
    for key, count in _sorted(report.prompted):
        yield f"{report.per_hundred(count.number):>8.1f}  {key}  ({', '.join(count.events[:2])})"
    yield ""


def _sorted(counts: Counts) -> list[tuple[str, Count]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1].number, pair[0]))


def _per_thousand(report: Report, seconds: float) -> float:
    return 1000 * seconds / report.rows if report.rows else 0.0
