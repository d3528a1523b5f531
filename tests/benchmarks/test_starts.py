"""From the start of a process to what it is for."""

ROUNDS = 15


def test_bare_python(benchmark, run_python):
    benchmark.pedantic(run_python, args=("pass",), rounds=ROUNDS, warmup_rounds=2)


def test_import(benchmark, run_python):
    benchmark.extra_info.update(
        what="start of Python and `import jupyter_mlops`", floor="test_bare_python", budget="≤ 60 ms over it"
    )
    benchmark.pedantic(run_python, args=("import jupyter_mlops",), rounds=ROUNDS, warmup_rounds=2)


def test_first_metric(benchmark, run_python):
    script = "import os, jupyter_mlops as m; m.start_run(); m.log_metric('loss', 0.5); os._exit(0)"
    benchmark.extra_info.update(
        what="start of Python to the first metric on disk", floor="test_bare_python", budget="≤ 150 ms"
    )
    benchmark.pedantic(run_python, args=(script,), rounds=ROUNDS, warmup_rounds=2)


def test_whole_short_run(benchmark, run_python):
    script = "import jupyter_mlops as m; m.start_run(); m.log_metric('loss', 0.5); m.end_run()"
    benchmark.extra_info.update(what="a whole process of one run and one metric", floor="test_bare_python", budget="")
    benchmark.pedantic(run_python, args=(script,), rounds=ROUNDS, warmup_rounds=2)
