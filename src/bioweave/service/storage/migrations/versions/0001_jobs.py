"""Jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.Column("expires", moment, nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("n_done", sa.Integer(), nullable=False),
        sa.Column("n_failed", sa.Integer(), nullable=False),
        sa.Column("result_bytes", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(1000)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(32)),
        sa.Column("owner", sa.String(32)),
        sa.Column("lease", moment),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_index("ix_jobs_expires", "jobs", ["expires"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("jobs")
