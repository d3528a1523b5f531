"""Tab inside the lines of magics, as a front end asks for it; and the extension as a whole."""

import time

import pytest
from jupyter_client.manager import start_new_kernel

import jupyter_mlops as mlflow
from jupyter_mlops.magics.extension import COMMANDS
from jupyter_mlops.magics.lines.known_names import Memory
from jupyter_mlops.magics.settings import JupyterMLOps

pytestmark = pytest.mark.filterwarnings("default")
MADE = """%load_ext jupyter_mlops
import jupyter_mlops as mlflow
client = mlflow.MlflowClient()
for name in ("evil {open('made', 'w')}", "evil\\nopen('made', 'w')"):
    mlflow.start_run(run_name=name)
    mlflow.end_run()
for name in ("-odd", "works?"):
    with mlflow.start_run(run_name=name):
        pass
for name, acc in (("forest", 0.9), ("random forest", 0.7)):
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params({"kind": name, "depth": 3})
        mlflow.log_metrics({"acc": acc, "val acc": acc})
        mlflow.set_tag("team", "it's us")
        mlflow.set_tag("team of", "two words, which a line cannot say as a key")
mlflow.create_experiment("iris")
client.create_registered_model("churn")
for _ in range(2):
    client.create_model_version("churn", "s3://bucket/model", run.info.run_id)
client.set_registered_model_alias("churn", "champion", "2")
accuracy = 1
"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    """What the text before the cursor becomes, in one kernel for all tests."""
    folder = tmp_path_factory.mktemp("kernel")
    manager, client = start_new_kernel(cwd=str(folder))

    def ask(code, cursor=None):
        cursor = len(code) if cursor is None else cursor
        reply = client.complete(code, cursor, reply=True, timeout=60)["content"]
        return [code[: reply["cursor_start"]] + match for match in reply["matches"]]

    reply = client.execute(MADE, reply=True, timeout=60)
    assert reply["content"]["status"] == "ok", reply
    yield ask
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("%%track --no-l", ["%%track --no-live"]),
        ("%%track forest --metrics accu", ["%%track forest --metrics accuracy"]),
        ("%%track -e ir", ["%%track -e iris"]),
        ("%%track -p de", ["%%track -p depth="]),
        ("%%track -t te", ["%%track -t team="]),
        ("x = 1\n%runs metrics.a", ["x = 1\n%runs metrics.acc"]),
        ("%runs metrics.v", ["%runs metrics.`val acc`"]),
        ("%runs params.kind = 'fo", ["%runs params.kind = 'forest'"]),
        ("%runs params.kind='random f", ["%runs params.kind='random forest'"]),
        ("%runs tags.team = ", ['%runs tags.team = "it\'s us"']),
        ("%runs metrics.acc > 0.5 a", ["%runs metrics.acc > 0.5 AND"]),
        ("%runs metrics.acc > 0.5 and (params.d", ["%runs metrics.acc > 0.5 and (params.depth"]),
        ("%runs status = 'FI", ["%runs status = 'FINISHED'"]),
        ("%runs --order 'metrics.ac", ["%runs --order 'metrics.acc"]),
        ("%runs -n 5 --experiment=ir", ["%runs -n 5 --experiment=iris"]),
        ("run = %best ac", ["run = %best acc"]),
        ("%run_info rand", ["%run_info 'random forest'"]),
        ("%run_info wor", ["%run_info 'works?'"]),
        ("%run_info '-o", ["%run_info '-odd'"]),
        ("%run_info best:a", ["%run_info best:acc"]),
        ("%compare fo", ["%compare forest"]),
        ("%compare forest 'ran", ["%compare forest 'random forest'"]),
        ("%compare metrics.ac", ["%compare metrics.acc"]),
        ("%compare metrics.acc > 1 a", ["%compare metrics.acc > 1 AND"]),
        ("%note --run fo", ["%note --run forest"]),
        ("%model ch", ["%model churn"]),
        ("%promote churn ", ["%promote churn 2", "%promote churn 1"]),
        ("%promote churn 1 @", ["%promote churn 1 @champion"]),
        ("%promote churn 1 St", ["%promote churn 1 Staging"]),
        ("%predict models:/churn@", ["%predict models:/churn@champion"]),
        ("%serve models:/churn/1 --env-manager v", ["%serve models:/churn/1 --env-manager virtualenv"]),
        ("%serve --stop models:/churn@", ["%serve --stop models:/churn@champion"]),
        ("%autolog skl", ["%autolog sklearn"]),
        ("%mlops s", ["%mlops status", "%mlops sync"]),
        ("%track o", ["%track on", "%track off"]),
    ],
)
def test_names_and_options_are_completed(tab, typed, becomes):
    assert tab(typed)[: len(becomes)] == becomes
    assert len(becomes) > 1 or typed.endswith(" ") or len(tab(typed)) == 1


def test_what_is_not_ours_is_left_to_others(tab):
    assert tab("accura") == ["accuracy"]
    assert "%runs" in tab("%run")
    assert any(one.startswith("%artifact ") for one in tab("%artifact mlops.d"))
    assert tab("%log x=accura") == ["%log x=accuracy"]


def test_names_that_would_be_code_are_not_offered(tab):
    assert tab("%run_info evi") == []


def test_options_follow_the_words(tab):
    offered = tab("%best acc ")
    assert "%best acc --minimize" in offered and "%best acc metrics.acc" in offered


def test_a_store_that_takes_long_is_not_waited_for(monkeypatch):
    memory = Memory()
    monkeypatch.setattr("jupyter_mlops.magics.lines.known_names._WAITED_S", 0.01)
    assert memory.ask("slow", lambda: time.sleep(0.2) or ["late"]) == []
    memory.asking["slow"].join()
    assert memory.ask("slow", lambda: 1 / 0) == ["late"]
    assert memory.ask("broken", lambda: 1 / 0) == []


def test_the_store_is_asked_once_for_what_is_typed_quickly(monkeypatch):
    memory, asked = Memory(), []
    for _ in range(5):
        assert memory.ask("runs", lambda: asked.append(1) or ["a"]) == ["a"]
    assert asked == [1]
    monkeypatch.setattr("jupyter_mlops.magics.lines.known_names._KEPT_S", 0.0)
    memory.ask("runs", lambda: asked.append(2) or ["a"])
    assert asked == [1, 2]


def test_the_extension_can_be_loaded_twice_and_leaves_nothing_behind():
    from IPython.core.interactiveshell import InteractiveShell

    def state():
        hooks = {name: len(found) for name, found in shell.events.callbacks.items()}
        magics = {f"{kind} {name}" for kind, known in shell.magics_manager.magics.items() for name in known}
        settings = sum(isinstance(one, JupyterMLOps) for one in shell.configurables)  # IPython itself adds to them lazily
        counts = len(shell.input_transformers_cleanup), len(shell.Completer.custom_matchers), settings
        return hooks, sorted(magics), counts, len(shell.display_formatter.mimebundle_formatter.deferred_printers)

    shell = InteractiveShell()
    before = state()
    shell.run_line_magic("load_ext", "jupyter_mlops")
    loaded = state()
    shell.extension_manager.loaded.clear()
    shell.run_line_magic("load_ext", "jupyter_mlops")
    assert state() == loaded != before
    assert {one.name for one in COMMANDS} <= {name.split()[1] for name in loaded[1]}
    shell.run_line_magic("unload_ext", "jupyter_mlops")
    assert state() == before
    assert mlflow.search_runs(output_format="list") == []
