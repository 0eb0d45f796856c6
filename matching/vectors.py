"""Vectors of texts in the database, where every worker of every machine finds them."""

from collections.abc import Mapping, Sequence

from matching.models import Vector

MOST = 1_000  # keys or rows of one statement


class DatabaseVectors:
    """A `VectorStore` of rows; two workers that make the same vector keep the first."""

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """See `VectorStore`; one query per 1,000 keys."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), MOST):
            rows = Vector.objects.filter(key__in=keys[start : start + MOST]).values_list("key", "data")
            found.update((bytes(key), bytes(data)) for key, data in rows.order_by())
        return found

    def put_many(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """See `VectorStore`; in the order of the keys, so that two workers never wait for each other in a circle."""
        longest = Vector._meta.get_field("encoder").max_length
        rows = [Vector(key=key, encoder=encoder[:longest], data=vectors[key]) for key in sorted(vectors)]
        Vector.objects.bulk_create(rows, batch_size=MOST, ignore_conflicts=True)
