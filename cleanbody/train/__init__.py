"""Fitting and building what `cleanbody/data` holds; never imported by the rooms that clean."""
