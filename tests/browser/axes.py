"""What axe-core finds that keeps people out of a page: only what it calls serious or critical."""

from functools import cache
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """within => axe.run(within, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)} ${node.any.map(why => why.message).join('; ').slice(0, 200)}`)))"""


@cache
def _source():
    return SCRIPT.read_text()


def found(page, within):
    """Each finding with the element that it is about."""
    page.wait_for_timeout(400)  # what fades in has half of its contrast
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_source()}; null")
    return page.evaluate(_RUN, within)
