"""The first tables of a desk."""

from __future__ import annotations

from alembic import op

from overflight.service.tables import metadata

revision = "a1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop all tables; the log is gone then."""
    metadata.drop_all(op.get_bind())
