"""The slice of a cell, executed alone, gives what all cells together gave."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.reproduction.accounts import ExecutedCell
from jupyter_mlops.reproduction.slices import slice_of

NAMES = "abcdehij"
name = st.sampled_from(NAMES)
function = st.sampled_from("fg")
number = st.integers(0, 3)


def _filled(template, *parts):
    return st.tuples(*parts).map(lambda chosen: template.format(*chosen))


expression = st.one_of(
    name, _filled("{}", number), _filled("[{}]", name), _filled("[{}, {}]", name, number), _filled("dict(k={})", name), _filled("list({})", name),
    _filled("{}[0]", name), _filled("{}({})", function, name), _filled("[x for x in {} if {}]", name, name), _filled("len({})", name),
    _filled("({} or {})", name, name), _filled("lambda: {}", name), _filled("lambda x: x.append({})", name), _filled("{}()", name),
    _filled("Box({})", name), _filled("{}.inner", name), _filled("sorted({}, key=lambda x: ({}, str(x)))", name, name), _filled("random.random() + {}", number),
    _filled("(x for x in {})", name), _filled("iter({})", name), _filled("count({})", name), _filled("{}.copy()", name), _filled("f'{{{}}}'", name),
    _filled("{{**{}, 'k': {}}}", name, name), _filled("(y := {})", name), _filled("[*{}, *{}]", name, name), _filled("next({})", name),
    _filled("[lambda: {}]", name), _filled("{} if {} else {}", name, name, number), _filled("{}.get({})", name, number),
)  # fmt: skip
simple = st.one_of(
    _filled("{} = {}", name, expression), _filled("{} = {}", name, expression), _filled("{} = {} = {}", name, name, expression),
    _filled("{}, {} = {}, {}", name, name, expression, expression), _filled("{}.append({})", name, expression), _filled("{}[0] = {}", name, expression),
    _filled("{}['k'] = {}", name, expression), _filled("{} += [{}]", name, expression), _filled("{}.inner = {}", name, expression),
    _filled("{}.inner.append({})", name, expression), _filled("{}[0].append({})", name, expression), _filled("del {}", name), _filled("del {}[0]", name),
    _filled("{}({})", function, name), _filled("{}()", name), _filled("{}.add({})", name, name), _filled("random.seed({})", number), _filled("{}", expression),
    _filled("setattr({}, 'inner', {})", name, expression), _filled("change({})", name), _filled("exec('{} = [1]')", name), _filled("{}.pop()", name),
)  # fmt: skip
compound = st.one_of(
    _filled("if {}:\n    {}\nelse:\n    {}", name, simple, simple),
    _filled("for {} in itertools.islice({}, 2):\n    {}\n    {}", name, name, simple, simple),
    _filled("try:\n    {}\nexcept Exception as error:\n    {}", simple, simple),
    _filled("def {}(x):\n    global {}\n    {}\n    return {}", function, name, simple, expression),
    _filled("def {}(x):\n    x.append({})\n    return {}", function, name, name),
    _filled("def {}(x):\n    z = {}\n    z.append(x)\n    return z", function, name),
    _filled("def {}(x=[]):\n    def inner():\n        return {}\n    return inner", function, name),
    _filled("def {}(x):\n    yield {}\n    yield x", function, name),
    _filled("class Box:\n    held = {}\n    def __init__(self, x): self.inner = x\n    def add(self, x): self.held.append({}); self.inner.append(x)", name, name),
    _filled("with Box({}) as {}:\n    {}", name, name, simple),
    _filled("match {}:\n    case [{}, *_]:\n        {}", name, name, simple),
)  # fmt: skip
cell = st.lists(st.one_of(simple, simple, compound), min_size=1, max_size=3).map("\n".join)
FIRST = [
    "import random\nimport itertools\nimport re",
    "class Box:\n    held = []\n    def __init__(self, x): self.inner = x\n    def add(self, x): self.held.append(x)\n"
    "    def __enter__(self): return self\n    def __exit__(self, *_): pass",
    "def count(x):\n    yield x\n    yield x",
    "def change(x):\n    x.append(1)",
    "def f(x): return x",
    "def g(x): return [x]",
    "random.seed(0)",
    "a = [1]", "b = {'k': [2]}", "c = a", "d = Box(a)", "e = {'k': 1}", "h = [[1], 2]", "i = Box([])", "j = [h]",
]  # fmt: skip
LAST = "result = shown({})"
SHOWN = """
def shown(x, depth=0):
    if depth > 4: return '…'
    if isinstance(x, (list, tuple)): return [shown(y, depth + 1) for y in x[:4]]
    if isinstance(x, dict): return {k: shown(v, depth + 1) for k, v in list(x.items())[:4]}
    if hasattr(x, 'inner'): return ['box', shown(x.inner, depth + 1), shown(x.held, depth + 1)]
    if hasattr(x, '__next__'): return ['iterator', shown(list(itertools.islice(x, 5)), depth + 1)]
    if callable(x): return 'function'
    return re.sub('0x[0-9a-f]+', '', x) if isinstance(x, str) else x
"""


def execute(sources, seed):
    """Each cell in one namespace; which of them failed, what each bound, and the last one's result or error."""
    random.seed(seed)
    space = {"__name__": "cells"}
    cells, error = [], None
    for source in sources:
        before = {key: id(value) for key, value in space.items()}
        error = None
        try:
            exec(compile(source, "cell", "exec"), space)
        except Exception as raised:
            error = type(raised).__name__
        bound = frozenset(key for key, value in space.items() if before.get(key) != id(value)) - {"__builtins__"}
        cells.append(ExecutedCell(source, bound=bound, failed=error is not None))
    return cells, error, space.get("result") if error is None else None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(cell, min_size=1, max_size=8), name)
