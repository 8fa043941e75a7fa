"""A dataset whose every text tries to be run or to break out of where it stands."""

from __future__ import annotations

from coderai.services.export.domain.coded import Document
from coderai.services.export.domain.dataset import Dataset
from tests.unit.export.datasets import ALL, dataset, extraction, quoted, variable, withheld

RUN = "window.hacked=1"
ATTACKS = (
    f"</script><script>{RUN}</script>",
    f"<!--<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'"><iframe srcdoc="<script>parent.{RUN}</script>">',
    f"</style><style>@import url(//evil.example/a)</style><b onclick={RUN}>",
    f"</title><script>{RUN}</script>",
    f"javascript:{RUN}",
    f"`${{{RUN}}}`\\u003cscript>",
    "__proto__",
    "constructor",
    "\u2028\u2029\x00\x1b\ufeff\ud800",
    "{{constructor.constructor('window.hacked=1')()}}",
    "&lt;script&gt; &amp;",
)


def hostile() -> tuple[Dataset, dict[str, str]]:
    """The dataset, and the texts of its documents by their ids."""
    categories = tuple({"value": attack.replace("\ud800", ""), "description": attack} for attack in ATTACKS)
    variables = [
        variable("said", display_name=ATTACKS[0], instructions=ATTACKS[1], prompt=ATTACKS[2]),
        variable("kind", "CATEGORY", display_name=ATTACKS[3], categories=categories),
        variable("many", if_multiple_values="ALL"),
    ]
    texts, documents = {}, []
    for number, attack in enumerate(ATTACKS):
        id = f"{number}-{attack}"
        evidence = quoted(attack, (2, 2 + len(attack), 1))
        refused = (withheld(attack, "UNGROUNDED", evidence),)
        cells = [
            extraction(
                "said", attack, evidence=evidence, model=attack, reviewed_by=attack, flags=(attack,), status="FLAGGED"
            ),
            extraction("kind", categories[number]["value"], origin="CORRECTED", model_value=attack, stale=attack),
            extraction("many", None, candidates=refused) if number % 2 else extraction("many", [attack, attack]),
        ]
        cells = [cell._replace(entity_index=1, entity=attack) for cell in cells]
        documents.append(Document(id, attack, extractions=cells, error=attack))
        texts[id] = f"1 {attack} 2".replace("\ud800", "\ufffd")
    fields = {"project_name": ATTACKS[0], "project_description": ATTACKS[1], "language": ATTACKS[2]}
    return dataset(variables, documents, ALL, None, multiple=True, **fields), texts
