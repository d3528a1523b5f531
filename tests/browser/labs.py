"""JupyterLab as a person uses it: open a notebook, run it, save it, change the theme."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

from tests.browser import pictures

_numbers = itertools.count()
NARROW = 800


class Lab:
    def __init__(self, page, server, token):
        self.page, self.server, self._token = page, server, token
        self.root: Path = server["root"]

    def open(self, path=""):
        workspace = f"lab/workspaces/t{next(_numbers)}"
        tree = f"/tree/{path}" if path else ""
        self.page.goto(f"{self.server['url']}/{workspace}{tree}?reset&token={self._token}")
        self.page.wait_for_function("window.jupyterapp && jupyterapp.restored.then(() => true)")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")
        if path:
            self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        return self

    def open_notebook(self, path):
        self.open(path)
        self.page.evaluate(
            """async () => {
                const { context } = jupyterapp.shell.currentWidget;
                await context.ready;
                await context.sessionContext.ready;
                await context.sessionContext.session.kernel.info;
            }"""
        )
        return self

    def command(self, name, **arguments):
        return self.page.evaluate(f"jupyterapp.commands.execute({name!r}, {json.dumps(arguments)}).then(() => null)")

    def run_all(self, wait=True):
        self.page.locator(".jp-Notebook").first.click(position={"x": 5, "y": 5})
        self.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
        if wait:
            self.wait_idle()

    def wait_idle(self):
        """All cells have a number and the kernel is idle."""
        self.page.wait_for_function(
            "[...document.querySelectorAll('.jp-Notebook .jp-InputArea-prompt')].every(p => /\\[\\d+\\]/.test(p.textContent))",
            timeout=180_000,
        )

    def output(self, cell):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-OutputArea")

    def run_code(self, source):
        """Run code in the notebook's kernel and return what it printed."""
        return self.page.evaluate(
            """async source => {
                const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code: source, store_history: false });
                let text = '';
                future.onIOPub = m => { text += m.content.text ?? (m.content.traceback ?? []).join('\\n'); };
                await future.done;
                return text;
            }""",
            source,
        ).strip()

    def told(self, expression, wanted):
        """The kernel comes to know what was done on the page: by comms, which other code overtakes."""
        for _ in range(300):
            found = self.run_code(f"print({expression})")
            if found == wanted:
                return
            self.page.wait_for_timeout(100)
        assert found == wanted

    def let(self, name):
        """A cell that waits by `until` for this name goes on."""
        (self.root / f"{name}.let").touch()

    def save(self):
        """Written to its file; a running cell may have changed it again since."""
        self.page.evaluate("jupyterapp.shell.currentWidget.context.save()")

    def saved(self, path):
        return json.loads((self.root / path).read_text())

    def theme(self, name):
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function(f"document.body.dataset.jpThemeName === {name!r}")
        self.page.wait_for_timeout(600)

    def settings(self, plugin, **values):
        """Choose these settings of a plugin and none else; why they were refused, if they were."""
        saving = "([id, raw]) => jupyterapp.serviceManager.settings.save(id, raw).then(() => null, error => String(error.message ?? error))"
        return self.page.evaluate(saving, [plugin, json.dumps(values)])

    def shoot(self, name, locator=None):
        """Pictures in both themes, of the page as it is and in a narrow window, for people to look at."""
        if not pictures.FOLDER:
            return
        size = self.page.viewport_size
        for theme, suffix in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
            self.theme(theme)
            pictures.take(locator or self.page, f"{name}-{suffix}")
            self.page.set_viewport_size({**size, "width": NARROW})
            self.page.wait_for_timeout(300)
            pictures.take(locator or self.page, f"{name}-{suffix}-{NARROW}")
            self.page.set_viewport_size(size)


def until(name):
    """A line of a cell that runs until the test has seen what it looks for, however slow the page is."""
    return f"while not __import__('pathlib').Path('{name}.let').exists(): time.sleep(0.05)"


def field(view, name):
    """An input of a model's form."""
    return view.locator(f'[data-testid="mlops-field"][data-name="{name}"]')


def in_store(lab, code):
    """Run code in another process on the server's store."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=lab.root, env=lab.server["env"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
