"""Measures how well the engine ranks on data that people judged; pure, it reads folders and returns figures."""
