"""Which packages a process has imported: what `importlib.metadata` says of them, in a fraction of its time."""

import sys

from jupyter_mlops.context import packages
from jupyter_mlops.context.packages import imported_packages, package_tags

AS_METADATA_SAYS = """
import sys, yaml, dateutil, sklearn, msgspec, PIL
from importlib import metadata
from jupyter_mlops.context.packages import imported_packages
ours, owners = imported_packages(), metadata.packages_distributions()
tops = {name.partition(".")[0] for name in sys.modules if not name.startswith("_")} - sys.stdlib_module_names
theirs = {name: metadata.version(name) for top in tops for name in owners.get(top, ())}
theirs["jupyter-mlops"] = metadata.version("jupyter-mlops")
assert ours == theirs, ours.items() ^ theirs.items()
assert {"PyYAML", "python-dateutil", "scikit-learn", "pillow"} <= set(ours)
"""


def test_names_and_versions_are_those_of_metadata(python):
    python(AS_METADATA_SAYS)


def test_what_is_imported_later_is_found(tmp_path, monkeypatch):
    before = imported_packages()
    (tmp_path / "late_module.py").write_text("")
    (tmp_path / "Late_Name-1.2.dist-info").mkdir()
    (tmp_path / "Late_Name-1.2.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: Late-Name\nVersion: 1.2\n\nName: no\n"
    )
    (tmp_path / "Late_Name-1.2.dist-info" / "RECORD").write_text(
        "late_module.py,sha256=x,0\nLate_Name-1.2.dist-info/METADATA,,\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import late_module  # noqa: F401

    try:
        assert imported_packages().items() - before.items() == {("Late-Name", "1.2")}
    finally:
        del sys.modules["late_module"]


def test_a_great_many_packages_fill_one_tag(monkeypatch):
    monkeypatch.setattr(packages, "imported_packages", lambda: {f"package-{n:04}": "1.0" for n in range(1000)})
    text = package_tags()["jupyter_mlops.packages"]
    assert len(text) <= 8000
    assert text.splitlines()[-2:][0].endswith("==1.0")
    assert text.splitlines()[-1] == "# …"


def test_a_module_under_anothers_name_is_not_that_package(python):
    shown = python("""
        import jupyter_mlops
        jupyter_mlops.install_as_mlflow()
        import mlflow
        from jupyter_mlops.context.packages import imported_packages
        print(*imported_packages())
    """)
    assert "jupyter-mlops" in shown
    assert "mlflow" not in shown.split()


def test_what_a_library_puts_in_a_modules_place_does_no_harm(monkeypatch):
    class Lazy:
        def __getattr__(self, name):
            raise ImportError("torch is not installed")

    monkeypatch.setitem(sys.modules, "lazy_module", Lazy())
    assert "pytest" in imported_packages()
