"""What the Maildir source promises beyond the conformance suite."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from agents.sources.base import ProviderTransient
from agents.sources.maildir import Maildir, watch
from agents.sources.maildir.files import Settling, Unsettled, read
from tests.integration.following import Follower, read_all


def box(root: Path, **options: Any) -> Maildir:
    return Maildir("box", root, **{"max_bytes": 4096, "rescan_s": 0.3, **options})


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for part in ("cur", "new", "tmp"):
        (tmp_path / part).mkdir()
    return tmp_path


def put(path: Path, raw: bytes = b"Subject: x\n\n", age_s: float = 60) -> Path:
    path.write_bytes(raw)
    moment = time.time() - age_s
    os.utime(path, (moment, moment))
    return path


async def test_a_move_from_new_to_cur_is_no_new_mail(maildir: Path) -> None:
    put(maildir / "new/1.host")
    first = await read_all(box(maildir))
    (maildir / "new/1.host").rename(maildir / "cur/1.host:2,S")
    assert (await read_all(box(maildir), first.cursor)).mails == []


async def test_a_move_while_following_is_no_new_mail(maildir: Path) -> None:
    put(maildir / "new/1.host")
    async with Follower(box(maildir)) as follower:
        await follower.until_in_step()
        (maildir / "new/1.host").rename(maildir / "cur/1.host:2,S")
        put(maildir / "new/2.host")
        assert [found.location for found in await follower.until_found(1)] == ["new/2.host"]


async def test_after_first_contact_a_files_times_hide_nothing(maildir: Path) -> None:
    first = await read_all(box(maildir, since_days=7))
    put(maildir / "new/1.host", age_s=400 * 86400)
    assert len((await read_all(box(maildir, since_days=7), first.cursor)).mails) == 1


async def test_passed_over_mails_are_counted_and_stay_passed_over(maildir: Path) -> None:
    for number in range(5):
        put(maildir / f"cur/{number}.host:2,S", age_s=30 * 86400)
    first = await read_all(box(maildir, since_days=7))
    assert (first.mails, first.skipped) == ([], 5)
    assert (await read_all(box(maildir, since_days=None), first.cursor)).mails == []


async def test_no_age_limit_takes_everything(maildir: Path) -> None:
    put(maildir / "new/1.host", age_s=4000 * 86400)
    assert len((await read_all(box(maildir, since_days=None))).mails) == 1


async def test_a_huge_mail_is_cut_and_marked(maildir: Path) -> None:
    put(maildir / "new/1.host", b"S: x\n\n" + b"y" * 10_000)
    (found,) = (await read_all(box(maildir))).mails
    assert (len(found.raw), found.size, found.truncated) == (4096, 10_006, True)


async def test_an_empty_file_is_announced_as_it_is(maildir: Path) -> None:
    put(maildir / "new/1.host", b"")
    (found,) = (await read_all(box(maildir))).mails
    assert (found.raw, found.size, found.truncated) == (b"", 0, False)


async def test_a_name_that_is_not_utf8_is_announced_once(tmp_path: Path) -> None:
    put(tmp_path / os.fsdecode(b"caf\xe9.eml"))
    first = await read_all(box(tmp_path))
    assert len(first.mails) == 1
    assert (await read_all(box(tmp_path), first.cursor)).mails == []


async def test_a_vanished_files_entry_goes_and_the_others_stay(maildir: Path) -> None:
    put(maildir / "new/1.host")
    put(maildir / "new/2.host")
    async with Follower(box(maildir, forget_after_s=0)) as follower:
        await follower.until_in_step()
        before = set(follower.cursor)
        (maildir / "new/1.host").unlink()
        while len(follower.cursor) == len(before):
            await follower.next()
    assert len(before - set(follower.cursor)) == 1
    assert (await read_all(box(maildir), follower.cursor)).mails == []


async def test_an_emptied_tree_forgets_nothing(maildir: Path) -> None:
    """A volume that is not mounted looks like this; when it is back, nothing may be announced again."""
    put(maildir / "new/1.host")
    async with Follower(box(maildir, forget_after_s=0)) as follower:
        await follower.until_in_step()
        before = dict(follower.cursor)
        (maildir / "new/1.host").unlink()
        for _ in range(3):
            await follower.next()
    assert follower.cursor == before


async def test_a_root_that_goes_away_is_transient(maildir: Path) -> None:
    async with Follower(box(maildir)) as follower:
        await follower.until_in_step()
        maildir.rename(maildir.with_name("gone"))
        with pytest.raises(ProviderTransient, match="must exist and be readable"):  # noqa: PT012 - some batch, soon
            while True:
                await follower.next()


async def test_a_file_that_cannot_be_read_is_reported_and_holds_up_nobody(
    maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(maildir / "new/1.bad", age_s=90)
    put(maildir / "new/2.good")
    real = os.open

    def refuse(path: str, *rest: Any) -> int:
        if str(path).endswith("1.bad"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)

    source = box(maildir)
    async with Follower(source) as follower:
        with monkeypatch.context() as patched:
            patched.setattr(os, "open", refuse)
            assert [found.location for found in await follower.until_in_step()] == ["new/2.good"]
            assert source.unreadable == 1
            assert "Permission denied" in source.complaint
        (found,) = await follower.until_found(1)
        assert found.location == "new/1.bad"
        await follower.until_in_step()
        assert (source.unreadable, source.complaint) == (0, "")


async def test_a_plain_file_that_is_still_written_waits_until_it_is_complete(tmp_path: Path) -> None:
    async with Follower(box(tmp_path)) as follower:
        await follower.until_in_step()
        with (tmp_path / "a.eml").open("wb") as file:
            for _ in range(4):
                file.write(b"part\n")
                file.flush()
                await asyncio.sleep(0.1)
        (found,) = await follower.until_found(1)
    assert found.raw == b"part\n" * 4


async def test_more_old_mails_than_an_entry_batch_holds_are_all_passed_over(maildir: Path) -> None:
    for number in range(2100):
        put(maildir / f"cur/{number}.host:2,S", age_s=30 * 86400)
    put(maildir / "new/new.host")
    async with Follower(box(maildir, since_days=7)) as first:
        await first.until_found(1)
    assert (len(first.mails), first.skipped, len(first.cursor)) == (1, 2100, 2102)
    assert max(len(batch.cursor) for batch in first.batches) <= 1002


def test_a_file_from_the_future_settles_on_a_second_look(tmp_path: Path) -> None:
    path = put(tmp_path / "a.eml", b"x", age_s=-3600)
    settling = Settling()
    with pytest.raises(Unsettled):
        read(str(path), 100, settling)
    time.sleep(0.25)
    assert read(str(path), 100, settling).raw == b"x"


def test_a_link_is_not_followed_even_when_it_appears_late(tmp_path: Path) -> None:
    put(tmp_path / "secret")
    (tmp_path / "a.eml").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match=r"symbolic|Too many"):
        read(str(tmp_path / "a.eml"), 100, None)


def test_a_pipe_does_not_hang_the_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        read(str(tmp_path / "pipe"), 100, None)


async def test_more_folders_than_a_pool_has_threads_all_notice_new_mail_at_once(tmp_path: Path) -> None:
    """Each is watched for good. Without its notification a mail would wait for the next look, here an hour away."""
    roots = [tmp_path / str(number) for number in range(60)]
    for root in roots:
        (root / "new").mkdir(parents=True)
        (root / "cur").mkdir()
    async with AsyncExitStack() as stack:
        followers = [await stack.enter_async_context(Follower(box(root, rescan_s=3600))) for root in roots]
        await asyncio.gather(*(follower.until_in_step() for follower in followers))
        waiting = [asyncio.create_task(follower.until_found(1)) for follower in followers]
        await asyncio.sleep(1.5)  # past the look that each takes once its watch is set
        assert not any(task.done() for task in waiting)
        for root in roots:
            put(root / "new/1.host")
        assert len(await asyncio.gather(*waiting)) == 60


async def test_a_mail_that_comes_before_the_watch_is_set_is_noticed(
    maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To set a watch on a large tree takes long; what comes after the first look and before that is not lost on it."""
    real, looked = watchfiles.watch, threading.Event()

    def late(*roots: str, **options: Any) -> Any:
        assert looked.wait(60)
        return real(*roots, **options)

    monkeypatch.setattr(watch, "watch", late)
    async with Follower(box(maildir, rescan_s=3600)) as follower:
        await follower.until_in_step()
        put(maildir / "new/1.host")
        looked.set()
        assert len(await follower.until_found(1)) == 1


