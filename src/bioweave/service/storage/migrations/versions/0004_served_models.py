"""The labels of models that were served."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "served_models",
        sa.Column("fingerprint", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(1000), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("last_served", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_served_models_last_served", "served_models", ["last_served"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("served_models")