def test_a_slice_gives_what_all_cells_gave(sources, asked):
    sources = [*FIRST, SHOWN, *sources, LAST.format(asked)]
    cells, error, result = execute(sources, 1)
    chosen = slice_of(cells).cells
    _, sliced_error, sliced = execute([sources[place] for place in chosen], 2)
    assert (sliced_error, sliced) == (error, result), [sources[place] for place in chosen]


CASES = {
    "a function reads names when it is called": (["def f(): return x", "x = 1", "x = 2", "f()"], [0, 2, 3]),
    "a function sets a global": (["def f():\n    global n\n    n = 2", "n = 1", "f()", "n"], [0, 1, 2, 3]),
    "a function changes a global": (["kept = []", "def f(x): kept.append(x)", "f(1)", "y = 1", "kept"], [0, 1, 2, 4]),
    "a function changes what it is given": (["def f(x): x.append(1)", "a = []", "f(a)", "a"], [0, 1, 2, 3]),
    "a function calls another one": (["def f(): return x", "def g(): return f()", "x = 1", "y = 2", "g()"], [0, 1, 2, 4]),
    "a lambda is kept in a list": (["x = 1", "fs = [lambda: x]", "x = 2", "fs[0]()"], [0, 1, 2, 3]),
    "a method reads a global": (["class A:\n    def go(self): return rate", "a = A()", "rate = 2", "other = 1", "a.go()"], [0, 1, 2, 4]),
    "another model on the same data": (
        ["import lib", "X = lib.load()", "a = lib.Model()", "a.fit(X)", "b = lib.Model()", "b.fit(X)", "b.score(X)"], [0, 1, 4, 5, 6],
    ),
    "an optimizer changes the model that it was made of": (
        ["import torch", "m = torch.Linear(1)", "o = torch.SGD(m.parameters())", "o.step()", "m"], [0, 1, 2, 3, 4],
    ),
    "plots and looks are left out": (
        ["import pandas as pd\nimport matplotlib.pyplot as plt", "df = pd.read_csv('x')", "plt.plot(df)", "df.head()", "for c in df: print(c)", "df"],
        [0, 1, 5],
    ),
    "in place is no look": (["import pandas as pd", "df = pd.read_csv('x')", "df.dropna(inplace=True)", "df"], [0, 1, 2, 3]),
    "seeds stay, and what has drawn since": (["import numpy as np", "np.random.seed(0)", "a = np.random.rand()", "b = 1", "np.random.rand()"], [0, 1, 2, 4]),
    "settings of the process stay": (["import os", "os.environ['A'] = '1'", "b = 1", "c = 2", "c"], [0, 1, 3, 4]),
    "a look at the environment sets nothing": (["import os", "x = os.environ.get('A')", "os.environ.setdefault('B', '1')", "os.getcwd()"], [0, 2, 3]),
    "a name of a loop is bound anew": (["for i in range(3): z = i", "for i in range(2): y = i", "y"], [1, 2]),
    "names of a comprehension are its own": (["x = 1", "y = [x for x in range(3)]", "y"], [1, 2]),
    "another name of the same object": (["a = []", "b = a", "b.append(1)", "c = 1", "a"], [0, 1, 2, 4]),
    "a cell that may bind": (["x = 1", "if flag: x = 2", "flag = 1", "x"], [0, 1, 3]),
    "await, walrus and match": (["n = await load()", "if (m := n): pass", "match m:\n    case [x]: y = x", "y"], [0, 1, 2, 3]),
    "a kept line takes a variable": (["x = 'six'", "name = x", "!pip install {name} $HOME", "y = 1", "y"], [0, 1, 3, 4]),
    "a module's code is not Python": (["%%bash\nls", "x = 1", "x"], [1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_in_a_slice_and_what_is_not(case):
    sources, expected = CASES[case]
    assert slice_of([ExecutedCell(source) for source in sources]).cells == expected


def test_a_kept_line_takes_a_variable_of_its_own_cell():
    own = ExecutedCell("own = 'six'\n%pip install $own", "own = 'six'\nget_ipython().run_line_magic('pip', 'install $own')")
    assert slice_of([own, ExecutedCell("y = 1")]).cells == [0, 1]


def test_a_cell_that_failed_is_sure_of_nothing():
    cells = [ExecutedCell("x = 1"), ExecutedCell("1 / 0\nx = 2", failed=True), ExecutedCell("x")]
    assert slice_of(cells).cells == [0, 1, 2]


def test_names_that_no_cell_binds_are_known():
    found = slice_of([ExecutedCell("a = 1"), ExecutedCell("len(a + typed), _")])
    assert (found.used, found.unknown) == ({"a": {0}}, {"typed", "_"})


LATE = (
    "@deco\ndef f(): return rate\nrate = 2", "class A(Base):\n    def go(self): return rate\nrate = 2", "fs = [lambda: rate]\nrate = 2",
    "def f(): return rate\ng = f\nrate = 2",
)  # fmt: skip


@pytest.mark.parametrize("source", LATE)
def test_what_a_function_reads_may_be_bound_after_it(source):
    cells = [ExecutedCell("def deco(f): return f\nclass Base: pass"), ExecutedCell(source), ExecutedCell("f, A, fs")]
    assert "rate" not in slice_of(cells).unknown
    cells[1] = ExecutedCell(source.removesuffix("\nrate = 2"))
    assert "rate" in slice_of(cells).unknown
    assert "rate" in slice_of([ExecutedCell("rate = rate + 1"), ExecutedCell("rate")]).unknown
