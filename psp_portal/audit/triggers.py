"""Database triggers that models of every app share. Values for ``Meta.triggers``; no rows are touched here."""

import pgtrigger


def actor_required() -> pgtrigger.Trigger:
    """Refuse any write to the table when the audit context names no actor."""
    return pgtrigger.Trigger(
        name="actor_required",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF coalesce(
                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''
            ) = '' THEN
                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def append_only() -> pgtrigger.Trigger:
    """Refuse any change to a row once it is written, and its deletion."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
