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
