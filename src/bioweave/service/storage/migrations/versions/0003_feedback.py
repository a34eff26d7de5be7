"""Corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(12), nullable=False),
        sa.Column("model", sa.String(1000), nullable=False),
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("n_characters", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("correct", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON()),
    )
    for name in ("created", "fingerprint", "document"):
        op.create_index(f"ix_feedback_{name}", "feedback", [name])
    same = ["key_id", "document", "text_hash", "fingerprint", "mode"]
    op.create_index("ix_feedback_same", "feedback", same, unique=True)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("feedback")
