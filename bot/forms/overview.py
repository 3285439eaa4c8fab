"""Forms of those who look over others' matters."""

from actions import relay
from actions.converse import register
from actions.inputs_relay import Relay
from domain.forms import Form

register(Form("relay", Relay, submit=relay.relay, confirm=False))
