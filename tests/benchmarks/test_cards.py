"""What it costs a cell to be watched: processor time of the kernel while it computes and logs 10,000 metrics."""

import os

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

LOAD = "%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow"
WORK = "for step in range(10_000):\n    sum(range(30_000))\n    mlflow.log_metric('loss', 1 / (step + 1), step=step)"
TRACKED = f"%%track\n{WORK}"
PLAIN = f"with mlflow.start_run():\n    {WORK.replace(chr(10), chr(10) + '    ')}"
SHORT, SHORT_PLAIN = (cell.replace("10_000", "100").replace("30_000", "100") for cell in (TRACKED, PLAIN))
_kernel = None


def _processor_time():
    return sum(_kernel.cpu_times()[:2])


@pytest.fixture(scope="module")
def execute(tmp_path_factory):
    """Executes cells in one real kernel that takes itself for watched."""
    global _kernel
    environment = {**os.environ, "JUPYTER_MLOPS_LIVE": "1"}
    manager, client = start_new_kernel(cwd=str(tmp_path_factory.mktemp("cards")), env=environment)
    _kernel = psutil.Process(manager.provisioner.process.pid)

    def run(source):
        answer = client.execute_interactive(source, output_hook=lambda message: None, timeout=300)
        assert answer["content"]["status"] == "ok", answer

    run(LOAD)
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def settle(execute):
    """Folds what was logged, which the kernel's journal does by itself at some time: it is no part of one of the rounds."""
    return lambda: execute("_ = mlflow.search_runs(max_results=1, output_format='list')")


@pytest.mark.benchmark(timer=_processor_time)
def test_cell_without_card(benchmark, execute, settle):
    benchmark.pedantic(lambda: execute(PLAIN), setup=settle, rounds=7, warmup_rounds=1)


@pytest.mark.benchmark(timer=_processor_time)
def test_cell_with_card(benchmark, execute, settle):
    what = "processor time of a watched cell that logs 10,000 metrics"
    benchmark.extra_info.update(what=what, floor="test_cell_without_card", budget=0.08, over_floor=True)
    benchmark.pedantic(lambda: execute(TRACKED), setup=settle, rounds=7, warmup_rounds=1)


@pytest.mark.benchmark(timer=_processor_time)
def test_short_cells_without_card(benchmark, execute, settle):
    benchmark.pedantic(lambda: [execute(SHORT_PLAIN) for _ in range(20)], setup=settle, rounds=7, warmup_rounds=1)


@pytest.mark.benchmark(timer=_processor_time)
def test_short_cells_with_card(benchmark, execute, settle):
    """What a card costs however short the cell is."""
    what = "processor time of 20 watched cells that log 100 metrics"
    benchmark.extra_info.update(what=what, floor="test_short_cells_without_card", budget=0.2, over_floor=True)
    benchmark.pedantic(lambda: [execute(SHORT) for _ in range(20)], setup=settle, rounds=7, warmup_rounds=1)
