"""Rows of shoppers: who they are, what they carry (keys sealed), agreed to, are like; segments."""

from sqlalchemy import DDL, BigInteger, Index, LargeBinary, Text, UniqueConstraint, event
from sqlmodel import Field, SQLModel


class ShopperRow(SQLModel, table=True):
    """One shopper of the organisation; `random_bucket` (0..9999) follows from the name."""

    __tablename__ = "shopper"
    __table_args__ = (Index("ix_shopper_household", "org", "household"),)

    org: str = Field(primary_key=True)
    shopper: str = Field(primary_key=True)
    household: str | None = None
    language: str
    created_at_ms: int = Field(sa_type=BigInteger)
    random_bucket: int


class IdentityRow(SQLModel, table=True):
    """One enrolled identity; its id is the shopper's own, like "phone-1".

    `fingerprint` is a keyed hash of the key, or the static identity itself: no two shoppers can
    enrol the same.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("org", "kind", "fingerprint"),)

    org: str = Field(primary_key=True)
    shopper: str = Field(primary_key=True)
    identity_id: str = Field(primary_key=True)
    kind: str
    sealed_key: bytes | None = None
    identity: str | None = None
    fingerprint: str
    exponent: int
    clock_offset_s: int
    label: str


class ConsentRow(SQLModel, table=True):
    """One word of consent. Rows are inserted, never changed; erasure takes them all away."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_shopper", "org", "shopper", "purpose", "at_ms"),)

    org: str = Field(primary_key=True)
    entry_id: str = Field(primary_key=True)
    shopper: str
    purpose: str
    granted: bool
    at_ms: int = Field(sa_type=BigInteger)
    source: str
    text_version: str
    recorded_at_ms: int = Field(sa_type=BigInteger)


class ContactRow(SQLModel, table=True):
    """How a shopper is reached in one channel; the address is sealed, `hint` may be shown."""

    __tablename__ = "shopper_contact"

    org: str = Field(primary_key=True)
    shopper: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    sealed_address: bytes = Field(sa_type=LargeBinary)
    hint: str
    state: str
    changed_at_ms: int = Field(sa_type=BigInteger)


class ChannelConsentRow(SQLModel, table=True):
    """One word about one channel. Rows are inserted, never changed; erasure takes them all away."""

    __tablename__ = "channel_consent"
    __table_args__ = (Index("channel_consent_by_shopper", "org", "shopper", "at_ms"),)

    org: str = Field(primary_key=True)
    entry_id: str = Field(primary_key=True)
    shopper: str
    channel: str
    granted: bool
    at_ms: int = Field(sa_type=BigInteger)
    source: str
    text_version: str
    recorded_at_ms: int = Field(sa_type=BigInteger)


class InstallRow(SQLModel, table=True):
    """The retailer's app on one phone."""

    __tablename__ = "app_install"
    __table_args__ = (Index("ix_app_install_shopper", "org", "shopper"),)

    org: str = Field(primary_key=True)
    install_id: str = Field(primary_key=True)
    shopper: str
    platform: str
    app_version: str
    push_capable: bool
    registered_at_ms: int = Field(sa_type=BigInteger)


class AttributeRow(SQLModel, table=True):
    """One declared attribute; `choices` is a JSON list, `labels` a JSON object by language."""

    __tablename__ = "attribute"

    org: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    type: str
    choices: str = Field(sa_type=Text)
    labels: str = Field(sa_type=Text)


class ShopperAttributeRow(SQLModel, table=True):
    """One attribute of one shopper, in the column of its type; the others are null.

    `folded` is the text as texts are compared; a date is ISO 8601, a bool 0 or 1.
    """

    __tablename__ = "shopper_attribute"
    __table_args__ = (Index("ix_shopper_attribute_name", "org", "name"),)

    org: str = Field(primary_key=True)
    shopper: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    text_value: str | None = None
    folded: str | None = None
    number_value: float | None = None
    flag_value: int | None = None
    date_value: str | None = None
    said_at_ms: int = Field(sa_type=BigInteger)


