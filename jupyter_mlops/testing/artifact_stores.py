"""What every artifact store must do, as tests: inherit the class, give it a store, run pytest.

A place of your own, tested where it is implemented::

    class TestMyStore(ArtifactStoreContract):
        @pytest.fixture
        def store(self):
            return MyArtifactStore("mine://place/<fresh>/run/artifacts")

        def overwrite(self, store, path, content):
            ...  # change the stored bytes behind the store's back
"""

from __future__ import annotations

import os
import pathlib
from abc import abstractmethod
from collections.abc import Callable

import pytest

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter, NotFound
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED, ArtifactStore

__all__ = ["ArtifactStoreContract"]

Tree = dict[str, bytes]
_TREE = {"a.txt": b"a", "deep/b.bin": bytes(range(256)) * 5000, "deep/er/c": b"", "deep/er/d e.json": b"{}"}
_LEADING_OUT = (
    "../x",
    "a/../../x",
    "/etc/x",
    "..",
    "~/x",
    "a\\..\\x",
    "a\0b",
    "%2e%2e/x",
    "%252e%252e%252fx",
    "%2fetc/x",
    "%" + "25" * 20 + "2e/x",
    "s3://b/x",
)
_ODD_NAMES = ("a b.txt", "ü ✓.txt", "50%.txt", "x*?[1].txt", "line\nbreak", "#1", "q?a=1", "-rf", ".hidden", "n" * 200)


def write_tree(folder: pathlib.Path, tree: Tree) -> str:
    """Make files below a folder."""
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return str(folder)


