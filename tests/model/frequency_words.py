"""What a frequency code was read as, in the words of ``docs/frequencies.md``."""

from dataclasses import replace

from bcma.model.frequency import Frequency, read_frequency
from bcma.model.order import Timing

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def words(code: str) -> str:
    read = read_frequency(code)
    if not isinstance(read, Frequency):
        return f"refused: {read.value}"
    if not read.as_needed:
        return " ".join(_rhythm(read.repeat))
    # on need, at no time of the ward's
    return ", ".join(["as needed", *_rhythm(replace(read.repeat, code=None))])


def _rhythm(repeat: Timing) -> list[str]:
    found = []
    if repeat.count is not None:
        found.append("once")
    if repeat.period is not None and repeat.period_unit is not None:
        most = "" if repeat.period_max is None else f" to {repeat.period_max}"
        often = "" if repeat.frequency == 1 else f"{repeat.frequency} times "
        found.append(f"{often}every {repeat.period}{most} {repeat.period_unit.value}")
    if repeat.days_of_week:
        found.append("on " + ", ".join(_DAYS[day] for day in repeat.days_of_week))
    if repeat.code is not None:
        found.append(f"at the ward's times of {repeat.code}")
    if repeat.when:
        found.append("with the ward's " + ", ".join(repeat.when))
    found.extend(f"at {at:%H:%M}" for at in repeat.times_of_day)
    return found
