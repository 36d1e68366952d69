"""Notices to airmen and mariners: texts read into zones and windows, and zones written as texts."""
