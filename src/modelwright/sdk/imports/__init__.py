"""Copying from other trackers into a Modelwright server, one package a source. Imported by `mw import` alone."""
