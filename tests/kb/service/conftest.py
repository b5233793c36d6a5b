"""A base of one article: few are read quickly."""

import pytest


@pytest.fixture(scope="session")
def seed_roots(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("seed")
    place = folder / "lync" / "pool-failover-dcom-error"
    place.mkdir(parents=True)
    text = (root / "articles" / "lync" / "pool-failover-dcom-error" / "article.md").read_text("utf-8")
    (place / "article.md").write_text(text, encoding="utf-8")
    return [folder]


@pytest.fixture(scope="session")
def seed(seed_roots):
    from kb.store.open import open_store

    with open_store(seed_roots, None) as store:
        yield store
