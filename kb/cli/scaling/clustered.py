"""A call whose inputs are read by the workers of a cluster: connected, and what they found put together as one part."""

from __future__ import annotations

import platform
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.errors import InputError, KbError
from kb.cli.output import tell
from kb.cli.progress import Counter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.options import Options
    from diagnose.scan.reading import Read
    from kb.cli.given import Call
    from kb.cli.session import Session
    from kb.scale.answering import Work
    from kb.scale.executors import Cluster
    from kb.store.store import Store

OLD = 30 * 86400


def work_of(session: Session, call: Call, store: Store, options: Options) -> Work:
    """What every worker needs, here or elsewhere."""
    from kb.scale.answering import Work

    return Work(
        bases=session.bases,
        cache=session.cache,
        digest=store.documents_digest,
        version=store.version,
        options=options,
        max_bytes=call.max_bytes,
        raw=call.raw,
        folder=str(Path.cwd()) if call.cluster else "",
        python=".".join(platform.python_version_tuple()[:2]) if call.cluster else "",
    )


@contextmanager
def connected(call: Call, store: Store, work: Work) -> Iterator[Cluster]:
    """The cluster of the call. Warns of a scheduler that takes work from anybody."""
    from kb.scale.executors import cluster_at
    from kb.store.carried import carried

    cluster = cluster_at(call.cluster, call.cluster_tls, work, carried(store))
    try:
        if cluster.open_to_all:
            tell(
                f"--cluster {call.cluster}: whoever reaches this scheduler runs what they like on its workers; "
                "keep it behind a firewall, or use TLS (--cluster-tls)"
            )
        yield cluster
    finally:
        cluster.close()


def part_by_cluster(
    session: Session, call: Call, store: Store, options: Options, folder: Path | None = None, label: str = ""
) -> tuple[bytes, Read]:
    """The part of all inputs of the call, read by its cluster, and what was read of each. The part of each item stays in
    `folder` until all is done (without one: in the cache), so that the same call goes on where it was cut short."""
    from diagnose.parts.wire import packed
    from diagnose.scan.reading import read_of
    from kb.scale.gathering import Parts, Scan, gathered
    from kb.scale.items import items_of

    check(call)
    plan = list(items_of(call.inputs, cut=not (options.setup.span or call.max_bytes)))
    work = work_of(session, call, store, options)
    scan = Scan(work, label)
    parts = Parts(folder or _own_folder(session, scan.key_of_all(plan)), store)
    plan = [scan.shown(item) if isinstance(item, InputError) else item for item in plan]
    try:
        with connected(call, store, work) as cluster, Counter(data=True) as told:
            items = gathered(plan, scan, parts, cluster.start, cluster.workers, told)
    except BaseException:
        if parts.any():
            tell(f"what was read is kept in {parts.folder}; the same command goes on")
        else:
            parts.remove()
        raise
    data = packed(items, store)
    parts.remove()
    return data, read_of(items)


def _own_folder(session: Session, name: str) -> Path:
    """A folder of the cache; those that nobody came back to for a month go."""
    if not session.cache:
        return Path(tempfile.mkdtemp(prefix="kb-cluster-"))
    place = session.cache / "cluster"
    for old in place.glob("*"):
        with suppress(OSError):
            if time.time() - old.lstat().st_mtime > OLD:
                shutil.rmtree(old)
    return place / name


def check(call: Call) -> None:
    """KbError for what the workers cannot read, and for what would be asked of them twice."""
    if not call.inputs or call.texts or call.clip or "-" in call.inputs:
        raise KbError("--cluster", "reads files and URIs, no standard input and no pasted text", "name INPUTs")
    if call.case_file or call.interactive or call.baselines or call.verify:
        raise KbError("--cluster", "goes neither into a case or a talk nor beside a baseline", "leave one out")
