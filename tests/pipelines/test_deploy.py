"""What lies under deploy/ is valid: for Kubernetes by its own schemas, for the executors by theirs."""

import importlib.util
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from pipelines.bucket_job import EXECUTORS
from pipelines.errors import PipelineError

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS = DEPLOY / "k8s" / "chainatlas.yaml"


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(MANIFESTS.read_text("utf-8")))


@pytest.mark.skipif(importlib.util.find_spec("kubernetes_validate") is None, reason="not installed")
def test_manifests_when_validated_strictly_then_are_of_kubernetes() -> None:
    import kubernetes_validate

    for manifest in manifests():
        kubernetes_validate.validate(manifest, "1.35", strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifests()[0] | {"replicas": "many"}, "1.35", strict=True)


def test_manifests_when_they_start_chainatlas_then_with_options_that_it_has() -> None:
    import click

    from pipelines.cli import main

    found = 0
    for manifest in manifests():
        pods = manifest.get("spec", {})
        pods = pods.get("jobTemplate", {"spec": pods})["spec"].get("template", {}).get("spec", {})
        for container in pods.get("containers", ()):
            name, command, *words = [*container["command"], *container.get("args", ())]
            assert name == "chainatlas"
            subcommand = main.get_command(click.Context(main), command)
            known = {option for parameter in subcommand.params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known
            found += 1
    assert found == 2


@pytest.mark.parametrize("executor", ["celery", "dask", "k8s"])
def test_configuration_when_the_executor_reads_it_then_is_valid(
    executor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        job = EXECUTORS[executor]()
    except PipelineError as error:
        pytest.skip(str(error))
    for variable in ("CHAINATLAS_REDIS", "CHAINATLAS_DASK"):
        monkeypatch.setenv(variable, "tcp://here")
    if executor == "k8s":
        (text,) = [manifest["data"]["executor.yaml"] for manifest in manifests() if "data" in manifest]
    else:
        text = (DEPLOY / f"{executor}.yaml").read_text("utf-8")
    buckets = {"resources": {"buckets": {"config": {"storage": "s", "run": "r"}}}}
    assert dg.validate_run_config(job, yaml.safe_load(text) | buckets)
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(job, {"execution": {"config": {"nonsense": 1}}} | buckets)
