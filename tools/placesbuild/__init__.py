"""Parts of ``tools/build_places.py``, which makes the packaged places."""
