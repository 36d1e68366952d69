"""Tables for what comes back from places, and for what partners send."""

from __future__ import annotations

from alembic import op

from overflight.service.answers.store import TABLE as town_answer
from overflight.service.partners.inbox import TABLE as partner_alert

revision = "a2"
down_revision = "a1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; a store that kept answers before has the first already."""
    for table in (town_answer, partner_alert):
        table.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    """Drop the tables."""
    for table in (partner_alert, town_answer):
        table.drop(op.get_bind(), checkfirst=True)
