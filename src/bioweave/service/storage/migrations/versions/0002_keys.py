"""API keys, and whose a job is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the columns of jobs; jobs that were there belong to nobody."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "keys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("earlier_hash", sa.String(64)),
        sa.Column("earlier_until", moment),
        sa.Column("created", moment, nullable=False),
        sa.Column("expires", moment),
        sa.Column("revoked", moment),
        sa.Column("last_used", moment),
    )
    op.add_column("jobs", sa.Column("key_id", sa.String(16)))
    op.add_column(
        "jobs", sa.Column("upload_bytes", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_index("ix_jobs_key_id", "jobs", ["key_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_jobs_key_id", "jobs")
    op.drop_column("jobs", "upload_bytes")
    op.drop_column("jobs", "key_id")
    op.drop_table("keys")
