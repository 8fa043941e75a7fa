"""What may be spent on models, and what was: set aside before a question, booked after it, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.kit.audit import Fact, differences
from coderai.kit.errors import InvalidInput
from coderai.kit.identity import Identity
from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.services.extractor.domain.jobs.pricing import Prices
from coderai.services.extractor.domain.jobs.spending import NO_CAPS, Caps, Limits, Purpose, Taken
from coderai.services.extractor.usecases.ports import OpenStore, Projects, Store

_NO_PROJECT = UUID(int=0)


class BudgetInvalid(InvalidInput):
    """A budget is a number of tokens, 0 for no limit."""


@dataclass(frozen=True, slots=True)
class Spending:
    """The use cases of what models cost."""

    open_store: OpenStore
    projects: Projects
    prices: Prices
    now: Callable[[], datetime]
    caps: Caps = NO_CAPS

    async def reserve(self, who: Identity, project_id: UUID, tokens: int) -> UUID:
        """Sets tokens of a project aside for a question that no job puts; returns the reservation's id.

        Raises:
            NotFound: there is no such project.
            BudgetUsedUp
        """
        budget = await self.projects.token_budget(project_id)
        async with self._store(who) as store:
            await store.lock_spending()
            reservation_id = await store.hold(project_id, tokens, self.now())
            limits = Limits(budget, await store.workspace_budget(), self.caps)
            limits.check(await store.taken(project_id, self.now()), tokens)
            await store.commit()
        return reservation_id

    async def settle(self, who: Identity, reservation_id: UUID, project_id: UUID, model: str, used: Usage) -> None:
        """Books what was used in place of what was set aside; the second time nothing happens."""
        async with self._store(who) as store:
            if await store.release(reservation_id):
                await book(store, self.prices, project_id, Purpose.COPILOT, model, used, self.now())
            await store.commit()

    async def of_month(self, who: Identity) -> tuple[date, Taken, int]:
        """The first day of this month, what the workspace has spent, and the tokens that it may use in a month."""
        now = self.now()
        async with self._store(who) as store:
            taken = await store.taken(_NO_PROJECT, now)
            return now.date().replace(day=1), taken, await store.workspace_budget()

    async def set_workspace_budget(self, who: Identity, tokens_a_month: int) -> None:
        """Lets the workspace use so many tokens in a month (UTC), 0 for no limit.

        Raises:
            BudgetInvalid
        """
        if tokens_a_month < 0:
            raise BudgetInvalid()
        async with self._store(who) as store:
            await store.lock_spending()
            before = {"tokens_a_month": await store.workspace_budget()}
            await store.set_workspace_budget(tokens_a_month)
            changes = differences(before, {"tokens_a_month": tokens_a_month})
            if changes:
                await store.record(Fact(audit.AUDIT_KIND_BUDGET_CHANGED, changes=changes), who=who)
            await store.commit()

    def _store(self, who: Identity) -> AbstractAsyncContextManager[Store]:
        return self.open_store(who.workspace_id)


async def book(
    store: Store, prices: Prices, project_id: UUID, purpose: Purpose, model: str, used: Usage, now: datetime
) -> None:
    """Adds what was used to the ledger; a model without a price adds no cost."""
    if used != NOTHING_USED:
        price = prices.of(model)
        await store.book(project_id, now.date(), purpose, model, used, price.of(used) if price else 0.0)
