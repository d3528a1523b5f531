"""Whatever is called in whatever order, by whichever process, and whoever dies: the store holds what a plain dict would.

Three parties write to one store: two store objects of this process, and a process of its own that is really killed.
Records of different parties never bear the same millisecond here, so the model knows which of two came first.
"""

import collections
import contextlib
import fcntl
import math
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import tempfile
import time

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.errors import AlreadyExists, MlflowException, NotFound
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.operations import METRIC, encode
from jupyter_mlops.storage.journal.protocol import frame
from jupyter_mlops.storage.journal.segments import SUFFIX

FULL = os.environ.get("FAULTS") == "full"
ROOT = pathlib.Path(__file__).parent.parent.parent
SERVE = """
import pickle, sys
from jupyter_mlops.storage.duckdb.store import DuckDBStore
store = DuckDBStore(sys.argv[1])
while True:
    method, arguments, keywords = pickle.load(sys.stdin.buffer)
    try:
        answer = getattr(store, method)(*arguments, **keywords)
    except Exception as error:
        answer = error
    if method == "create_run":
        answer = answer.info.run_id
    pickle.dump(answer, sys.stdout.buffer)
    sys.stdout.buffer.flush()
"""


class Here:
    """A store object of this process, which stands for a process."""

    def __init__(self, path):
        self._path = path
        self.store = DuckDBStore(path)

    def call(self, method, *arguments, **keywords):
        answer = getattr(self.store, method)(*arguments, **keywords)
        return answer.info.run_id if method == "create_run" else answer

    def writer(self):
        return self.store.files.writer().writer_id

    def die(self):
        """Leave the segment as a killed process does: not synced, not closed, its lock gone."""
        writer = self.store.files.opened
        if writer is not None and writer._segment is not None:
            segment, writer._segment = writer._segment, None
            writer._wake.set()
            writer._thread.join()
            segment.abandon()
        self.store = DuckDBStore(self._path)

    def close(self):
        self.store.close()
        self.store = DuckDBStore(self._path)

    end = close


class Elsewhere:
    """A process of its own."""

    def __init__(self, path):
        self._path = path
        self._start()

    def _start(self):
        command = [sys.executable, "-c", SERVE, self._path]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )

    def call(self, method, *arguments, **keywords):
        pickle.dump((method, arguments, keywords), self._process.stdin)
        self._process.stdin.flush()
        answer = pickle.load(self._process.stdout)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def die(self):
        self.end()
        self._start()

    close = die


class Model:
    """One run as a dict would keep it."""

    def __init__(self, experiment, name, owner):
        self.experiment, self.name = experiment, name
        self.status, self.stage, self.reaped = "RUNNING", "active", False
        self.owners = {owner} if owner else set()
        self.end_time = None
        self.last = (0, 0)  # when its last record was written: not before, not after
        self.pending = None  # who wrote its last record since the last fold
        self.params, self.tags, self.conflicts = {}, {}, []
        self.metrics = collections.defaultdict(list)


KEYS = st.sampled_from(["a", "b/c"])
NAMES = st.sampled_from(["one", "two", "three"])
TEXTS = st.sampled_from(["", "x", "y", "ü\0€", "1"])
VALUES = st.sampled_from([0.0, 1.0, -1.0, 1e308, 5e-324, math.nan, math.inf, -math.inf])
STEPS = st.sampled_from([0, 1, -1, 7, 2**63 - 1, -(2**63)])
TIMES = st.integers(1, 3)
POINTS = st.tuples(KEYS, VALUES, TIMES, STEPS)
WHO = st.integers(0, 2)
STAGES = ["None", "Staging", "Production", "Archived"]


