"""Room for sealed second factors, and the order in which people are called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a3"
down_revision = "a2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen and add; a store made by this version has both already."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":  # SQLite keeps any length
        op.alter_column("person", "totp", type_=sa.String(400))
    if "call_order" not in {column["name"] for column in sa.inspect(bind).get_columns("person")}:
        op.add_column("person", sa.Column("call_order", sa.Integer))


def downgrade() -> None:
    """Drop the order; sealed secrets stay as long as they are."""
    op.drop_column("person", "call_order")
