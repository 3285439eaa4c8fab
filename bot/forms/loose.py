from actions import loose
from actions.converse import register
from domain.forms import Form

# One press answers it, so nothing is summed up; what nobody places within the hour is forgotten.
LOOSE = register(Form("loose", loose.Loose, submit=loose.attach, minutes=60, confirm=False))
