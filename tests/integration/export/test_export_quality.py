"""Estimates of quality in a dataset's codebook: asked of the extractor over gRPC as whoever wants the export."""

from __future__ import annotations

import json

import pytest

from coderai.export.v1 import export_service_pb2 as pb
from coderai.extractor.v1.quality_service_pb2 import GetQualityResponse
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain
from coderai.services.export.domain.measured import Estimate
from tests.integration.export.conftest import Exports, Peer

pytestmark = pytest.mark.usefixtures("signed_in")

ESTIMATE = {"value": 0.9, "low": 0.75, "high": 0.95, "cells": 40, "method": "DESIGN", "more_cells": 12}
QUALITY = {
    "items": [
        {
            "variable": "place",
            "cells": 400,
            "judged": 40,
            "not_covered": 2,
            "accuracy": ESTIMATE,
            "categories": [{"value": True, "precision": ESTIMATE}],
            "calibration": [{"from": 0.8, "to": 0.9, "cells": 12, "mean_confidence": 0.85, "accuracy": ESTIMATE}],
            "expected_calibration_error": 0.0,
            "agreement": [{"between": "PEOPLE", "cells": 12, "percent": ESTIMATE, "level": "nominal"}],
        },
        {"variable": "injured", "cells": 400},
    ],
    "notes": ["estimates rest on 40 cells judged in 1 simple sample"],
}


async def test_a_report_has_what_the_extractor_says_and_none_for_what_it_does_not(exports: Exports, peer: Peer) -> None:
    peer.quality = from_plain(GetQualityResponse, QUALITY)
    report = await exports.sources.reports.report(peer.project_id)
    place, injured = report.of("place"), report.of("injured")
    assert report.notes == tuple(QUALITY["notes"])
    assert place.accuracy == Estimate(0.9, 0.75, 0.95, 40, "DESIGN")
    assert (place.judged, place.not_covered, place.expected_calibration_error, place.missed_values) == (
        40,
        2,
        0.0,
        None,
    )
    assert (place.categories[0].value, place.categories[0].recall) == (True, None)
    assert (place.calibration[0].low, place.calibration[0].high) == (0.8, 0.9)
    assert (place.agreement[0].between, place.agreement[0].cohen_kappa) == ("PEOPLE", None)
    assert (injured.cells, injured.judged, injured.accuracy, injured.agreement) == (400, 0, None, ())
    with pytest.raises(NotFound):
        await exports.sources.reports.report(new_id())


async def test_the_dataset_has_the_estimates_and_a_jobs_rows_have_none(exports: Exports, peer: Peer) -> None:
    job = peer.add_job()
    peer.add_document("a.txt", place="Kessling", injured=3)
    peer.quality = from_plain(GetQualityResponse, QUALITY)
    measured = []
    async with exports.working():
        for job_id in ("", job.id):
            done = await exports.settled((await exports.create(peer, format="JSON", job_id=job_id)).id)
            assert (done.status, done.error) == (pb.EXPORT_STATUS_COMPLETE, "")
            read = json.loads((await exports.download(done.id))[1])
            measured.append(read["codebook"][0]["measured"])
    assert measured[0]["accuracy"] == {name: ESTIMATE[name] for name in ("value", "low", "high", "cells", "method")}
    assert measured[1] is None