class ShopperProfileRow(SQLModel, table=True):
    """What was worked out of a shopper or said once; null is not known.

    `channels` and `excluded` are JSON lists, sorted, without blanks.
    """

    __tablename__ = "shopper_profile"

    org: str = Field(primary_key=True)
    shopper: str = Field(primary_key=True)
    stage: str | None = None
    churn_risk: float | None = None
    next_visit_days: float | None = None
    recency_band: int | None = None
    frequency_band: int | None = None
    monetary_band: int | None = None
    value_band: int | None = None
    lifetime_value_minor: int | None = Field(default=None, sa_type=BigInteger)
    channels: str = Field(sa_type=Text)
    excluded: str = Field(sa_type=Text)
    open_complaints: int
    staff: bool
    known_at_ms: int = Field(sa_type=BigInteger)


class SegmentRow(SQLModel, table=True):
    """One version of one segment, never changed; the newest one counts. `tree` is JSON."""

    __tablename__ = "segment"

    org: str = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    name: str
    tree: str = Field(sa_type=Text)
    saved_at_ms: int = Field(sa_type=BigInteger)


class EventKindRow(SQLModel, table=True):
    """One declared kind of event; `fields` is a JSON list of what its events may say."""

    __tablename__ = "event_kind"

    org: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    purpose: str
    fields: str = Field(sa_type=Text)
    item_field: str | None = None
    amount_field: str | None = None
    keep_days: int


class ShopperEventRow(SQLModel, table=True):
    """Something that a shopper did, told by the retailer; `said` is a JSON object.

    `item` and `amount` are the two of its fields that segments count by.
    """

    __tablename__ = "shopper_event"
    __table_args__ = (
        Index("ix_shopper_event_shopper", "org", "shopper", "at_ms"),
        Index("ix_shopper_event_kind", "org", "kind", "at_ms"),
    )

    org: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    shopper: str
    kind: str
    item: str | None = None
    amount: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)
    said: str = Field(sa_type=Text)
    taken_at_ms: int = Field(sa_type=BigInteger)


class ComplaintRow(SQLModel, table=True):
    """A complaint; open until it has an end. No text: that stays on the retailer's desk."""

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_shopper", "org", "shopper"),)

    org: str = Field(primary_key=True)
    complaint_id: str = Field(primary_key=True)
    shopper: str
    topic: str
    opened_at_ms: int = Field(sa_type=BigInteger)
    closed_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class MergeRow(SQLModel, table=True):
    """Two shoppers who are one: `shopper` is known as `kept` until it is split off again.

    `undo` is a JSON object of what each had before, to be given back.
    """

    __tablename__ = "shopper_merge"
    __table_args__ = (
        Index("ix_shopper_merge_shopper", "org", "shopper"),
        Index("ix_shopper_merge_kept", "org", "kept"),
    )

    org: str = Field(primary_key=True)
    merge_id: str = Field(primary_key=True)
    shopper: str
    kept: str
    undo: str = Field(sa_type=Text)
    merged_at_ms: int = Field(sa_type=BigInteger)
    split_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class FileImportRow(SQLModel, table=True):
    """How far a file was taken in; `import_id` follows from what it is and what is in it."""

    __tablename__ = "file_import"

    org: str = Field(primary_key=True)
    import_id: str = Field(primary_key=True)
    through_row: int
    taken: int
    refused: int
    changed_at_ms: int = Field(sa_type=BigInteger)


# The database itself refuses to change a word of consent, whoever asks. The migration that
# creates the table carries the same statements.
LEDGER_DDL = {
    "sqlite": (
        "CREATE TRIGGER consent_is_append_only BEFORE UPDATE ON consent "
        "BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_consent_update() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''consent is append-only''; END'",
        "CREATE TRIGGER consent_is_append_only BEFORE UPDATE ON consent "
        "FOR EACH ROW EXECUTE FUNCTION refuse_consent_update()",
    ),
}

for _dialect, _statements in LEDGER_DDL.items():
    for _statement in _statements:
        event.listen(
            ConsentRow.__table__,  # type: ignore[attr-defined] # SQLModel's stubs do not show it
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call] # SQLAlchemy's
        )
