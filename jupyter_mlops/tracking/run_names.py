"""Names for runs that nobody named."""

from __future__ import annotations

import random

__all__ = ["random_name"]

_ADJECTIVES = (
    "amber ample bold brisk bright calm clear clever cosy crisp dapper deft eager early fair fleet fresh gentle glad "
    "golden grand handy happy hardy jolly keen kind lively loyal lucid lucky mellow merry mild neat nimble noble patient "
    "placid plucky polite proud quick quiet rapid rare ready sage serene sharp shiny silent sleek smart snug solid spry "
    "steady stoic sunny swift tidy upbeat vivid warm wise witty zesty"
).split()
_NOUNS = (
    "ant ape asp bass bat bear bee bird boar bug calf carp cat chimp clam cod colt cow crab crane crow cub deer dog dove "
    "duck eel elk ewe fawn finch fish fly foal fowl fox frog gnat gnu goat goose grouse gull hare hawk hen hog horse hound "
    "jay kit koi lamb lark loon lynx mink mole moose moth mouse mule newt owl ox perch pig pug quail ram rat ray robin roo "
    "rook seal shad shark sheep shrew skink skunk sloth smelt snail snake snipe sow sponge squid stag steed stoat stork "
    "swan tern toad trout vole wasp whale wolf worm wren yak zebra"
).split()
_random = random.Random()  # not the global one: a run's name must not move the user's seeded numbers


def random_name() -> str:
    """A name such as ``calm-fox-112``, at most 20 characters.

    Examples
    --------
    >>> len(random_name()) <= 20
    True
    """
    return f"{_random.choice(_ADJECTIVES)}-{_random.choice(_NOUNS)}-{_random.randint(0, 1000)}"[:20]
