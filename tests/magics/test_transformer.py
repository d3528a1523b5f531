"""A tracked cell is rewritten by text alone."""

from jupyter_mlops.magics.cells.transformer import CALL, track_cells

BEGIN = CALL.format(options="a -e b")


def rewritten(source):
    return "".join(track_cells(source.splitlines(keepends=True)))


def test_other_cells_stay_as_they_are():
    for source in ("x = 1\n", "%%time\nx = 1\n", "", "%%tracker\nx\n", "# %%track\n"):
        assert rewritten(source) == source


def test_the_call_stands_on_the_line_of_the_magic():
    assert rewritten("%%track a -e b\nx = 1\nx\n") == f"{BEGIN}\nx = 1\nx\n"


def test_a_cell_magic_below_is_wrapped():
    source = rewritten("%%track a -e b\n%%time -q\nx = 'it''s'\n")
    assert source.startswith(f"{BEGIN}; get_ipython().run_cell_magic('time', '-q', ")
    compile(source, "cell", "exec")


def test_future_imports_stay_first():
    for body in (
        "from __future__ import annotations\nx: Never = 1\n",
        "# why\n\nfrom __future__ import (\n    annotations,\n    division,\n)  # both\nx = 1\n",
        '"""Words."""\nfrom __future__ import annotations; y = 2\n',
    ):
        source = rewritten(f"%%track a -e b\n{body}")
        assert BEGIN in source
        assert source.count("\n") == body.count("\n") + 1
        compile(source, "cell", "exec")


def test_rewriting_twice_changes_nothing_more():
    once = track_cells(["%%track a\n", "x = 1\n"])
    assert track_cells(once) == once
