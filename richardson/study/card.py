"""The engine "cuda": members in blocks as large as the card's free memory allows, one a thread.

Each member is computed by the same operations whatever stands beside it, so results do not depend on the size of blocks. They agree
with those of the local engine within the tolerances, not to the bit: a card fuses products into sums where a processor may not.
"""

from __future__ import annotations

from richardson.arrays import FloatArray
from richardson.compiled import card
from richardson.compiled.field import Field
from richardson.compiled.lanes import UNROLLED, Members, Task, empty_members
from richardson.compiled.schemes import STIFF
from richardson.errors import InvalidInputError
from richardson.study.recording import Recording
from richardson.symbolic.model import Model

LARGEST_BLOCK = 2**20  # members: a fraction of a second, so that an interruption is felt soon
MEMORY_SHARE = 0.5  # of the card's free memory: what threads keep beside registers needs room too
NUMBER = 8  # bytes


def check_card(model: Model, recording: Recording, *, settle: bool) -> None:
    """Refuse what the card cannot do.

    Raises
    ------
    InvalidInputError
        If anything is recorded, runs may settle, the model is driven, or has too many states.
    MissingExtraError, MissingDeviceError
        If numba-cuda or a card is missing.
    """
    faults = {
        f"has {len(model.states)} states, and a thread of the card can hold {UNROLLED}": len(model.states) > UNROLLED,
        "is driven by a series or a text of time, which the card does not read": bool(model.drives),
        "is to be recorded on the way, which the card does not do": bool(recording.labels),
        "is to settle, which the card does not look for": settle,
    }
    fault = next((text for text, holds in faults.items() if holds), None)
    if fault is not None:
        raise InvalidInputError(f"The engine 'cuda' cannot take this: '{model.name}' {fault}. Run it with engine='local', which can.")
    card.toolkit()


def run_on_card(field: Field, task: Task, samples: FloatArray, *, states: tuple[int, int]) -> Members:
    """What the card gives of members (n, columns); ``states`` are the times kept and the number of states."""
    into = empty_members(task, samples.shape[0], states)
    with card.in_words():
        prepared = card.Card(task, field.lane_module(1, with_slopes=task.scheme in STIFF))
        for rows in blocks(samples, states, card.free_memory()):
            _run_block(prepared, samples[rows], into.part(rows))
    return into


def _run_block(prepared: card.Card, samples: FloatArray, into: Members) -> None:
    """Run members; on return their room on the card is free for the next."""
    there, found = prepared.load(samples, (into.states.shape[1], into.states.shape[2]))
    prepared.run(there, found)
    card.fetch(found, into)


def blocks(samples: FloatArray, states: tuple[int, int], free: int) -> list[slice]:
    """Slices of members whose numbers fit into the card's free memory.

    Raises
    ------
    InvalidInputError
        If not even one fits.
    """
    count, columns = samples.shape
    a_member = NUMBER * (columns + states[0] * states[1] + len(Members._fields))
    size = min(LARGEST_BLOCK, int(MEMORY_SHARE * free) // a_member)
    if size < 1:
        raise InvalidInputError(
            f"A member takes {a_member / 2**20:.1f} MiB, and {free / 2**20:.1f} MiB are free on the card. Keep fewer times."
        )
    return [slice(low, min(low + size, count)) for low in range(0, count, size)]