class Machine(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.folder = tempfile.mkdtemp()
        self.path = self.folder + "/mlops.duckdb"
        self.parties = [Here(self.path), Here(self.path), Elsewhere(self.path)]
        self.generations = [0, 0, 0]  # a party that died comes back as another writer
        self.experiments = {"0": ["Default", "active", {}]}
        self.runs = {}
        self.models = {}
        self.steps = 0
        self.torn = set()

    def teardown(self):
        for party in getattr(self, "parties", ()):
            party.end()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # --- what is common to all rules

    def call(self, who, method, *arguments, folds=True, **keywords):
        """Call a party; what folds lets the model see who has died."""
        time.sleep(0.0011)
        if folds:
            self.folded()
        return self.parties[who].call(method, *arguments, **keywords)

    def writer(self, who):
        return (who, self.generations[who])

    def is_alive(self, writer):
        return self.generations[writer[0]] == writer[1]

    def folded(self):
        for run in self.runs.values():
            if run.reaped and run.pending is not None:
                run.status, run.reaped, run.owners = "RUNNING", False, {run.pending}
            dead = {writer for writer in run.owners if not self.is_alive(writer)}
            run.owners -= dead
            if dead and run.pending is not None and self.is_alive(run.pending):
                run.owners.add(run.pending)
            if dead and not run.owners and run.status == "RUNNING":
                run.status, run.reaped, run.end_time = "KILLED", True, run.last
            run.pending = None

    def log(self, who, run_id, method, *arguments):
        """One record of a run; whether it will count."""
        before = time.time_ns() // 1_000_000
        self.call(who, method, run_id, *arguments, folds=False)
        run = self.runs[run_id]
        if run.stage == "deleted":
            return None
        run.last = (before, time.time_ns() // 1_000_000)
        run.pending = self.writer(who)
        return run

    def a_run(self, data, **wanted):
        fitting = [r for r, run in self.runs.items() if all(getattr(run, k) == v for k, v in wanted.items())]
        return data.draw(st.sampled_from(fitting)) if fitting else None

    # --- experiments

    @rule(who=WHO, name=NAMES)
    def create_experiment(self, who, name):
        taken = name in [e[0] for e in self.experiments.values()]
        try:
            created = self.call(who, "create_experiment", name, None, {"k": name})
        except AlreadyExists:
            assert taken
        else:
            assert not taken
            assert created == str(len(self.experiments))
            self.experiments[created] = [name, "active", {"k": name}]

    @rule(who=WHO, data=st.data())
    def delete_or_restore_experiment(self, who, data):
        chosen = data.draw(st.sampled_from(sorted(self.experiments)))
        old = self.experiments[chosen][1]
        new = "deleted" if old == "active" else "active"
        self.call(who, "delete_experiment" if new == "deleted" else "restore_experiment", chosen)
        self.experiments[chosen][1] = new
        for run in self.runs.values():
            if run.experiment == chosen and run.stage == old:
                run.stage = new

    @rule(who=WHO, name=NAMES, data=st.data())
    def rename_experiment(self, who, name, data):
        chosen = data.draw(st.sampled_from(sorted(self.experiments)))
        taken = [number for number, e in self.experiments.items() if e[0] == name and number != chosen]
        may = self.experiments[chosen][1] == "active" and not taken
        try:
            self.call(who, "rename_experiment", chosen, name)
        except MlflowException:
            assert not may
        else:
            assert may
            self.experiments[chosen][0] = name

    # --- runs

    @precondition(lambda self: len(self.runs) < 3)
    @rule(who=WHO, owned=st.booleans(), name=NAMES, data=st.data())
    def start_run(self, who, owned, name, data):
        fitting = [number for number, e in self.experiments.items() if e[1] == "active"]
        if not fitting:
            return
        experiment = data.draw(st.sampled_from(fitting))
        if experiment != "0":  # this party may not know it yet, and then asks, which folds
            self.call(who, "last_change")
        before = time.time_ns() // 1_000_000
        try:
            run_id = self.call(who, "create_run", experiment, name, "ann", 1, {"s": name}, folds=False, owned=owned)
        except MlflowException:  # what this party knows of the experiment is up to a second old
            return
        run = self.runs[run_id] = Model(experiment, name, self.writer(who) if owned else None)
        run.last = (before, time.time_ns() // 1_000_000)
        run.pending, run.tags = self.writer(who), {"s": name}

    @rule(who=WHO, status=st.sampled_from(["FINISHED", "FAILED", "KILLED"]), end_time=st.integers(1, 9), data=st.data())
    def end_run(self, who, status, end_time, data):
        if (run_id := self.a_run(data)) and (run := self.log(who, run_id, "update_run", status, end_time, None)):
            run.status, run.end_time, run.reaped, run.owners = status, (end_time, end_time), False, set()

    @rule(who=WHO, data=st.data())
    def resume_run(self, who, data):
        run_id = self.a_run(data)
        if run_id:
            self.folded()  # to own a run is to look at it first
        if run_id and self.log(who, run_id, "own_run"):
            run = self.log(who, run_id, "update_run", "RUNNING", None, None)
            run.status, run.reaped = "RUNNING", False
            run.owners.add(self.writer(who))

    @rule(who=WHO, name=NAMES, data=st.data())
    def rename_run(self, who, name, data):
        if (run_id := self.a_run(data)) and (run := self.log(who, run_id, "update_run", None, None, name)):
            run.name = name

    @rule(who=WHO, data=st.data())
    def delete_or_restore_run(self, who, data):
        if run_id := self.a_run(data):
            run = self.runs[run_id]
            new = "deleted" if run.stage == "active" else "active"
            self.call(who, "delete_run" if new == "deleted" else "restore_run", run_id)
            run.stage = new

    # --- logging

    @rule(who=WHO, point=POINTS, data=st.data())
    def log_metric(self, who, point, data):
        if (run_id := self.a_run(data)) and (run := self.log(who, run_id, "log_metric", *point)):
            run.metrics[point[0]].append(point[1:])

    @staticmethod
    def take_param(run, key, value):
        if run.params.setdefault(key, value) != value:
            run.conflicts.append((key, run.params[key], value))

    @rule(pairs=st.lists(st.tuples(WHO, st.booleans(), KEYS, TEXTS), min_size=2, max_size=6), data=st.data())
    def log_params_and_tags(self, pairs, data):
        """Several in one fold, by several parties."""
        run_id = self.a_run(data)
        for who, is_tag, *pair in pairs if run_id else ():
            if run := self.log(who, run_id, "set_tag" if is_tag else "log_param", *pair):
                if is_tag:
                    run.tags[pair[0]] = pair[1]
                else:
                    self.take_param(run, *pair)

    @rule(who=WHO, key=KEYS, data=st.data())
    def delete_tag(self, who, key, data):
        if run_id := self.a_run(data, stage="active"):
            tags = self.runs[run_id].tags
            try:
                self.call(who, "delete_tag", run_id, key)
            except NotFound:
                assert key not in tags
            else:
                del tags[key]

    @rule(
        who=WHO, points=st.lists(POINTS, max_size=5), params=st.dictionaries(KEYS, TEXTS), tags=st.dictionaries(KEYS, TEXTS),
        data=st.data(),
    )  # fmt: skip
    def log_batch(self, who, points, params, tags, data):
        run_id = self.a_run(data)
        batch = [Metric(*p) for p in points], [Param(*p) for p in params.items()], [RunTag(*t) for t in tags.items()]
        if run_id and (run := self.log(who, run_id, "log_batch", *batch)):
            for key, *rest in points:
                run.metrics[key].append(tuple(rest))
            for pair in params.items():
                self.take_param(run, *pair)
            run.tags.update(tags)

    # --- the registry

    @rule(who=WHO, name=NAMES)
    def create_model(self, who, name):
        try:
            self.call(who, "create_registered_model", name, {}, None)
        except AlreadyExists:
            assert name in self.models
        else:
            assert name not in self.models
            self.models[name] = {"made": 0, "versions": {}, "aliases": {}}

    @precondition(lambda self: self.models)
    @rule(who=WHO, what=st.sampled_from(["create", "create", "stage", "archive", "alias", "delete"]), data=st.data())
    def change_versions(self, who, what, data):
        name = data.draw(st.sampled_from(sorted(self.models)))
        model = self.models[name]
        if what == "create":
            version = self.call(who, "create_model_version", name, "/somewhere", None, {}, None, None, None)
            model["made"] += 1
            assert version.version == str(model["made"])
            model["versions"][version.version] = "None"
        elif model["versions"]:
            version = data.draw(st.sampled_from(sorted(model["versions"])))
            if what == "delete":
                self.call(who, "delete_model_version", name, version)
                del model["versions"][version]
                model["aliases"] = {a: v for a, v in model["aliases"].items() if v != version}
            elif what == "alias":
                alias = data.draw(st.sampled_from(["best", "live"]))
                self.call(who, "set_registered_model_alias", name, alias, version)
                model["aliases"][alias] = version
            else:
                stage = data.draw(st.sampled_from(STAGES[2:3] if what == "archive" else STAGES))
                self.call(who, "transition_model_version_stage", name, version, stage, what == "archive", Author("ann"))
                for other, its in model["versions"].items():
                    if what == "archive" and its == stage and other != version:
                        model["versions"][other] = "Archived"
                model["versions"][version] = stage

    @precondition(lambda self: self.models)
    @rule(who=WHO, data=st.data())
    def delete_model(self, who, data):
        name = data.draw(st.sampled_from(sorted(self.models)))
        self.call(who, "delete_registered_model", name)
        del self.models[name]

    # --- what happens to processes

    @rule(who=WHO)
    def fold(self, who):
        self.call(who, "last_change")

    @rule(who=WHO)
    def close_and_open_again(self, who):
        self.call(who, "last_change")  # as some parties do when they close
        self.parties[who].close()
        self.generations[who] += 1

    @rule(who=WHO, tail=st.sampled_from([b"", b"", b"\x10", frame(encode((METRIC, 1, "a", "b", 1.0, None, 1)))[:-1], bytes(50)]))
    def die(self, who, tail):
        before = self.segments()
        self.parties[who].die()
        self.generations[who] += 1
        dead = [path for path in before if not self.is_held(path)]
        if tail and len(dead) == 1:
            with open(dead[0], "ab") as file:
                file.write(tail)
            self.torn.add(dead[0])

    def segments(self):
        folder = self.path + ".journal"
        return [f"{folder}/{name}" for name in os.listdir(folder) if name.endswith(SUFFIX)] if os.path.isdir(folder) else []

    @staticmethod
    def is_held(path):
        with open(path) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @rule(who=st.integers(0, 1))
    def die_between_commit_and_deletion(self, who):
        """The fold is committed, the segments are still there."""
        with _no_deletion():
            self.call(who, "last_change")
        self.parties[who].die()
        self.generations[who] += 1

    # --- the comparison

    @invariant()
    def compare_now_and_then(self):
        """Not after each step: reading folds, and records of several steps and parties are to meet in one fold."""
        if hasattr(self, "steps"):
            self.steps += 1
            if self.steps % 13 == 0:
                self.compare_all(self.steps % 3)

    @rule(who=WHO, data=st.data())
    def read_run(self, who, data):
        if run_id := self.a_run(data):
            self.compare_run(run_id, who)

    def compare_all(self, who):
        for run_id in self.runs:
            self.compare_run(run_id, who)
            for key in ("a", "b/c"):
                expected = {shown(*p) for p in self.runs[run_id].metrics.get(key, ())}
                history = [shown(m.value, m.timestamp, m.step) for m in self.call(who, "get_metric_history", run_id, key)]
                assert sorted(map(repr, history)) == sorted(map(repr, expected))
        found = {r.info.run_id for r in self.call(who, "search_runs", None, None, 3, 1000, None, None)}
        assert found == set(self.runs)
        for number, (name, stage, tags) in self.experiments.items():
            experiment = self.call(who, "get_experiment", number)
            assert (experiment.name, experiment.lifecycle_stage, experiment.tags) == (name, stage, tags)
        for name, model in self.models.items():
            assert self.call(who, "get_registered_model", name).aliases == model["aliases"]
        page = self.call(who, "search_model_versions", None, 1000, None, None)
        assert sorted((v.name, v.version, v.current_stage) for v in page) == sorted(
            (name, version, stage) for name, model in self.models.items() for version, stage in model["versions"].items()
        )
        self.compare_tables()

    def compare_run(self, run_id, who):
        run = self.runs[run_id]
        read = self.call(who, "get_run", run_id)
        info = read.info
        assert (info.experiment_id, info.run_name) == (run.experiment, run.name)
        assert (info.status, info.lifecycle_stage) == (run.status, run.stage), (run_id, vars(run))
        if info.status != "RUNNING":
            assert run.end_time[0] <= info.end_time <= run.end_time[1]
        assert read.data.params == run.params
        assert {k: v for k, v in read.data.tags.items() if not k.startswith("mlflow.")} == run.tags
        assert read.data.metrics.keys() == run.metrics.keys()
        for key, value in read.data.metrics.items():
            ranked = [((step, at, 0.0 if math.isnan(v) else v), v) for v, at, step in run.metrics[key]]
            best = max(rank for rank, _ in ranked)
            assert repr(value) in {repr(v) for rank, v in ranked if rank == best}

    def compare_tables(self):
        """What no call shows: conflicts, what was rejected, and that nothing is kept twice."""
        with self.parties[0].store.files.session("compare") as session:
            conflicts = session.rows("SELECT run_id, key, kept, refused FROM store.conflicts JOIN store.runs USING (rid)")
            assert sorted(conflicts) == sorted((r, *c) for r, run in self.runs.items() for c in run.conflicts)
            points = sum(len(p) for run in self.runs.values() for p in run.metrics.values())
            assert session.row("SELECT count(*) FROM store.metrics") == (points,)
            assert session.row("SELECT coalesce(sum(count), 0) FROM store.latest_metrics") == (points,)
            summary = """
                SELECT rid, key, min(value) FILTER (NOT isnan(value)), max(value) FILTER (NOT isnan(value)), min(step)
                FROM store.metrics GROUP BY ALL
                EXCEPT SELECT rid, key, if(isnan(min), NULL, min), if(isnan(max), NULL, max), first_step
                FROM store.latest_metrics"""
            assert session.rows(summary) == []
            for table in ("params", "tags", "latest_metrics", "run_owners"):
                column = "writer" if table == "run_owners" else "key"
                twice = f"SELECT rid, {column} FROM store.{table} GROUP BY ALL HAVING count(*) > 1"
                assert session.rows(twice) == []
            assert session.row("SELECT count(*) FROM store.rejected WHERE reason LIKE 'torn%'") == (len(self.torn),)


def shown(value, timestamp, step):
    """Identical points are shown once; zeros of both signs are one."""
    return ("nan" if math.isnan(value) else float(value), timestamp, step)


@contextlib.contextmanager
def _no_deletion():
    real = os.unlink

    def refuse(path, *arguments, **keywords):
        if str(path).endswith(SUFFIX):
            raise OSError("as if the process had died just before")
        real(path, *arguments, **keywords)

    os.unlink = refuse
    try:
        yield
    finally:
        os.unlink = real


TestStore = Machine.TestCase
TestStore.settings = settings(
    max_examples=400 if FULL else 24, stateful_step_count=60 if FULL else 40, deadline=None, derandomize=not FULL,
    phases=[Phase.generate] if os.environ.get("NOSHRINK") else list(Phase),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
