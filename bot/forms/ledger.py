"""The ledger's conversations."""

from actions import ledger, ledger_browse, ledger_closed, ledger_extra, ledger_import, ledger_options
from actions.converse import register
from actions.inputs_ledger import BulkWords, CloseItem, ExtraWords, OpenItem, ReopenItem, ReportItem, ReturnItem, VerifyItem, Wanted
from domain.forms import Form

OPTIONS = ledger_options  # imported for the sources it registers

OPEN = register(Form("item", OpenItem, submit=ledger.open_item))
REPORT = register(Form("item_report", ReportItem, submit=ledger.report))
CLOSING = register(Form("item_closing", CloseItem, submit=ledger.request_closing))
VERIFY = register(Form("item_verify", VerifyItem, submit=ledger.verify))
RETURN = register(Form("item_return", ReturnItem, submit=ledger.send_back, confirm=False))
WORDS = register(Form("item_words", Wanted, submit=ledger_browse.look_for, confirm=False))
BULK = register(Form("item_bulk", BulkWords, submit=ledger_import.complete, confirm=False))
REOPEN = register(Form("item_reopen", ReopenItem, submit=ledger_closed.reopen))
EXTRA = register(Form("item_extra", ExtraWords, submit=ledger_extra.edit, confirm=False))
