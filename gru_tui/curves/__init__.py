"""Curves of runs: kept in bounded memory, thinned for a chart, compared, drawn as text or SVG."""
