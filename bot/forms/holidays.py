"""Importing a year's holidays; the summary shows what it would move."""

from actions import holidays
from actions.converse import register
from actions.inputs_holidays import HolidayNotice
from domain.forms import Form

register(Form("holidays", HolidayNotice, submit=holidays.take))
