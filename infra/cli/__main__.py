"""`python -m infra.cli`: how the supervisor starts its children."""

from infra.cli import main
from infra.processes import follow_parent

follow_parent()
main(prog_name="personal_automations")
