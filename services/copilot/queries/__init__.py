"""Reads of the copilot service: SQL -> messages, no use case in between."""

from coderai.services.copilot.queries.messages import get_message as get_message
from coderai.services.copilot.queries.messages import last_part as last_part
from coderai.services.copilot.queries.messages import list_messages as list_messages
from coderai.services.copilot.queries.messages import parts_after as parts_after
from coderai.services.copilot.queries.proposals import get_proposal as get_proposal
from coderai.services.copilot.queries.proposals import get_proposals as get_proposals
from coderai.services.copilot.queries.proposals import list_proposals as list_proposals
from coderai.services.copilot.queries.refinements import get_refinement as get_refinement
from coderai.services.copilot.queries.refinements import list_refinements as list_refinements