def read_tree(folder: str | os.PathLike[str]) -> Tree:
    """Every file below a folder, unfinished ones too."""
    found = (path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class ArtifactStoreContract:
    """Tests of an `ArtifactStore`; each gets an empty one.

    Attributes
    ----------
    impossible_names : tuple of str
        Odd names that the place itself cannot hold.
    notices_damage : bool
        Whether digests are kept, so that a file that is not what was logged is told.
    tells_digests : bool
        Whether digests are known on this side too, so that what is there whole is not sent or fetched again.
    """

    impossible_names: tuple[str, ...] = ()
    notices_damage = True
    tells_digests = True

    @pytest.fixture
    def store(self) -> ArtifactStore:
        """An empty store. Override it."""
        raise NotImplementedError

    @abstractmethod
    def overwrite(self, store: ArtifactStore, path: str, content: bytes) -> None:
        """Change what is stored at `path`, past the store. Override it."""

    def _must(self, keeps: bool) -> None:
        if not keeps:
            pytest.skip("whoever keeps the files there keeps no digests, or tells none")

    @pytest.fixture
    def put(self, store: ArtifactStore, tmp_path: pathlib.Path) -> Callable[[str, bytes], None]:
        """Keep bytes as a file."""

        def put(path: str, content: bytes) -> None:
            (tmp_path / "one").write_bytes(content)
            store.put_file(str(tmp_path / "one"), path)

        return put

    @pytest.fixture
    def tree(self, tmp_path: pathlib.Path) -> str:
        """A local folder with a few files."""
        return write_tree(tmp_path / "tree", _TREE)

    def test_an_empty_store_has_nothing(self, store: ArtifactStore, tmp_path: pathlib.Path) -> None:
        assert store.list("") == store.list("none") == []
        assert store.sizes("none") is None
        with pytest.raises(NotFound):
            store.fetch("none", str(tmp_path / "to"))
        store.delete("none")

    def test_a_file_goes_and_comes(
        self, store: ArtifactStore, put: Callable[[str, bytes], None], tmp_path: pathlib.Path
    ) -> None:
        put("deep/x.bin", b"\0\xff" * 1000)
        local = store.fetch("deep/x.bin", str(tmp_path / "to"))
        assert pathlib.Path(local) == tmp_path / "to/deep/x.bin"
        assert read_tree(tmp_path / "to") == {"deep/x.bin": b"\0\xff" * 1000}
        put("deep/x.bin", b"new")
        assert pathlib.Path(store.fetch("deep/x.bin", str(tmp_path / "to"))).read_bytes() == b"new"

    def test_a_folder_goes_and_comes(self, store: ArtifactStore, tree: str, tmp_path: pathlib.Path) -> None:
        store.put_folder(tree, "in/side")
        store.put_folder(tree, "")
        store.put_folder(tree, "without", [os.path.join(tree, "deep", "er"), os.path.join(tree, "a.txt")])
        assert read_tree(store.fetch("in", str(tmp_path / "1"))) == {
            f"side/{name}": data for name, data in _TREE.items()
        }
        assert read_tree(store.fetch("without", str(tmp_path / "2"))) == {"deep/b.bin": _TREE["deep/b.bin"]}
        everything = read_tree(store.fetch("", str(tmp_path / "3")))
        assert {name: everything[name] for name in _TREE} == _TREE

    def test_one_level_is_listed_in_order(
        self, store: ArtifactStore, tree: str, put: Callable[[str, bytes], None]
    ) -> None:
        store.put_folder(tree, "")
        put("deep.txt", b"12345")
        assert store.list("") == [FileInfo("a.txt", False, 1), FileInfo("deep", True), FileInfo("deep.txt", False, 5)]
        assert store.list("deep") == [FileInfo("deep/b.bin", False, 1280000), FileInfo("deep/er", True)]
        assert store.list("a.txt") == store.list("dee") == []

    def test_sizes(self, store: ArtifactStore, tree: str) -> None:
        store.put_folder(tree, "t")
        assert store.sizes("t") == {name: len(content) for name, content in _TREE.items()}
        assert store.sizes("t/deep/er") == {"c": 0, "d e.json": 2}
        assert store.sizes("t/a.txt") == {"": 1}
        assert store.sizes("t/dee") is None

    @pytest.mark.parametrize("path", _LEADING_OUT)
    def test_no_name_leads_out(self, store: ArtifactStore, tree: str, tmp_path: pathlib.Path, path: str) -> None:
        target, local = str(tmp_path / "to"), os.path.join(tree, "a.txt")
        for call in (
            lambda: store.put_file(local, path), lambda: store.put_folder(tree, path), lambda: store.list(path),
            lambda: store.fetch(path, target), lambda: store.delete(path), lambda: store.sizes(path),
        ):  # fmt: skip
            with pytest.raises(InvalidParameter):
                call()
        assert not os.path.exists(target)

    @pytest.mark.parametrize("name", _ODD_NAMES)
    def test_odd_names(
        self, store: ArtifactStore, put: Callable[[str, bytes], None], tmp_path: pathlib.Path, name: str
    ) -> None:
        if name in self.impossible_names:
            pytest.skip(f"the place cannot hold {name!r}")
        put(f"odd/{name}", b"content")
        put("odd/other", b"other")
        assert FileInfo(f"odd/{name}", False, 7) in store.list("odd")
        assert read_tree(store.fetch("odd", str(tmp_path / "to"))) == {name: b"content", "other": b"other"}
        store.delete(f"odd/{name}")
        assert [info.path for info in store.list("odd")] == ["odd/other"]

    def test_a_folder_sent_again_takes_only_what_changed(
        self, store: ArtifactStore, tree: str, tmp_path: pathlib.Path
    ) -> None:
        """Seen by what was changed behind the store's back: a file of the right size is not sent again."""
        self._must(self.tells_digests)
        store.put_folder(tree, "t")
        self.overwrite(store, "t/a.txt", b"X")
        self.overwrite(store, "t/deep/er/d e.json", b"short"[:1])
        write_tree(tmp_path / "tree", {"deep/er/c": b"new"})
        store.put_folder(tree, "t")
        assert store.sizes("t") == {**{name: len(content) for name, content in _TREE.items()}, "deep/er/c": 3}
        with pytest.raises(ArtifactCorrupt):
            store.fetch("t/a.txt", str(tmp_path / "to"))
        assert pathlib.Path(store.fetch("t/deep/er/c", str(tmp_path / "to"))).read_bytes() == b"new"
        assert pathlib.Path(store.fetch("t/deep/er/d e.json", str(tmp_path / "to"))).read_bytes() == b"{}"

    def test_what_is_not_what_was_logged_is_told(self, store: ArtifactStore, tree: str, tmp_path: pathlib.Path) -> None:
        self._must(self.notices_damage)
        store.put_folder(tree, "t")
        store.put_file(os.path.join(tree, "a.txt"), "one.txt")
        for path, content in (("t/deep/b.bin", b"\1" * 1280000), ("one.txt", b"b"), ("t/deep/er/d e.json", b"{")):
            self.overwrite(store, path, content)
            with pytest.raises(ArtifactCorrupt, match="is not what was logged") as caught:
                store.fetch(path, str(tmp_path / "to"))
            assert (caught.value.path, caught.value.place) == (path, store.uri)
            with pytest.raises(ArtifactCorrupt):
                store.fetch("", str(tmp_path / "all"))
        assert read_tree(tmp_path / "to") == {}
        assert "t/deep/b.bin" not in read_tree(tmp_path / "all")

    def test_a_file_is_read_from_any_place(self, store: ArtifactStore, tree: str) -> None:
        store.put_folder(tree, "t")
        with store.open_file("t/deep/b.bin") as file:
            whole = (pathlib.Path(tree) / "deep/b.bin").read_bytes()
            for place in (1_000_000, 5):
                file.seek(place)
                assert file.read(7) == whole[place : place + 7]
        for path in ("t/deep", "t/none", ""):
            with pytest.raises(NotFound):
                store.open_file(path).close()

    def test_each_of_two_files_logged_under_one_name_is_right(
        self, store: ArtifactStore, put: Callable[[str, bytes], None], tmp_path: pathlib.Path
    ) -> None:
        put("x", b"one")
        put("x", b"two")
        self.overwrite(store, "x", b"one")
        assert pathlib.Path(store.fetch("x", str(tmp_path / "to"))).read_bytes() == b"one"

    def test_a_fetch_goes_on_where_it_was(self, store: ArtifactStore, tree: str, tmp_path: pathlib.Path) -> None:
        """Seen by what was changed meanwhile: what lies there whole is not fetched again."""
        self._must(self.tells_digests)
        store.put_folder(tree, "")
        to = pathlib.Path(store.fetch("", str(tmp_path / "to")))
        (to / "deep/b.bin").write_bytes(b"half")
        self.overwrite(store, "a.txt", b"X")
        assert read_tree(store.fetch("", str(to))) == _TREE

    def test_what_has_no_record_is_fetched_as_it_is(
        self, store: ArtifactStore, tree: str, tmp_path: pathlib.Path
    ) -> None:
        store.put_folder(tree, "")
        self.overwrite(store, "by-others.txt", b"theirs")
        assert pathlib.Path(store.fetch("by-others.txt", str(tmp_path / "to"))).read_bytes() == b"theirs"

    def test_deleting(
        self, store: ArtifactStore, tree: str, put: Callable[[str, bytes], None], tmp_path: pathlib.Path
    ) -> None:
        store.put_folder(tree, "t")
        put("t.txt", b"stays")
        put("t2/x", b"stays")
        store.delete("t/deep")
        assert store.sizes("t") == {"a.txt": 1}
        store.put_folder(tree, "t")
        assert read_tree(store.fetch("t", str(tmp_path / "to"))) == _TREE
        store.delete("t/a.txt")
        store.delete("t")
        assert [info.path for info in store.list("")] == ["t.txt", "t2"]
        store.delete("")
        store.delete("")
        assert store.list("") == []
        assert not store.digests().of("t.txt")
        put("t.txt", b"again")
        assert pathlib.Path(store.fetch("t.txt", str(tmp_path / "new"))).read_bytes() == b"again"

    def test_unfinished_files_are_not_shown(
        self, store: ArtifactStore, put: Callable[[str, bytes], None], tmp_path: pathlib.Path
    ) -> None:
        put("d/x", b"x")
        self.overwrite(store, f"d/{UNFINISHED}1", b"half")
        assert [info.path for info in store.list("d")] == ["d/x"]
        assert read_tree(store.fetch("d", str(tmp_path / "to"))) == {"x": b"x"}

    def test_missing_local_files(self, store: ArtifactStore, tmp_path: pathlib.Path) -> None:
        with pytest.raises(FileNotFoundError):
            store.put_file(str(tmp_path / "none"), "x")
        assert store.list("") == []
