"""A library is patched when it is imported, by whom and however that is."""

import importlib
import sys
import threading

import pytest

from jupyter_mlops.autologging.import_hooks import forget, when_imported


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A package ``liba`` with a lazy submodule."""
    folder = tmp_path / "liba"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "import importlib\nvalue = 1\ndef __getattr__(name):\n    if name != 'lazy': raise AttributeError(name)\n"
        "    return importlib.import_module('liba.lazy')\n"
    )
    (folder / "lazy.py").write_text("inner = 2\n")
    (tmp_path / "libbroken.py").write_text("raise RuntimeError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    forget("test")
    for name in [name for name in sys.modules if name.startswith("lib")]:
        if name.partition(".")[0] in ("liba", "libbroken"):
            del sys.modules[name]


def test_later_import_reload_and_what_is_loaded(library):
    seen = []
    when_imported("liba", "test", lambda module: seen.append(module.value))
    assert seen == []
    import liba

    assert seen == [1]
    importlib.reload(liba)
    assert seen == [1, 1]
    when_imported("liba", "test", lambda module: seen.append("now"))
    assert seen == [1, 1, "now"]
    importlib.reload(liba)
    assert seen == [1, 1, "now", "now"]
    forget("test")
    importlib.reload(liba)
    assert len(seen) == 4


def test_the_module_is_as_without(library):
    when_imported("liba", "test", lambda module: None)
    import liba

    assert type(liba.__loader__).__name__ == "SourceFileLoader"
    assert liba.__spec__.loader is liba.__loader__
    assert importlib.util.find_spec("liba.lazy").origin.endswith("lazy.py")


def test_lazy_submodules(library):
    seen = []
    when_imported("liba.*", "test", lambda module: seen.append(module.__name__))
    import liba

    assert seen == []
    assert liba.lazy.inner == 2
    assert seen == ["liba.lazy"]


def test_a_failing_import_fails_as_ever_and_a_failing_action_does_not(library, caplog):
    seen = []
    when_imported("libbroken", "test", seen.append)
    with pytest.raises(RuntimeError, match="broken"):
        importlib.import_module("libbroken")
    assert seen == []
    when_imported("liba", "test", lambda module: 1 / 0)
    assert importlib.import_module("liba").value == 1
    assert "What waits for liba failed" in caplog.text


def test_modules_that_are_not_there(library):
    when_imported("libnone", "test", print)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("libnone")
    assert importlib.util.find_spec("libnone") is None


def test_threads_that_import_at_once(library):
    seen = []
    when_imported("liba", "test", lambda module: seen.append(module.value))
    threads = [threading.Thread(target=importlib.import_module, args=("liba",)) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert seen == [1]


def test_no_library_is_imported_by_autolog(python):
    told = python("""
        import sys
        import jupyter_mlops as mlflow
        mlflow.autolog()
        mlflow.sklearn.autolog(silent=True)
        print([name for name in ("sklearn", "numpy", "pandas", "duckdb") if name in sys.modules])
        from sklearn.linear_model import Ridge
        Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
        import sklearn.cluster
        sklearn.cluster.KMeans(1, n_init=1).fit([[0.0], [1.0]])
        print(sorted(mlflow.search_runs()["tags.estimator_name"]), "matplotlib" in sys.modules)
    """)
    assert told == "[]\n['KMeans', 'Ridge'] False\n"
