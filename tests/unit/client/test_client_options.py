"""What can be asked of a run, and what it says of the cells that cannot be relied on."""

from scripted_api import ScriptedApi
from scripted_rows import Command, extraction, two_rows

from coderai.client.models import ExportColumns
from coderai.messages.requests import ExportOptions


def test_a_sample_can_be_drawn_again_or_be_the_first_documents(server: ScriptedApi, run: Command) -> None:
    told = run("--sample", "2", "--sample-seed", "7").stdout
    assert "tried a sample of 2 documents with offline (--sample-seed 7 draws the same again)" in told
    server.coded.clear()
    assert "--sample-seed" not in run("--first-documents", "--fresh").stdout
    samples = [body for body in server.requested_jobs if body["kind"] == "SAMPLE"]
    assert samples == [
        {"kind": "SAMPLE", "sample_size": 2, "sample_seed": 7, "leave_out_current": True},
        {"kind": "SAMPLE", "sample_size": 1, "first_documents": True, "leave_out_current": True},
    ]


def test_both_jobs_have_the_settings_that_are_given_in_place_of_the_projects(server: ScriptedApi, run: Command) -> None:
    assert run("--verify", "all", "--reasoning-effort", "LOW").exit_code == 0
    assert [(body["verify"], body["reasoning_effort"]) for body in server.requested_jobs] == [("ALL", "low")] * 2
    server.coded.clear()
    assert run("--fresh").exit_code == 0
    assert not {"verify", "reasoning_effort"} & server.requested_jobs[-1].keys()


def test_the_columns_that_are_wanted_stand_beside_the_values(server: ScriptedApi, run: Command) -> None:
    everything = ",".join(ExportColumns.__annotations__)
    for columns, wanted in (
        ("Source, flags,support", {"source", "flags", "support"}),
        ("quote,missing,low", {"source", "missing_reason", "bounds"}),
        ("", set()),
        (everything, set(ExportColumns.__annotations__)),
    ):
        server.exports.clear()
        assert run("--columns", columns).exit_code == 0
        options = {**dict.fromkeys(wanted, True), "name": "dataset"}
        assert [export["options"] for export in server.exports.values()] == [options] * 3


def test_the_columns_of_the_client_are_those_of_the_api() -> None:
    kinds = {name: field.annotation for name, field in ExportOptions.model_fields.items()}
    no_columns = {"byte_order_mark", "replace_line_breaks", "texts", "pseudonyms"}
    assert set(ExportColumns.__annotations__) == {name for name, kind in kinds.items() if kind is bool} - no_columns


def test_what_is_no_column_is_refused(server: ScriptedApi, run: Command) -> None:
    told = run("--columns", "delimiter")
    assert told.exit_code == 2
    assert "--columns takes confidence" in told.output


def test_what_cannot_be_relied_on_is_counted(server: ScriptedApi, run: Command) -> None:
    server.extractions = [
        extraction("a.txt", "place", "Ayr", "by the river", status="FLAGGED", support="UNCHECKED"),
        extraction("a.txt", "size", None, status="FLAGGED", missing_reason="UNSUPPORTED"),
        extraction("b.txt", "place", None, missing_reason="UNGROUNDED"),
        extraction("b.txt", "size", {"low": 400, "high": 500, "low_closed": True, "high_closed": True}, "400-500"),
    ]
    told = run().stdout
    assert "4 cells: 2 found (1 unchecked), 2 missing with a reason (2 withheld), 2 flagged" in told
    assert "400 to 500" in told


def test_a_quote_that_the_document_does_not_have_is_not_shown(server: ScriptedApi, run: Command) -> None:
    invented = {"quote": "as nobody wrote", "match": "NONE"}
    server.extractions = [extraction("a.txt", "place", "Ayr", status="FLAGGED", evidence=invented)]
    told = run().stdout
    assert "Ayr" in told and "nobody wrote" not in told


def test_pages_that_were_not_read_are_named(server: ScriptedApi, run: Command) -> None:
    server.unread_pages = {"a.txt": [2, 5], "b.txt": [1]}
    server.unsure_pages = {"c.txt": [3]}
    for server.extractions in (two_rows(), []):
        told = run("--fresh").stdout
        assert "a.txt: no text was read of pages 2, 5; what is not found may stand there" in told
        assert "b.txt: no text was read of page 1;" in told
        assert "c.txt: text recognition is unsure of page 3; compare values with the file" in told
