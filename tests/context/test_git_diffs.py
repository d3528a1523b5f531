"""What git has not committed is kept with a run: as a patch that applies, and without what nobody should see."""

import os
import pathlib
import subprocess
import time

import pytest

from jupyter_mlops.context import git_diffs
from jupyter_mlops.context.git_diffs import work_tree_state

DIRTY = "jupyter_mlops.git.dirty"


def same_files(one, other, leave_out=()):
    found = []
    for folder in (one, other):
        paths = {
            path.relative_to(folder): path
            for path in pathlib.Path(folder).rglob("*")
            if path.is_file() and ".git" not in path.parts
        }
        found.append(
            {
                str(name): path.read_bytes()
                for name, path in paths.items()
                if not str(name).startswith(("mlops", "mlartifacts", *leave_out))
            }
        )
    return found[0] == found[1]


def test_a_clean_work_tree_has_no_diff_also_with_the_store_in_it(repository, record):
    for _ in range(2):
        recorded = record(repository.folder)
        assert (recorded.tags[DIRTY], recorded.diff) == ("false", None)
    assert {"mlops.duckdb", "mlartifacts"} <= set(os.listdir(repository.folder))


def test_a_store_that_was_committed_is_no_change(repository, record):
    record(repository.folder)
    repository.git("add", "-f", "mlops.duckdb")
    repository.commit()
    record(repository.folder)
    assert "mlops.duckdb" in repository.git("status", "--porcelain")
    assert record(repository.folder).tags[DIRTY] == "false"


def test_the_diff_makes_the_commit_what_the_work_tree_was(repository, record, apply):
    repository.write("new file ü.py", "a = 1\n")
    repository.write("latin.txt", "caf\xe9\r\n".encode("latin-1"))
    repository.git("add", "-A")
    repository.write("train.py", "depth = 4\nprint(depth)")  # no newline at the end
    repository.write("picture.png", b"\x89PNG\0" + os.urandom(300))
    repository.git("add", "picture.png")
    os.unlink(repository.folder / "notes.txt")
    recorded = record(repository.folder)
    assert recorded.tags[DIRTY] == "true"
    commit = repository.git("rev-parse", "HEAD")
    assert recorded.head == [f"# What was not committed on top of {commit}; `git apply` takes it."]
    assert recorded.tags["mlflow.source.git.commit"] == commit
    assert same_files(repository.folder, apply(repository, recorded))


def test_it_applies_whatever_the_repository_says_of_diffs(repository, record, apply):
    for key, value in {
        "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "color.diff": "always", "diff.context": "0",
        "diff.renames": "copies", "diff.relative": "true", "diff.submodule": "log", "core.quotePath": "false", "core.abbrev": "4",
        "diff.orderFile": "none", "diff.srcPrefix": "x/", "status.showUntrackedFiles": "all", "status.branch": "false",
    }.items():  # fmt: skip
        repository.git("config", key, value)
    repository.git("mv", "notes.txt", "renamed.txt")
    repository.write("train.py", "depth = 4\n")
    below = repository.folder / "below"
    below.mkdir()
    assert same_files(repository.folder, apply(repository, record(below)), leave_out=["below"])


def test_files_that_git_does_not_know_are_listed(repository, record):
    repository.write(".gitignore", "ignored.txt\n")
    repository.commit()
    for name in ("ignored.txt", "new.py", "odd\nname.py", "folder/a.txt", "folder/b.txt"):
        repository.write(name, "x\n")
    recorded = record(repository.folder)
    assert recorded.tags[DIRTY] == "false"
    assert recorded.head[1:] == [f"# Not known to git: {name}" for name in ("folder/", "new.py", r"'odd\nname.py'")]


def test_before_the_first_commit(make_repository, record):
    fresh = make_repository(committed=False)
    fresh.git("add", "train.py")
    recorded = record(fresh.folder)
    assert recorded.tags[DIRTY] == "true"
    assert b"+depth = 3\n" in recorded.diff
    assert "# Not known to git: notes.txt" in recorded.head
    assert "mlflow.source.git.commit" not in recorded.tags
    assert recorded.tags["mlflow.source.git.branch"] == "main"


