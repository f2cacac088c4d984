"""Communes of invented people: honest ones, and ones where answers are invented too.

Everything about people here is assumed: no measured data on fast or nightly answers, lost slips, forgotten ticks or
repeated remarks of such consultations was found. Villages are often nearly unanimous, many share one network, many
hold an announced meeting; many have a trouble of their own, of which the dissatisfied name the same things.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from survey_app.scoring.near_duplicates import Repeated, Vector, sameness
from survey_app.scoring.paradata import (
    ChannelCounts,
    Network,
    Receipts,
    SurveyParadata,
    TenMinutes,
    VillageParadata,
    Window,
)

ITEMS = 20
_VIETNAM = timezone(timedelta(hours=7))
_OPENS = datetime(2026, 11, 2, tzinfo=_VIETNAM)
_DAYS = 14
#: Weights of the hours 0 to 23 for a household's own phone: mornings, noon, evenings.
_HOURS = (0, 0, 0, 0, 0, 4, 6, 5, 3, 3, 3, 6, 6, 4, 3, 3, 4, 6, 9, 12, 12, 8, 4, 1)
#: Lists of stuffed communes: as they were ticked, ticks invented too, or never handed in.
LISTS, _LIST_WEIGHTS = ("honest", "forged", "none"), (75, 15, 10)


@dataclass(frozen=True, slots=True)
class Habits:
    """One commune's people, drawn once; shares from 0 to 1."""

    handed: float
    answering: float
    complaining: float
    paper: float
    assisted: float
    fast: float
    night: float
    lost: float
    one_network: float


