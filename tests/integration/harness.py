# SPDX-License-Identifier: MIT
"""What the integration tests share: a home of their own, the command, and a look into what it stored."""
import contextlib
import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

NOBODY = 65534
CHENGIS = os.environ.get("CHENGIS_BIN", "chengis")
FINAL = {"success", "failure", "aborted", "skipped", "timed-out"}
IS_ROOT = os.geteuid() == 0


class Home:
    """Folders of one user who never used chengis before. nobody: the user is unprivileged."""

    def __init__(self, nobody=False):
        self.root = tempfile.mkdtemp(prefix="chengis-it-")
        self.nobody = nobody
        self.work = self.folder("work")
        self.state = self.folder("state")
        self.home = self.folder("home")
        if nobody:
            os.chown(self.root, NOBODY, NOBODY)

    def folder(self, name):
        path = os.path.join(self.root, name)
        os.mkdir(path)
        if self.nobody:
            os.chown(path, NOBODY, NOBODY)
        return path

    @property
    def database(self):
        return os.path.join(self.state, "chengis", "chengis.db")

    def close(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.root], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.root, ignore_errors=True)

    def file(self, name, content, mode=0o644):
        """Write a file below the working folder and return its path."""
        path = os.path.join(self.work, name)
        data = content if isinstance(content, bytes) else content.encode()
        with open(path, "wb") as out:
            out.write(data)
        os.chmod(path, mode)
        return path

    def env(self, **changes):
        """The environment of the command; a change to None removes the variable."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": self.home,
            "XDG_STATE_HOME": self.state,
            "XDG_CONFIG_HOME": os.path.join(self.home, ".config"),
            "LANG": "C.UTF-8",
        }
        env.update({name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS")})
        env.update(changes)
        return {name: value for name, value in env.items() if value is not None}

    def start(self, *args, env=None, umask=-1, **options):
        """Start the command; stdout and stderr are pipes unless said otherwise."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("cwd", self.work)
        if self.nobody:
            options.update(user=NOBODY, group=NOBODY, extra_groups=[])
        return subprocess.Popen([CHENGIS, *args], env=env or self.env(), umask=umask, **options)

    def run(self, *args, timeout=60, text_input=None, **options):
        """Run the command to its end; a hang is a failure of the test."""
        if text_input is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*args, **options)
        try:
            out, err = process.communicate(text_input, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"chengis {' '.join(map(str, args))[:200]} hangs: {err!r}") from None
        return Result(process.returncode, out or b"", err or b"")

    def json(self, *args, **options):
        """Run a command that succeeds and read the JSON it prints."""
        result = self.run(*args, "--json", **options)
        if result.code != 0:
            raise AssertionError(f"chengis {args}: exit {result.code}: {result.err!r}")
        return json.loads(result.out)

    def events(self, build):
        result = self.run("build", "events", build, "--json")
        if result.code != 0:
            raise AssertionError(f"build events {build}: exit {result.code}: {result.err!r}")
        return [json.loads(line) for line in result.out.splitlines()]

    def builds(self):
        return self.json("build", "list", "--limit", "1000")["builds"]

    @contextlib.contextmanager
    def sql(self):
        connection = sqlite3.connect(self.database)
        try:
            yield connection
        finally:
            connection.close()


class Result:
    """How a command ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self):
        return f"exit {self.code}\nstdout: {self.out[-2000:]!r}\nstderr: {self.err[-2000:]!r}"


class Case(unittest.TestCase):
    """A test with a home of its own."""

    nobody = False

    def setUp(self):
        self.home = Home(self.nobody)
        self.addCleanup(self.home.close)

    def assert_exit(self, result, *codes):
        self.assertIn(result.code, codes, result)

    def assert_says(self, result, *words):
        """The last line of stderr is the one line that names the thing; no address, no dump."""
        text = result.err.decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        self.assertTrue(lines, f"nothing on stderr: {result}")
        for word in words:
            self.assertIn(word, text)
        for line in lines:
            self.assertLess(len(line), 2000, "a line of stderr is too long to read")

    def assert_consistent(self, home=None):
        """Every promise about what is stored holds for every build."""
        check_store(self, home or self.home)


def processes_with(marker):
    """Processes that live and have the marker in their environment or arguments."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                state = stat.read().rsplit(b")", 1)[1].split()[0]
            if state in (b"Z", b"X"):
                continue
            text = b""
            for part in ("environ", "cmdline"):
                with open(f"/proc/{name}/{part}", "rb") as source:
                    text += source.read()
        except OSError:
            continue
        if marker.encode() in text:
            found.append(int(name))
    return found


def new_marker():
    return "mark" + uuid.uuid4().hex


def wait_until(condition, seconds=10.0, step=0.005):
    """Poll until the condition holds; its last value."""
    end = time.monotonic() + seconds
    value = condition()
    while not value and time.monotonic() < end:
        time.sleep(step)
        value = condition()
    return value


def is_locked(path, start, length):
    """Whether somebody holds a lock on these bytes of the file."""
    with open(path, "r+b") as target:
        try:
            fcntl.lockf(target, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
        except OSError:
            return True
        return False


def check_store(test, home):
    """The database is sound, and each build in it agrees with its events, rows and log."""
    with home.sql() as db:
        test.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        test.assertEqual(db.execute("PRAGMA foreign_key_check").fetchall(), [])
        builds = db.execute("SELECT id, status FROM builds").fetchall()
        for build_id, status in builds:
            check_build(test, db, build_id, status)
        numbers = db.execute("SELECT job_id, build_number FROM builds ORDER BY 1, 2").fetchall()
    jobs = {}
    for job, number in numbers:
        jobs.setdefault(job, []).append(number)
    for found in jobs.values():
        test.assertEqual(found, list(range(1, len(found) + 1)), "build numbers have a gap")


def check_build(test, db, build_id, status):
    """One build: events gapless, ended by build-completed, and the rows are what the events say."""
    events = db.execute("SELECT seq, type, stage_name, step_name, status FROM build_events"
                        " WHERE build_id = ? ORDER BY id", (build_id,)).fetchall()
    stages = db.execute("SELECT stage_name, status FROM build_stages WHERE build_id = ?",
                        (build_id,)).fetchall()
    steps = db.execute("SELECT stage_name, step_name, status FROM build_steps WHERE build_id = ?",
                       (build_id,)).fetchall()
    test.assertEqual([event[0] for event in events], list(range(1, len(events) + 1)),
                     f"events of {build_id} have a gap")
    test.assertEqual(events[0][1], "build-queued")
    test.assertIn(status, FINAL, events)
    test.assertEqual((events[-1][1], events[-1][4]), ("build-completed", status), events)
    test.assertEqual([event[1] for event in events].count("build-completed"), 1)
    last_of_stage = {event[2]: event[4] for event in events if event[2] and event[1] in (
        "stage-started", "stage-completed", "stage-skipped")}
    last_of_step = {(event[2], event[3]): event[4] for event in events if event[3] and event[1] in (
        "step-started", "step-completed")}
    test.assertEqual(dict(stages), last_of_stage, events)
    test.assertEqual({(stage, step): word for stage, step, word in steps}, last_of_step, events)
    for word in list(last_of_stage.values()) + list(last_of_step.values()):
        test.assertIn(word, FINAL, events)


def terminate(process):
    """End a process of ours that a failed test left."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.communicate()


def main():
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])
