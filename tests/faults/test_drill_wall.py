"""The drill wall under random work: no byte of a drill reaches a receiver of real alerts, nor the reverse.

One desk has both kinds of keys and receivers.  Steps are drawn at random: messages of either status to
either kind of event, approvals, issues, plans, deliveries with another label, another channel, another
digest or other bytes, and rows of the outbox moved by hand.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from deskfakes import AOKI, BABA, KUMEJIMA, MIYAKOJIMA, figures, make_desk, memory, told
from lives import at
from overflight.errors import InputError, LifeError
from overflight.service import plans
from overflight.service.channel import REAL, Delivery
from overflight.service.outbox import claim, finish
from overflight.service.tables import outbox
from overflight.warning.alert import Status
from overflight.warning.cap.parse import parse, text_of
from overflight.warning.life_records import Outcome
from overflight.warning.preauthorised import Conditions

STATUSES = (Status.ACTUAL, Status.EXERCISE, Status.TEST)


class Walker:
    """A desk, and the random steps."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.draw = random.Random(seed)
        drills = [memory("drills"), memory("tests", frozenset({Status.TEST}))]
        self.receivers = [memory("public", REAL), memory("towns", REAL), *drills]
        self.desk, self.clock = make_desk(folder, self.receivers, actual=True)
        self.by_name = {channel.name: channel for channel in self.desk.channels}
        self.seen: list[Delivery] = []
        self.done: Counter[str] = Counter()
        self.number, self.time_s = 0, 100.0
        self.events: list[str] = []

    def walk(self, steps: int) -> None:
        ways = (
            self.hear,
            self.approve,
            self.approve,
            self.issue,
            self.bring,
            self.forge,
            self.move,
            self.plan,
        )
        for _ in range(steps):
            way = self.draw.choice(ways)
            self.time_s += self.draw.uniform(0.2, 20.0)
            self.clock.to(self.time_s)
            try:
                way()
                self.done[way.__name__] += 1
            except (InputError, LifeError) as refusal:
                self.done[type(refusal).__name__] += 1

    def hear(self) -> None:
        """Tell of a new event or an old one, sometimes with the status of the other kind."""
        if not self.events or self.draw.random() < 0.3:
            self.number += 1
            self.events = [*self.events[-3:], f"event-{self.number}"]
        event = self.draw.choice(self.events)
        board = self.desk.store.state().boards.get(event)
        own = board.status if board and self.draw.random() < 0.7 else self.draw.choice(STATUSES)
        is_over = self.draw.random() < 0.2
        place = figures(
            self.draw.choice((KUMEJIMA, MIYAKOJIMA)),
            Outcome.PASSED if is_over else Outcome.FLYING,
            self.time_s - 1000 if is_over else self.time_s + 400,
        )
        facts = "seen_beyond" if is_over else self.draw.choice(("launch_seen", "impact_line"))
        message = told(self.time_s, place, facts=facts, status=own, event=event)
        launch = replace(message.launch, time=at(self.time_s - 60))
        self.desk.hear(replace(message, sensors=("radar-a",), launch=launch))

    def _drafts(self):
        boards = self.desk.store.state().boards
        known = [boards[event] for event in self.events if event in boards]
        return [draft for board in known for draft in board.drafts if draft.is_open]

    def approve(self) -> None:
        for draft in self._drafts():
            who = self.draw.choice((AOKI, BABA))
            self.desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)

    def issue(self) -> None:
        for draft in self._drafts():
            try:
                self.desk.issue(draft.draft_id, draft.content_hash, AOKI)
                self.done[f"sent {draft.content.status}"] += 1
            except LifeError:
                continue

    def bring(self) -> None:
        """Deliver what is due, as the workers do."""
        due = claim(self.desk.store, "w", list(self.by_name), self.clock.now)
        self.seen = [*self.seen, *due][-50:]
        receipts = asyncio.run(self._all(due))
        finish(self.desk.store, "w", receipts, self.clock.now)
        self.done["refused at the wall"] += sum("drill wall" in receipt.detail for receipt in receipts)

    async def _all(self, due):
        return [await self.by_name[one.channel].deliver(one) for one in due]

    def forge(self) -> None:
        """Hand a delivery that was seen, changed, to any channel."""
        if not self.seen:
            return
        one, other = self.draw.choice(self.seen), self.draw.choice(self.seen)
        name = self.draw.choice([*self.by_name])
        changed = replace(one, channel=name)
        if self.draw.random() < 0.6:
            changed = replace(changed, status=self.draw.choice(STATUSES))
        if self.draw.random() < 0.4:
            changed = replace(changed, content=other.content, identifier=other.identifier)
        if self.draw.random() < 0.4:
            told_as = self.draw.choice(STATUSES).value.encode()
            content = changed.content.replace(b"<status>" + one.status.value.encode(), b"<status>" + told_as)
            changed = replace(changed, content=content)
        if self.draw.random() < 0.7:
            changed = replace(changed, digest=hashlib.sha256(changed.content).hexdigest())
        receipt = asyncio.run(self.by_name[name].deliver(changed))
        self.done["refused at the wall"] += "drill wall" in receipt.detail

    def move(self) -> None:
        """Write another channel or another status into rows of the outbox, as a fault of the store would."""
        channel, status = self.draw.choice([*self.by_name]), self.draw.choice(STATUSES)
        change = self.draw.choice(({"channel": channel}, {"status": status.value}))
        with self.desk.store.write(self.clock.now) as work:
            query = sa.select(outbox.c.key).where(outbox.c.state == "waiting")
            keys = [row.key for row in work.connection.execute(query)]
            if keys:
                mine = outbox.c.key == self.draw.choice(keys)
                work.connection.execute(outbox.update().where(mine).values(**change))

    def plan(self) -> None:
        """Prepare and approve a plan of any status for the launches to come."""
        self.number += 1
        launch = plans.Announced(
            f"plan-{self.number}", "", self.draw.choice(STATUSES), "KP", "satellite_rocket",
            at(self.time_s - 100), at(self.time_s + 200), at(self.time_s + 300), "JP", (KUMEJIMA, MIYAKOJIMA),
        )  # fmt: skip
        plan = plans.prepare(self.desk, launch, Conditions(("tracker",), ("radar-a",)), AOKI)
        for who in (AOKI, BABA):
            plans.approve(self.desk, plan.plan_id, plan.hash, who, second_factor=True)

    def check(self) -> None:
        """Look at every byte that arrived anywhere."""
        for receiver in self.receivers:
            for one in receiver.taken:
                said = text_of(parse(one.content), "status")
                assert said in {status.value for status in receiver.statuses}, (receiver.name, said)
                is_real = receiver.statuses == REAL
                marks = [mark in one.content for mark in ("訓練".encode(), "テスト".encode())]
                assert any(marks) != is_real, f"{receiver.name} got words of the other kind"
        for message in (m for board in self.desk.store.state().boards.values() for m in board.messages):
            if message.issued.plan_id:
                plan = self.desk.store.state().plans[message.issued.plan_id].plan
                assert plan.status is message.content.status
                self.done["by plan"] += 1


def walk(folder: Path, steps: int, seed: int) -> Walker:
    walker = Walker(folder, seed)
    walker.walk(steps)
    walker.check()
    walker.desk.store.close()
    return walker


def test_no_byte_crosses_the_wall(tmp_path: Path) -> None:
    walker = walk(tmp_path, 300, seed=2)
    assert all(receiver.taken for receiver in walker.receivers), walker.done
    assert walker.done["refused at the wall"] > 5 and walker.done["by plan"], walker.done


@pytest.mark.campaign
@pytest.mark.timeout(2700)
@pytest.mark.parametrize("seed", range(100, 120))
def test_no_byte_crosses_the_wall_in_10_000_steps(tmp_path: Path, seed: int) -> None:
    walk(tmp_path, 500, seed)
