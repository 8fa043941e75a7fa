"""What can be wrong with a question to the co-pilot."""

from __future__ import annotations

from coderai.kit.errors import Conflict, InvalidInput, LimitReached, NotFound


class LimitInvalid(InvalidInput):
    """At most 20 suggestions can be asked for."""


class NothingToGoBy(Conflict):
    """The project has no readable documents yet: upload some, or say in the hint what you want to know."""


class VariableElsewhere(NotFound):
    """The project has no such variable."""


class RefinementNotFound(NotFound):
    """There is no such refinement in this workspace."""


class OptionUnknown(InvalidInput):
    """The refinement has no such option."""


class NothingToMend(Conflict):
    """Nobody has said of a cell in the DEV documents that it is wrong: review some, and say what is right."""


class NothingToLearnFrom(Conflict):
    """The corrections name no right value with its quote, and no note says what to do: add some."""


class GroundChanged(Conflict):
    """The variable is asked otherwise since the refinement was made: have a new one made."""


class NothingToTryOn(Conflict):
    """The option's examples come from all reviewed DEV documents: review others, to see what it does there."""


class RefinementDecided(Conflict):
    """The refinement has been decided already."""


class ProposalNotFound(NotFound):
    """There is no such proposal in this workspace."""


class ProposalDecided(Conflict):
    """The proposal has been decided already."""


class MessageNotFound(NotFound):
    """There is no such message in this workspace."""


class SetupStepUnknown(InvalidInput):
    """Name a step of the setup: CONTEXT, UNIT, VARIABLES or REVIEW."""


class DefaultMissing(Conflict):
    """The step has no default that still fits: have it made, or say what to write in its place."""


class ProposalOfAnotherStep(InvalidInput):
    """A proposal that is named was not made for this step of the setup."""


class NoVariableYet(Conflict):
    """The project has no variable yet: accept a proposal, add a variable of your own, or skip the step."""


class MessageEmpty(InvalidInput):
    """The message says nothing: write what you want to know or to have changed."""


class MessageTooLong(InvalidInput):
    """A message has 20,000 characters at most."""


class TooManyReplies(LimitReached):
    """Eight replies of this project are being written: wait until one has ended, or stop one."""
