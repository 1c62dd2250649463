"""The hub put together: one store, its services, and the settings; every door holds the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hub.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.model.backups import Restored, Upgraded
    from hub.model.members import Actor

    # Each is loaded when a hub is built, so that `hub --help` and the converters start without them.
    from hub.services.access import Access
    from hub.services.community import Community
    from hub.services.entrance import Entrance, Terms
    from hub.services.entrance.oidc import Client
    from hub.services.exploring import Exploring
    from hub.services.insight import Insight, Viewing
    from hub.services.membership import Membership
    from hub.services.membership.throttle import Patience
    from hub.services.operation.feeds import Feeds
    from hub.services.operation.health import Health
    from hub.services.operation.trail import Trail
    from hub.services.operation.upkeep import Upkeep
    from hub.services.questions import Questions
    from hub.services.reference import Reference
    from hub.services.sharing import Sharing
    from hub.services.shelves.contributions import Contributions
    from hub.services.shelves.intake import Intake
    from hub.services.shelves.marking import Marking
    from hub.services.shelves.review import Review
    from hub.services.submitting.drafting import Drafting
    from hub.settings import Settings
    from hub.store.base import Store
    from hub.vetting.checks import Limits

STORE_NAME = "hub.sqlite3"
_FOLDER_MODE = 0o700
_HOUR_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Hub:
    """What a door needs, and nothing below it."""

    settings: Settings
    store: Store
    membership: Membership
    entrance: Entrance
    community: Community
    access: Access
    intake: Intake
    drafting: Drafting
    review: Review
    contributions: Contributions
    questions: Questions
    marking: Marking
    sharing: Sharing
    exploring: Exploring
    insight: Insight
    viewing: Viewing
    reference: Reference
    upkeep: Upkeep
    trail: Trail
    feeds: Feeds
    health: Health

    def close(self) -> None:
        """Let go of the store; the hub is of no use afterwards."""
        self.store.close()


def build_hub(settings: Settings) -> Hub:
    """Open the hub of a data folder.

    Raises: StoreError: there is none, or it can't keep its promise.
    """
    from hub.store.sqlite import SqliteStore

    return assemble(settings, SqliteStore.open(settings.data / STORE_NAME))


def create_hub(settings: Settings, clock: Callable[[], int] | None = None) -> Hub:
    """Make a new, empty hub; a folder that is new is for its owner alone, as the store always is.

    clock: gives µs since 1970 and never goes back; None for the wall clock.
    Raises: StoreError: there is one already, or the folder can't be made.
    """
    from hub.store.sqlite import SqliteStore

    path = settings.data / STORE_NAME
    if path.exists():
        raise StoreError(f"there is a hub in {settings.data} already")
    try:
        settings.data.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"can't make {settings.data}: {error.strerror}") from error
    return assemble(settings, SqliteStore.create(path, clock=clock) if clock else SqliteStore.create(path))


def restore_hub(settings: Settings, actor: Actor, file: Path, *, replace: bool) -> Restored:
    """Put a hub in the data folder from a backup; raises as `hub.store.exchange.Exchange.restore`."""
    from hub.services.operation.upkeep import restore
    from hub.store.sqlite import SqliteStore

    return restore(SqliteStore, actor, settings.data / STORE_NAME, file, replace=replace)


def upgrade_hub(settings: Settings, actor: Actor, target: Path | None) -> Upgraded:
    """Bring the hub of the data folder up to this version; raises as `hub.store.exchange.Exchange.upgrade`."""
    from hub.services.operation.upkeep import upgrade
    from hub.store.sqlite import SqliteStore

    return upgrade(SqliteStore, actor, settings.data / STORE_NAME, target)


def assemble(settings: Settings, store: Store) -> Hub:
    """Put the services on a store."""
    from hub.services.access import Access
    from hub.services.community import Community
    from hub.services.entrance import Entrance
    from hub.services.exploring import Exploring
    from hub.services.insight import Insight, Viewing
    from hub.services.membership import Membership
    from hub.services.operation.feeds import Feeds
    from hub.services.operation.health import Health
    from hub.services.operation.trail import Trail
    from hub.services.operation.upkeep import Upkeep
    from hub.services.questions import Questions
    from hub.services.reference import Reference
    from hub.services.sharing import Sharing
    from hub.services.shelves.contributions import Contributions
    from hub.services.shelves.intake import Intake
    from hub.services.shelves.marking import Marking
    from hub.services.shelves.review import Review
    from hub.services.submitting.drafting import Drafting

    patience = _patience(settings)
    limits = _limits(settings)
    intake = Intake(store, limits)
    return Hub(
        settings=settings,
        store=store,
        membership=Membership(store, settings.token_days, patience),
        entrance=Entrance(store, settings.title, _terms(settings), patience, _client(settings)),
        community=Community(store),
        access=Access(store),
        intake=intake,
        drafting=Drafting(store, intake, limits),
        review=Review(store),
        contributions=Contributions(store),
        questions=Questions(store),
        marking=Marking(store),
        sharing=Sharing(store),
        exploring=Exploring(store),
        insight=Insight(store),
        viewing=Viewing(store),
        reference=Reference(store),
        upkeep=Upkeep(store),
        trail=Trail(store),
        feeds=Feeds(store),
        health=Health(store, settings.min_free_bytes),
    )


def _limits(settings: Settings) -> Limits:
    from hub.vetting.checks import Limits

    return Limits(
        max_content_bytes=settings.max_content_bytes,
        max_objects=settings.max_objects,
        max_object_bytes=settings.max_object_bytes,
        max_depth=settings.max_depth,
    )


def _patience(settings: Settings) -> Patience:
    from hub.services.membership.throttle import Patience

    return Patience(
        per_address=settings.max_failed_per_address,
        per_account=settings.max_failed_per_account,
        seconds=settings.failed_window_seconds,
    )


def _client(settings: Settings) -> Client | None:
    """Give what an identity provider knows this hub as. Raises: SettingsError."""
    from hub.services.entrance.oidc import Client

    if not settings.oidc_issuer:
        return None
    secret = Path(settings.oidc_secret_file) if settings.oidc_secret_file else None
    return Client(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_name)


def _terms(settings: Settings) -> Terms:
    from hub.services.entrance import Terms

    return Terms(
        idle_seconds=settings.session_idle_seconds,
        session_seconds=settings.session_hours * _HOUR_SECONDS,
        invitation_seconds=settings.invitation_hours * _HOUR_SECONDS,
    )