def test_a_linked_work_tree_and_a_submodule(make_repository, record, tmp_path):
    outer, inner = make_repository("outer"), make_repository("inner")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.folder), "part")
    outer.commit()
    outer.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "train.py").write_text("side = 1\n")
    (outer.folder / "part" / "train.py").write_text("part = 1\n")
    side, part, whole = (record(folder) for folder in (tmp_path / "side", outer.folder / "part", outer.folder))
    assert side.tags["mlflow.source.git.branch"] == "side"
    assert (b"+side = 1" in side.diff, b"+part = 1" in part.diff) == (True, True)
    assert part.tags["mlflow.source.git.commit"] == inner.git("rev-parse", "HEAD")
    assert (whole.tags[DIRTY], whole.diff) == ("false", None)  # of a submodule only the commit counts
    subprocess.run(["git", "-C", outer.folder / "part", "commit", "-qam", "x"], check=True)
    moved = record(outer.folder)
    assert (moved.tags[DIRTY], b"+Subproject commit" in moved.diff) == ("true", True)


def test_the_commit_of_a_linked_work_tree_is_asked_again_when_it_moves(repository, tmp_path):
    from jupyter_mlops.context.git import git_tags

    repository.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    first = git_tags(str(tmp_path / "side"))["mlflow.source.git.commit"]
    subprocess.run(["git", "-C", tmp_path / "side", "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    assert git_tags(str(tmp_path / "side"))["mlflow.source.git.commit"] != first


def test_in_the_middle_of_a_merge(repository, record):
    repository.git("checkout", "-q", "-b", "other")
    repository.write("train.py", "depth = 5\n")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write("train.py", "depth = 6\n")
    repository.commit()
    repository.git("merge", "other", check=False)
    recorded = record(repository.folder)
    assert recorded.tags[DIRTY] == "true"
    assert b"+>>>>>>> other" in recorded.diff


def test_variables_that_mean_another_repository_are_not_followed(make_repository, record, monkeypatch):
    here, there = make_repository("here"), make_repository("there")
    there.write("train.py", "there = 1\n")
    there.commit()
    monkeypatch.setenv("GIT_DIR", str(there.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(there.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(there.folder / ".git" / "index"))
    recorded = record(here.folder)
    assert recorded.tags[DIRTY] == "false"
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert recorded.tags["mlflow.source.git.commit"] == here.git("rev-parse", "HEAD")


def test_no_other_folder_is_taken_for_the_work_tree(repository, record, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "train.py").write_text("private\n")
    repository.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    assert record(repository.folder).tags[DIRTY] == "false"


HOSTILE = {
    "core.fsmonitor": "{0}", "diff.external": "{0}", "diff.evil.command": "{0}", "diff.evil.textconv": "{0}", "filter.evil.clean": "{0}",
    "filter.evil.smudge": "{0}", "filter.evil.process": "{0}", "filter.evil.required": "true", "filter.other.clean": "{0}",
    "core.pager": "{0}", "pager.status": "{0}", "pager.diff-index": "{0}", "core.hooksPath": "{1}", "core.sshCommand": "{0}",
    "core.askPass": "{0}", "core.editor": "{0}", "credential.helper": "{0}", "alias.status": "!{0}", "alias.diff-index": "!{0}",
    "gpg.program": "{0}", "log.showSignature": "true", "core.alternateRefsCommand": "{0}", "remote.origin.promisor": "true",
    "remote.origin.partialclonefilter": "blob:none", "remote.origin.url": "ext::{0}", "protocol.ext.allow": "always",
}  # fmt: skip


def make_hostile(repository, tmp_path):
    """A repository whose settings would have a program run at each occasion; returns the file that it leaves."""
    trace, program, hooks = tmp_path / "it_ran", tmp_path / "evil", tmp_path / "hooks"
    program.write_text(f'#!/bin/sh\necho "$0 $@" >> {trace}\n[ $# -gt 0 ] || cat\n')
    hooks.mkdir()
    for path in (program, *(hooks / name for name in ("post-index-change", "fsmonitor-watchman", "query-watchman"))):
        path.write_text(program.read_text())
        path.chmod(0o755)
    repository.write(
        ".gitattributes", "*.py diff=evil filter=evil\nnotes.txt diff=evil filter=other\nplain.txt diff=evil\n"
    )
    repository.write("plain.txt", "a\n")
    repository.commit()
    for key, value in HOSTILE.items():
        repository.git("config", key, value.format(program, hooks))
    trace.unlink(missing_ok=True)
    return trace


def change_all(repository):
    """Of the same length, so that git has to read the files, and have them filtered, to see that they changed."""
    for name in ("train.py", "notes.txt", "plain.txt"):
        repository.write(name, b"#" + (repository.folder / name).read_bytes()[1:])
    repository.write("new.py", "new\n")


def test_settings_of_a_repository_run_no_program(repository, record, tmp_path):
    trace = make_hostile(repository, tmp_path)
    change_all(repository)
    recorded = record(repository.folder)
    assert not trace.exists(), trace.read_text()
    assert recorded.tags[DIRTY] == "true"
    assert b"+#" in recorded.diff
    assert recorded.head[1:4] == [
        "# Left out: notes.txt (git keeps it through a filter)", "# Left out: train.py (git keeps it through a filter)",
        "# Not known to git: new.py",
    ]  # fmt: skip
    repository.git("status", check=False)  # the program would run if it could
    assert trace.exists()


def test_nothing_is_fetched_for_a_diff(repository, record, tmp_path):
    """Of a partial clone, the old text of a changed file may be at the remote alone."""
    trace = make_hostile(repository, tmp_path)
    blob = repository.git("rev-parse", "HEAD:plain.txt")
    os.unlink(repository.folder / ".git" / "objects" / blob[:2] / blob[2:])
    repository.write("plain.txt", "changed\n")
    recorded = record(repository.folder)
    assert not trace.exists(), trace.read_text()
    assert recorded.tags["mlflow.source.git.branch"] == "main"


def test_a_filter_that_cannot_be_turned_off_by_name(repository, record, tmp_path):
    trace = tmp_path / "it_ran"
    repository.write(".gitattributes", "*.py filter=a=b\n")
    repository.commit()
    with open(repository.folder / ".git" / "config", "a") as file:
        file.write(f'[filter "a=b"]\n\tclean = touch {trace}; cat\n')
    repository.write("train.py", "changed\n")
    assert DIRTY not in record(repository.folder).tags
    assert not trace.exists()


def test_secrets_are_left_out_by_name(repository, record):
    names = (".env", "deploy/prod.env", "key.pem", "id_rsa", "aws_credentials.json", ".ssh/config", "conf/Secrets.toml")
    for name in names:
        repository.write(name, "old\n")
    repository.commit()
    for name in names:
        repository.write(name, "hunter2hunter2\n")
    repository.write("train.py", "depth = 4\n")
    recorded = record(repository.folder)
    assert b"hunter2" not in recorded.diff
    assert b"+depth = 4" in recorded.diff
    assert {line for line in recorded.head if "its name is one of secrets" in line} == {
        f"# Left out: {name} (its name is one of secrets)" for name in names
    }


TOKENS = ("AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1" * 18, "hf_" + "b2" * 17, "sk-proj-" + "c3" * 12, "glpat-" + "d4" * 10)


def test_secrets_are_taken_out_of_lines(repository, record, monkeypatch):
    monkeypatch.setenv("SERVICE_PASSWORD", "correct-horse-battery")
    monkeypatch.setenv("SERVICE_NAME", "harmless-name")
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabcdefgh\n-----END RSA PRIVATE KEY-----\n"
    lines = [f"{n} = {token!r}" for n, token in enumerate(TOKENS)]
    text = "\n".join(
        [
            "get('https://ann:pa55word@host/x.csv?part=1&token=abcd')",
            "p = 'correct-horse-battery'",
            "harmless-name",
            *lines,
        ]
    )
    repository.write("train.py", f"{text}\n{key}last = 1\n")
    repository.write("notes.txt", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nhere it breaks off\n")
    recorded = record(repository.folder)
    for secret in ("pa55word", "token=abcd", "correct-horse-battery", "MIIEpA", "MIIEvQ", "abcdefgh", *TOKENS):
        assert secret.encode() not in recorded.diff, secret
    assert b"+get('https://host/x.csv?part=1')\n" in recorded.diff
    assert b"+harmless-name\n" in recorded.diff
    assert b"+last = 1\n" in recorded.diff
    assert b"+here it breaks off\n" in recorded.diff
    assert recorded.head[1].startswith("# Secrets were taken out of some lines")
    assert subprocess.run(
        ["git", "apply", "--numstat", "-"], input=recorded.diff, capture_output=True, check=True
    ).stdout  # still a patch


def test_lines_without_secrets_stay_as_they_are(repository, record, apply):
    repository.write(
        "train.py", "password = ask()\nurl = 'https://host/?'\nother = f'https://{host}/a?b=c#d'\ntoken: str\n"
    )
    recorded = record(repository.folder)
    assert len(recorded.head) == 1
    assert same_files(repository.folder, apply(repository, recorded))


def test_large_files_and_large_diffs_are_left_out(repository, record):
    repository.write("large.txt", "x\n")
    repository.write("gone.bin", os.urandom(3_000_000))
    repository.commit()
    repository.write("large.txt", "y\n" * 600_000)
    repository.write("train.py", "depth = 4\n")
    recorded = record(repository.folder)
    assert "# Left out: large.txt (1,200,000 bytes, over 1,000,000)" in recorded.head
    assert b"+depth = 4" in recorded.diff
    os.unlink(repository.folder / "gone.bin")  # the patch would have to bring it back
    recorded = record(repository.folder)
    assert recorded.tags[DIRTY] == "true"
    assert any(
        line.startswith("# Left out: gone.bin (all of it together is over 2,000,000 bytes") for line in recorded.head
    )
    assert len(recorded.diff) < 1000


def test_a_lock_of_git_is_neither_waited_for_nor_taken(repository, record):
    repository.write("train.py", "depth = 4\n")
    os.utime(repository.folder / "notes.txt", (1, 1))  # git would like to write down that it is the same
    index = (repository.folder / ".git" / "index").stat().st_mtime_ns
    assert record(repository.folder).tags[DIRTY] == "true"
    repository.write(".git/index.lock", "")
    assert record(repository.folder).tags[DIRTY] == "true"
    assert (repository.folder / ".git" / "index").stat().st_mtime_ns == index


def test_a_file_that_was_only_touched_is_no_change(repository, record):
    os.utime(repository.folder / "train.py", (1, 1))
    assert record(repository.folder).tags[DIRTY] == "false"


def test_without_git(repository, record, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    recorded = record(repository.folder)
    assert recorded.diff is None
    assert not [key for key in recorded.tags if "git" in key]
    assert recorded.tags["mlflow.source.type"] == "LOCAL"


def test_outside_of_a_work_tree(record, tmp_path):
    recorded = record(tmp_path)
    assert recorded.diff is None
    assert not [key for key in recorded.tags if "git" in key]


def test_a_git_that_takes_too_long_is_ended(repository, monkeypatch, tmp_path):
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent), prepend=os.pathsep)
    began = time.monotonic()
    assert work_tree_state(str(repository.folder), (), 0.2) is None
    assert time.monotonic() - began < 30


def test_a_long_line_without_a_url_takes_no_time(repository):
    repository.write("train.py", "x = '" + "a" * 900_000 + "' # https://host/")
    began = time.monotonic()
    assert work_tree_state(str(repository.folder), (), 60).dirty
    assert time.monotonic() - began < 20  # of minutes, if it grew with the square


@pytest.mark.parametrize("changed", [git_diffs._MOST_NAMES + 1])
def test_a_great_many_changed_files(repository, changed):
    for number in range(changed):
        repository.write(f"many/{number:05}.py", "a\n")
    repository.git("add", "-A")
    state = work_tree_state(str(repository.folder), (), 60)
    assert state.dirty
    assert state.diff.count(b"\ndiff --git ") == changed - 1
    assert b"over 2,000 files have changed" in state.diff


def test_a_run_that_is_left_open_gets_its_diff_at_the_end_of_the_process(repository, record):
    repository.write("train.py", "depth = 4\n")
    recorded = record(
        repository.folder,
        "import jupyter_mlops as m; run = m.start_run(); print(run.info.run_id, run.info.user_id, run.info.artifact_uri)",
    )
    assert recorded.tags[DIRTY] == "true"
    assert b"+depth = 4" in recorded.diff


def test_a_forked_child_that_ends_a_run_waits_for_no_thread_of_its_parent(repository, record):
    repository.write("train.py", "depth = 4\n")
    recorded = record(
        repository.folder,
        """
        import os, time, jupyter_mlops as mlflow
        run = mlflow.start_run()
        child = os.fork()
        if not child:
            began = time.monotonic()
            mlflow.end_run()
            with mlflow.start_run():
                pass
            os._exit(time.monotonic() - began > 30)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        mlflow.end_run()
        print(run.info.run_id, run.info.user_id, run.info.artifact_uri)
        """,
    )
    assert b"+depth = 4" in recorded.diff


def test_short_runs_share_one_look_at_the_work_tree(repository, patient, monkeypatch, tmp_path):
    """A git that counts its calls; each run has the diff all the same."""
    counting = tmp_path / "bin" / "git"
    counting.parent.mkdir()
    counting.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\nPATH="{os.environ["PATH"]}" exec git "$@"\n')
    counting.chmod(0o755)
    monkeypatch.setenv("PATH", str(counting.parent), prepend=os.pathsep)
    repository.write("train.py", "depth = 4\n")
    os.chdir(repository.folder)
    patient("import jupyter_mlops as m\nfor _ in range(5):\n    with m.start_run(): pass")
    calls = (tmp_path / "calls").read_text().splitlines()
    assert len([call for call in calls if " status " in call]) == 1
    assert len(calls) == 7
    assert len(list(repository.folder.glob("mlartifacts/0/*/artifacts/source/git.diff"))) == 5


def test_what_is_no_repository_is_not_taken_for_one_nor_for_that_of_a_folder_above(repository, record):
    broken = repository.folder / "broken"
    (broken / ".git").mkdir(parents=True)
    assert not [key for key in record(broken).tags if "git" in key]
    (broken / ".git").rmdir()
    os.mkfifo(broken / ".git")  # whoever opens it waits for ever
    assert not [key for key in record(broken).tags if "git" in key]


def test_an_interrupt_gets_out_of_a_diff_on_its_way_to_a_bucket_that_does_not_answer(repository, patient, sql, monkeypatch):
    repository.write("train.py", "depth = 4\n")
    monkeypatch.chdir(repository.folder)
    shown = patient("""
        import os, signal, socket, threading
        silent = socket.create_server(("127.0.0.1", 0))
        os.environ |= {"MLFLOW_S3_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
                       "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "eu-west-1"}
        import jupyter_mlops as mlflow
        def interrupt():
            silent.accept()
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=interrupt, daemon=True).start()
        mlflow.start_run(experiment_id=mlflow.create_experiment("far", artifact_location="s3://far/away"))
        try:
            mlflow.end_run()
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert shown == "interrupted\n"
    assert sql("SELECT status FROM runs") == [("FINISHED",)]
    assert sql("SELECT value FROM tags WHERE key = 'jupyter_mlops.git.dirty'") == [("true",)]
