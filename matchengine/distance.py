"""The distance between two points on Earth."""

from math import asin, cos, radians, sin, sqrt

RADIUS = 6371.0088  # km; the mean radius R1 of the ellipsoid GRS 80 (Moritz 2000, "Geodetic Reference System 1980")


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The distance in km along the surface between two points given in degrees: latitudes -90 to 90, longitudes -180 to
    180.

    The haversine formula (Sinnott 1984, "Virtues of the Haversine") on a sphere of mean radius: never off the distance
    on the ellipsoid by more than 0.6 %, which is 0.6 km in 100; roads are longer still. Rounding adds under 1 m, most
    of it near the antipodes. Raises ValueError for coordinates out of range.
    """
    if not (abs(lat1) <= 90 and abs(lat2) <= 90 and abs(lon1) <= 180 and abs(lon2) <= 180):
        raise ValueError(f"not on Earth: {lat1}, {lon1} or {lat2}, {lon2}")
    one, other = radians(lat1), radians(lat2)
    half = sin((other - one) / 2) ** 2 + cos(one) * cos(other) * sin(radians(lon2 - lon1) / 2) ** 2
    # Rounding can lift the haversine of antipodes slightly above 1, where there is no angle.
    return 2 * RADIUS * asin(sqrt(min(1.0, half)))
