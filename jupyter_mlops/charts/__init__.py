"""Plotly figures made from runs: pure functions, drawn by widgets, panel, pages and reports alike.

May import `entities` and `errors`; used by `views`. A figure is plain data (``{"data": …, "layout": …}``): plotly itself is
needed only by who draws it.
"""

from jupyter_mlops.charts.lineages import lineage_figure
from jupyter_mlops.charts.svgs import figure_image, figure_svg

__all__ = ["figure_image", "figure_svg", "lineage_figure"]
