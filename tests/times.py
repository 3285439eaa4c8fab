"""The day on which the stories begin: a Monday with a week of working days ahead, 2026-03-02 09:00 in Asia/Shanghai."""

from datetime import date

from domain.deadlines import at

START = at(date(2026, 3, 2), "09:00")
