"""The count of every record and of what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """What became of every record: ``records`` is always the sum of cleaned, skipped and failed.

    cleaned: by status.  skipped, failed: by reason.  problems: codes of records that were cleaned all the same.
    damage, damaged_bytes: stretches in which no record could be made out, by reason.
    unreadable: files that could not be opened or read, with the error.
    """

    files: int = 0
    records: int = 0
    cleaned: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    damage: Counter[str] = field(default_factory=Counter)
    damaged_bytes: Counter[str] = field(default_factory=Counter)
    unreadable: dict[str, str] = field(default_factory=dict)

    @property
    def lossless(self) -> bool:
        """Whether nothing failed, nothing was damaged and every file could be read."""
        return not (self.failed or self.damage or self.unreadable)

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain values that JSON can hold, the most frequent reason first."""
        names = ("cleaned", "skipped", "failed", "problems")
        counts = {name: dict(getattr(self, name).most_common()) for name in names}
        damage = {
            reason: {"stretches": number, "bytes": self.damaged_bytes[reason]}
            for reason, number in self.damage.most_common()
        }
        return {
            "files": self.files,
            "records": self.records,
            **counts,
            "damage": damage,
            "unreadable": dict(self.unreadable),
        }
