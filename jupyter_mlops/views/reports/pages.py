"""A report as HTML: a part of a page, as notebooks show it, and a page of its own that needs nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.views.formats.html import escape
from jupyter_mlops.views.reports.tables import Cell, ReportTable

__all__ = ["page_of", "plotly_scripts", "table_html"]

_SHORT = 60  # letters that stay on one line

_STYLE = """
:root{color-scheme:light dark;--ink:#1f2328;--quiet:#59636e;--ground:#fff;--line:#d1d9e0;--band:#f6f8fa;--good:#1a6b3c;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e6e6;--quiet:#a3adb8;--ground:#111;--line:#3a424b;--band:#1b1f24;--good:#6fd08c;--bad:#ff9a90}}
body{margin:0 auto;max-width:72rem;padding:2rem 1.25rem 4rem;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}.quiet,.note{color:var(--quiet)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);white-space:nowrap;text-align:left;max-width:26rem;overflow:hidden;text-overflow:ellipsis}
th{background:var(--band)}tbody tr:last-child td{border-bottom:0}.number{text-align:right}small{color:var(--quiet);margin-left:.4em}
.better{color:var(--good)}.worse{color:var(--bad)}img,.chart{max-width:100%}img{height:auto}
@media print{body{max-width:none;padding:0}.wide{overflow:visible}}
"""


def page_of(title: str, body: str, scripts: str = "") -> str:
    """A page of its own: no scripts are needed to read it, nothing is loaded from elsewhere, light or dark as the reader prefers."""
    policy = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'" + ("; script-src 'unsafe-inline' 'unsafe-eval'" if scripts else "")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body>{body}{scripts}</body></html>\n"
    )


def table_html(table: ReportTable, caption: str) -> str:
    """The table with differences to the baseline beside the values."""
    head = "".join(f'<th scope="col"{_side(number)}>{escape(name)}</th>' for name, number in zip(table.columns, table.numeric, strict=True))
    rows = "".join(
        f"<tr>{''.join(map(_cell, row, table.numeric))}</tr>" for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}'


def _side(number: bool) -> str:
    return ' class="number" style="text-align:right"' if number else ' style="text-align:left"'


def _cell(cell: Cell, number: bool) -> str:
    delta = f' <small class="{cell.tone}">{escape(cell.delta)}</small>' if cell.delta else ""
    line = ' style="text-align:left;white-space:nowrap"' if not number and len(cell.text) <= _SHORT else _side(number)
    return f"<td{line}>{escape(cell.text)}{delta}</td>"


def plotly_scripts(figures: list[dict[str, Any]]) -> str:
    """plotly.js itself and a call for each figure, which takes the place of the picture of that number."""
    from plotly.offline import get_plotlyjs

    # What ends a script is written otherwise, so that no name of a run does.
    data = msgspec.json.encode(figures).decode().replace("<", "\\u003c")
    draw = (
        "for(const [place,one] of FIGURES.entries()){const node=document.querySelectorAll('.chart')[place];node.replaceChildren();"
        "const ink=getComputedStyle(document.body).color;"
        "Plotly.newPlot(node,one.data,{...one.layout,autosize:true,paper_bgcolor:'transparent',plot_bgcolor:'transparent',font:{color:ink}},{responsive:true,displaylogo:false})}"
    )
    return f"<script>{get_plotlyjs()}</script><script>const FIGURES={data};{draw}</script>"
