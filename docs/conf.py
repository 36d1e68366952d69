"""Sphinx configuration; build with `make docs`."""

import overflight

project = "overflight"
author = "The overflight developers"
copyright = "2026, the overflight developers"
release = version = overflight.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = False

html_theme = "furo"
html_title = f"overflight {release}"
html_theme_options = {"footer_icons": []}
html_copy_source = False


def setup(app):
    """Write the page on public alerts beside the documents, as `overflight record --page` writes it."""

    def write(app, exception):
        if exception is None and app.builder.format == "html":
            from pathlib import Path

            from overflight.jobs.record import alerts_page

            Path(app.outdir, "public-alerts.html").write_text(alerts_page(), "utf-8")

    app.connect("build-finished", write)