@dataclass(slots=True)
class Village:
    """A village being filled with answers."""

    households: int
    handed: int
    issued: int
    lost: int
    ticked: int
    networks: int
    #: Draws what people name and write, apart from the rest, so that the other figures do not depend on it.
    words: random.Random
    #: How often each item is named, and the trouble of which many name all things; empty in most villages.
    weights: Sequence[float] = ()
    trouble: Sequence[int] = ()
    meeting: Window | None = None
    answers: int = 0
    false: int = 0
    ticks_forged: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    satisfied: Counter[str] = field(default_factory=Counter)
    slots: Counter[datetime] = field(default_factory=Counter)
    fast: Counter[datetime] = field(default_factory=Counter)
    #: Answers by households' own phones outside meetings, by network.
    addresses: Counter[int] = field(default_factory=Counter)
    #: Answers that are dissatisfied with something; the others are all alike.
    vectors: list[Vector] = field(default_factory=list)
    #: Households by what they wrote; texts that nobody else wrote are counted together.
    texts: Counter[str] = field(default_factory=Counter)

    def add(
        self, channel: str, named: Collection[int], at: datetime | None, *, fast: bool, network: int
    ) -> None:
        """One household's answer, dissatisfied with the items named; `at` None on paper."""
        self.answers += 1
        self.channels[channel] += 1
        self.satisfied[channel] += ITEMS - len(named)
        if named:
            self.vectors.append(tuple(place not in named for place in range(ITEMS)))
        if at is None:
            return
        slot = at.replace(minute=at.minute // 10 * 10, second=0, microsecond=0)
        self.slots[slot] += 1
        self.fast[slot] += fast
        if channel == "self_online":
            self.addresses[network] += 1

    def name(self, count: int) -> Collection[int]:
        """This many items that a household names: those of the trouble first for half of the people."""
        if self.trouble and self.words.random() < 0.5:
            named = set(self.words.sample(self.trouble, min(count, len(self.trouble))))
        else:
            named = set()
        while len(named) < count:
            named.update(self.words.choices(range(ITEMS), self.weights))
        return named

    def write(self) -> None:
        """A remark in words of one's own, from a quarter of the households, or the polite formula."""
        if self.words.random() < 0.25:
            self.texts["formula" if self.words.random() < 0.1 else "own"] += 1

    def activity(self, unit: str, *, has_list: bool) -> VillageParadata:
        """The village as the counters show it."""
        ticked = self.ticked + self.ticks_forged
        # Slips of false answers came from those left over; what is left is handed back.
        left = self.issued - self.handed - self.lost - self.false
        return VillageParadata(
            unit=unit,
            households=self.households,
            answered=self.answers,
            satisfied=sum(self.satisfied.values()),
            of=self.answers * ITEMS,
            receipts=Receipts(self.issued, ticked, max(0, left)) if has_list else None,
            channels={
                name: ChannelCounts(count, self.satisfied[name], count * ITEMS)
                for name, count in self.channels.items()
            },
            slots=tuple(
                TenMinutes(start, count, self.fast[start]) for start, count in sorted(self.slots.items())
            ),
            meetings=(self.meeting,) if self.meeting else (),
            network=Network(max(self.addresses.values(), default=0), self.addresses.total()),
            sameness=sameness(self.vectors),
        )


@dataclass(frozen=True, slots=True)
class Commune:
    """A finished commune: what the counters show, and what only the simulation knows."""

    consultation: SurveyParadata
    villages: tuple[Village, ...]
    list_kind: str


Stuffer = Callable[[random.Random, Habits, Sequence[Village]], None]


def commune(rng: random.Random, number: int, stuff: Stuffer | None = None) -> Commune:
    """One commune of invented people; stuffed afterwards by `stuff`."""
    habits = _habits(rng, room_for_stuffing=stuff is not None)
    words = random.Random(f"words {number}")
    weights = [words.lognormvariate(0, 1) for _ in range(ITEMS)]
    villages = [_village(rng, habits, words, weights) for _ in range(rng.randint(6, 25))]
    for village in villages:
        _answer(rng, habits, village)
    list_kind = rng.choices(LISTS, _LIST_WEIGHTS)[0]
    if stuff is None:
        list_kind = "none" if list_kind == "none" else "honest"
    else:
        stuff(rng, habits, villages)
        _forge_ticks(villages, list_kind)
    name = f"{number:05}"
    consultation = SurveyParadata(
        unit=name,
        kind="xã",
        villages=tuple(
            village.activity(f"{name}{place:03}", has_list=list_kind != "none")
            for place, village in enumerate(villages, start=1)
        ),
        texts=_texts(villages),
    )
    return Commune(consultation, tuple(villages), list_kind)


def scripted_stuffing(rng: random.Random, _habits: Habits, villages: Sequence[Village]) -> None:
    """A tenth of the counted answers by a program: at any hour, in sittings, almost always too fast, all satisfied."""
    chosen = _chosen(rng, villages)
    wanted = _wanted(villages, 10)
    while wanted > 0 and any(_slips_left(village) for village in chosen):
        moment = _OPENS + timedelta(minutes=rng.randrange(_DAYS * 24 * 60))
        pace = rng.randint(5, 60)
        for _ in range(min(wanted, rng.randint(10, 60))):
            able = [village for village in chosen if _slips_left(village)]
            if not able:
                break
            village = rng.choice(able)
            village.add("self_online", (), moment, fast=rng.random() < 0.95, network=-1)
            village.false += 1
            wanted -= 1
            moment += timedelta(minutes=10 / pace)


def careful_stuffing(rng: random.Random, habits: Habits, villages: Sequence[Village]) -> None:
    """A twentieth of the counted answers by people: at usual hours and speed, over many days, nearly all satisfied."""
    chosen = _chosen(rng, villages)
    channel = rng.choice(("self_online", "assisted", "paper_entry"))
    for _ in range(_wanted(villages, 5)):
        able = [village for village in chosen if _slips_left(village)]
        if not able:
            return
        village = rng.choice(able)
        at = None if channel == "paper_entry" else _usual_moment(rng, habits)
        named = village.name(int(rng.random() < 0.02))
        village.add(channel, named, at, fast=False, network=rng.randrange(village.networks))
        village.false += 1


def copied_stuffing(rng: random.Random, habits: Habits, villages: Sequence[Village]) -> None:
    """A tenth of the counted answers copied from four slips that look natural, at usual hours and speed.

    One of the four names nothing, the others two or three things and write a remark.
    """
    slips = [(), *(rng.sample(range(ITEMS), rng.randint(2, 3)) for _ in range(3))]
    chosen = _chosen(rng, villages)
    for _ in range(_wanted(villages, 10)):
        able = [village for village in chosen if _slips_left(village)]
        if not able:
            return
        village, copied = rng.choice(able), rng.randrange(len(slips))
        village.add("self_online", slips[copied], _usual_moment(rng, habits), fast=False, network=-1)
        village.texts[f"copied {copied}"] += bool(slips[copied])
        village.false += 1


def _habits(rng: random.Random, *, room_for_stuffing: bool) -> Habits:
    """An eighth of communes is nearly unanimous throughout; those that stuff have households that did not answer."""
    unanimous = rng.random() < 0.125 and not room_for_stuffing
    return Habits(
        handed=rng.uniform(0.97, 1.0)
        if unanimous
        else rng.uniform(0.75, 0.88 if room_for_stuffing else 0.99),
        answering=rng.uniform(0.97, 1.0) if unanimous else rng.uniform(0.80, 0.98),
        complaining=rng.uniform(0.0, 0.03) if unanimous else rng.uniform(0.0, 0.25),
        paper=rng.uniform(0.05, 0.6),
        assisted=rng.uniform(0.0, 0.2),
        fast=rng.betavariate(3, 90),
        night=rng.uniform(0.0, 0.02),
        lost=rng.uniform(0.0, 0.02),
        one_network=rng.uniform(0.2, 0.8),
    )


def _village(rng: random.Random, habits: Habits, words: random.Random, weights: Sequence[float]) -> Village:
    """One in eight is like Linh Cang in 2017: 72 of 76 households, 71 of them satisfied."""
    households = max(40, min(400, round(rng.lognormvariate(4.8, 0.45))))
    share = rng.uniform(0.97, 1.0) if rng.random() < 0.125 else min(1.0, rng.gauss(habits.handed, 0.03))
    handed = round(households * share)
    issued = households + -(-households // 20)
    lost = sum(rng.random() < habits.lost for _ in range(issued - handed)) + _few(
        rng, habits.lost * households
    )
    meeting = None
    if rng.random() < 0.4:
        start = _OPENS + timedelta(days=rng.randrange(_DAYS), hours=rng.choice((8, 14, 19)), minutes=30)
        meeting = Window(start, start + timedelta(minutes=rng.randint(60, 120)))
    return Village(
        households=households,
        handed=handed,
        issued=issued,
        lost=min(lost, issued - handed),
        ticked=handed - sum(rng.random() < 0.003 for _ in range(handed)),
        networks=1 if rng.random() < habits.one_network else rng.randint(2, 6),
        words=words,
        weights=[weight * words.lognormvariate(0, 0.7) for weight in weights],
        trouble=words.sample(range(ITEMS), words.randint(1, 4)) if words.random() < 0.3 else (),
        meeting=meeting,
    )


def _answer(rng: random.Random, habits: Habits, village: Village) -> None:
    """The honest answers of a village; some households never answer, and never all who were handed a slip do."""
    nearly_all = village.handed >= 0.97 * village.households
    answering = rng.uniform(0.95, 0.99) if nearly_all else min(0.99, rng.gauss(habits.answering, 0.03))
    complaining = 0.014 if nearly_all else min(0.5, rng.gammavariate(4, habits.complaining / 4 + 1e-9))
    at_meeting = rng.uniform(0.2, 0.7) if village.meeting else 0.0
    for _ in range(village.handed):
        if rng.random() > answering:
            continue
        channel = _channel(rng, habits, at_meeting)
        # In front of others people hold back: a third of the complaints are not made.
        complains = rng.random() < complaining * (1 if channel == "self_online" else 0.67)
        named = village.name(rng.randint(1, 6) if complains else 0)
        at, is_fast = _moment(rng, habits, village, channel), _fast(rng, habits, channel)
        village.add(channel, named, at, fast=is_fast, network=rng.randrange(village.networks))
        village.write()


def _channel(rng: random.Random, habits: Habits, at_meeting: float) -> str:
    if rng.random() < at_meeting:
        return "meeting"
    own_phone = 1.05 - habits.paper - habits.assisted
    return rng.choices(
        ("paper_entry", "assisted", "self_online"), (habits.paper, habits.assisted, own_phone)
    )[0]


def _moment(rng: random.Random, habits: Habits, village: Village, channel: str) -> datetime | None:
    if channel == "paper_entry":
        return None
    if channel == "meeting" and village.meeting:
        return village.meeting.start + (village.meeting.end - village.meeting.start) * rng.random()
    return _usual_moment(rng, habits)


def _usual_moment(rng: random.Random, habits: Habits) -> datetime:
    """Most answers come in the first days; a few at night."""
    day = min(_DAYS - 1, int(rng.expovariate(1 / 3.5)))
    hour = rng.randrange(5) if rng.random() < habits.night else rng.choices(range(24), _HOURS)[0]
    return _OPENS + timedelta(days=day, hours=hour, minutes=rng.randrange(60))


def _fast(rng: random.Random, habits: Habits, channel: str) -> bool:
    """A helper who knows the form is fast twice as often; at a meeting the questions are read out."""
    return rng.random() < habits.fast * {"self_online": 1, "assisted": 2}.get(channel, 0)


def _texts(villages: Iterable[Village]) -> Repeated:
    written = sum((village.texts for village in villages), Counter[str]())
    times = max((count for text, count in written.items() if text != "own"), default=0)
    return Repeated(max(times, min(1, written["own"])), written.total())


def _few(rng: random.Random, mean: float) -> int:
    return sum(rng.random() < mean / 10 for _ in range(10))


def _chosen(rng: random.Random, villages: Sequence[Village]) -> list[Village]:
    """The villages that take part in it: from one to all."""
    return rng.sample(list(villages), rng.randint(1, len(villages)))


def _wanted(villages: Iterable[Village], per_cent: int) -> int:
    """False answers that make up this share of all counted ones."""
    return round(sum(village.answers for village in villages) * per_cent / (100 - per_cent))


def _slips_left(village: Village) -> int:
    """Slips that were never handed out."""
    return village.issued - village.handed - village.lost - village.false


def _forge_ticks(villages: Iterable[Village], list_kind: str) -> None:
    if list_kind == "forged":
        for village in villages:
            village.ticks_forged = min(village.false, village.households - village.ticked)
