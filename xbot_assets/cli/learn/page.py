"""The report as one HTML file that asks nobody for anything."""

from functools import cache
from importlib.resources import files

import jinja2

from xbot_assets.service.pages.learned import Learned
from xbot_assets.steps.learning.report_values import LearningReport

PAGES = "xbot_assets.service"
"""Whose part of the view Insights, with its looks, is the body of the file."""


def page(report: LearningReport) -> str:
    """Return the page; every value is escaped."""
    css = (files(PAGES) / "static" / "css" / "learned.css").read_text(encoding="utf-8")
    return _templates().get_template("report.html").render(learned=Learned(report), css=css)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("xbot_assets.cli.learn"), jinja2.PackageLoader(PAGES)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
