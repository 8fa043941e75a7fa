"""The order that depends_on gives a project's variables, and what makes it impossible."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from coderai.services.projects.domain.problems import VariableInvalid
from coderai.services.projects.domain.variable import Variable


def check_dependencies(variables: Sequence[Variable]) -> None:
    """Refuses conditions on unknown variables and circles of conditions.

    Raises:
        VariableInvalid: names the variables concerned.
    """
    names = {variable.name for variable in variables}
    for variable in variables:
        for condition in variable.depends_on:
            if condition.variable not in names:
                message = f"{variable.name} depends on {condition.variable!r}, which is no variable of this project"
                raise VariableInvalid(message, fields={"depends_on": message})
    graph = {variable.name: [c.variable for c in variable.depends_on] for variable in variables}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        message = "these variables depend on each other in a circle: " + " -> ".join(reversed(error.args[1]))
        raise VariableInvalid(message, fields={"depends_on": message}) from None
