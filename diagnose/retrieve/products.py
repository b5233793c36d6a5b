"""What the text tells of its surroundings: the system it comes from, the products it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.retrieve.rarity import rarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.scan.passages import Passage

_WORD = re.compile(r"[a-z][a-z0-9]{2,}")


# Ports that belong to one product by registration or by its default: whoever talks to one names the product.
_PORTS = {
    "1433": "sql", "2181": "zookeeper", "2379": "etcd", "3100": "loki", "3306": "mysql", "4222": "nats",
    "5432": "postgresql", "5672": "rabbitmq", "6379": "redis", "6443": "kubernetes", "8500": "consul",
    "9090": "prometheus", "9092": "kafka", "9200": "elasticsearch", "11211": "memcached", "27017": "mongodb",
}  # fmt: skip
_PORT_OF_HOST = re.compile(r":(?<=[\da-z\]]:)(\d{4,5})(?!\d)")  # begins with what is quickly found
_PORT_NAMED = re.compile(r"\bport[ =:]{1,3}(\d{4,5})\b")
SHORTENED = 3  # letters that a short form may leave off: postgres, rabbit


def context_of(passages: Sequence[Passage], base: Knowledge, problems: Iterable[str]) -> dict[str, float]:
    """For each of `problems` that names products: up to 1 where one of them is named in the text, the more the fewer
    problems share it; -1 where only another's is."""
    products = base.products()
    holders = base.product_words()
    found = _named(passages, holders)
    named = {word: rarity(holders[word], base.size) for word in found}
    if not named:
        return {}
    full = rarity(1, base.size)
    return {
        problem: max((named[word] / full for word in products[problem] if word in named), default=-1.0)
        for problem in problems
        if problem in products
    }


def _named(passages: Sequence[Passage], holders: Mapping[str, int]) -> set[str]:
    """Product words in the text: as they stand (in a logger, a path, an image), shortened, or by their port."""
    text: set[str] = set()
    for passage in passages:
        for line in passage.lines:
            lowered = line.lower()
            text.update(_WORD.findall(lowered))
            ports = _PORT_OF_HOST.findall(lowered) + (_PORT_NAMED.findall(lowered) if "port" in lowered else [])
            text.update(_PORTS[port] for port in ports if port in _PORTS)
    short = {word[:-cut]: word for word in holders for cut in range(1, SHORTENED + 1) if len(word) - cut >= 5}
    return {word for word in text if word in holders} | {short[word] for word in text if word in short}