async def test_without_notifications_mail_is_found_by_looking(
    maildir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """fs.inotify.max_user_instances is used up."""

    def refuse(*_: str, **__: Any) -> Any:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(watch, "watch", refuse)
    monkeypatch.setattr(watch, "BLIND_S", 0.2)
    async with Follower(box(maildir, rescan_s=3600)) as follower:
        await follower.until_in_step()
        put(maildir / "new/1.host")
        assert len(await follower.until_found(1)) == 1
    assert "no file notifications" in caplog.text


async def test_what_vanishes_between_the_look_and_the_reading_holds_up_nobody(
    maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person reads and deletes while we catch up."""
    for number in range(6):
        put(maildir / f"new/{number}.host", age_s=60 - number)
    real = os.open

    def vanish(path: str, *rest: Any) -> int:
        if str(path).endswith(("2.host", "4.host")):
            Path(path).unlink(missing_ok=True)
        return real(path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", vanish)
        follower = await read_all(box(maildir))
    assert [found.location for found in follower.mails] == [f"new/{number}.host" for number in (0, 1, 3, 5)]


async def test_room_is_asked_for_as_much_as_a_batch_holds(maildir: Path) -> None:
    for number in range(5):
        put(maildir / f"new/{number}.host", b"x" * 1000, age_s=60 - number)
    put(maildir / "new/5.host", b"y" * 100_000, age_s=1)
    asked: list[int] = []

    async def room(size: int, /) -> None:
        asked.append(size)

    batches = (await read_all(box(maildir, batch_bytes=2500, room=room))).batches
    read = [sum(len(found.raw) for found in batch.mails) for batch in batches if batch.mails]
    assert read == [2000, 2000, 1000, 4096]
    assert all(size <= granted for size, granted in zip(read, asked, strict=True))
    assert max(asked) <= 4096
