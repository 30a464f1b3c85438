# SPDX-License-Identifier: MIT
"""kill -9 of `chengis run` at random moments: the next command puts everything right."""
import os
import random
import signal
import time
import unittest

import harness
from harness import IS_ROOT, Home, check_store, is_locked, new_marker, processes_with, wait_until

ROUNDS = int(os.environ.get("CHENGIS_KILL_ROUNDS", "25"))
SEED = int(os.environ.get("CHENGIS_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)

# Sequential and parallel steps, output from all of them, and processes that try to get away: in the
# background, in a session of their own, and after a double fork.
PIPELINE = """
name: victim
stages:
  - name: One
    steps:
      - name: first
        run: for i in 1 2 3 4 5; do echo first $i; done
      - name: background
        run: |
          sleep 300 &
          setsid sleep 301 >/dev/null 2>&1 &
          (setsid sh -c '(sleep 302 &) ; sleep 0.01' >/dev/null 2>&1 &)
          echo left some behind
      - name: slow
        run: sleep 0.08; echo slow; sleep 0.04; printf 'no newline'
  - name: Many
    parallel: true
    steps:
      - name: p1
        run: sleep 0.05; echo p1
      - name: p2
        run: for i in 1 2 3 4 5 6 7 8 9; do echo p2 $i; sleep 0.01; done
      - name: p3
        run: setsid sleep 303 >/dev/null 2>&1 & head -c 200000 /dev/zero | tr '\\0' x; echo
  - name: Last
    steps:
      - name: last
        run: sleep 0.03; echo last
post:
  always:
    - name: tidy
      run: sleep 0.05; echo tidy
  on-success:
    - name: cheer
      run: echo cheer
"""

AFTER = "name: after\nstages: [{name: S, steps: [{name: s, run: echo after}]}]\n"


class Kill(unittest.TestCase):
    """One class a way to hold the processes together: cgroup, and step-reaper."""

    nobody = False
    helper = "chengis-"  # what proves that the method is in use

    @classmethod
    def setUpClass(cls):
        if cls is Kill:
            raise unittest.SkipTest("run by its subclasses")
        if cls.nobody and not IS_ROOT:
            raise unittest.SkipTest("becoming another user needs root")

    def setUp(self):
        self.home = Home(self.nobody)
        self.addCleanup(self.home.close)
        self.home.file("chengis.yml", PIPELINE)
        self.home.file("after.yml", AFTER)
        self.method_seen = False
        self.closed = {}

    def uninterrupted(self):
        """How long the whole build takes here; it also makes the database."""
        marker = new_marker()
        begin = time.monotonic()
        result = self.home.run("run", "--env", f"MARK={marker}")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(processes_with(marker), [])
        return time.monotonic() - begin

    def note_method(self, marker):
        for pid in processes_with(marker):
            try:
                with open(f"/proc/{pid}/cgroup") as groups, open(f"/proc/{pid}/cmdline") as words:
                    text = groups.read() + words.read()
            except OSError:
                continue
            if self.helper in text and "/bin/chengis\0" not in text:
                self.method_seen = True

    def kill_once(self, delay):
        """Start a build and kill its owner after the delay; the marker of its processes."""
        marker = new_marker()
        process = self.home.start("run", "--env", f"MARK={marker}", start_new_session=True)
        time.sleep(delay)
        if not self.method_seen:
            self.note_method(marker)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return marker

    def check_log(self, build):
        """Every step's log can be read and has the length that its row promises."""
        for stage in build["stages"]:
            for step in stage["steps"]:
                if step["status"] == "skipped":
                    continue
                result = self.home.run("build", "log", build["id"], "--step",
                                       f"{stage['stage-name']}/{step['step-name']}")
                self.assertEqual(result.code, 0, result)
                self.assertEqual(len(result.out), step["log"]["bytes"], (step, result))
                lines = result.out.count(b"\n") + (result.out[-1:] not in (b"", b"\n"))
                self.assertEqual(lines, step["log"]["lines"], (step, result))

    def check_workspaces(self, builds):
        """Known builds left none. One killed before it was known may have: it goes when it is a day old."""
        left = os.listdir(os.path.join(self.home.state, "chengis", "workspaces"))
        self.assertEqual([name for name in left if name in {build["id"] for build in builds}], [])
        self.assertLessEqual(len(left), self.closed.get("absent", 0))

    def check_round(self, before, marker, command):
        if command == "list":
            builds = self.home.builds()
        else:
            self.assertEqual(self.home.run("status").code, 0)
        # With a cgroup nothing may live now; step-reaper saw its starter die and is at work.
        left = wait_until(lambda: not processes_with(marker), 5.0 if self.nobody else 0.0)
        self.assertTrue(left, f"processes live on: {processes_with(marker)}")
        builds = self.home.builds()
        new = [build for build in builds if build["id"] not in before]
        self.assertLessEqual(len(new), 1)
        for build in new:
            shown = self.home.json("build", "show", build["id"])
            outcome = (shown["status"], shown["reason"])
            self.assertIn(outcome, (("aborted", "interrupted"), ("success", None)))
            self.closed[outcome[0]] = self.closed.get(outcome[0], 0) + 1
            self.check_log(shown)
            self.assertEqual(self.home.run("build", "log", build["id"]).code, 0)
        if not new:
            self.closed["absent"] = self.closed.get("absent", 0) + 1
        check_store(self, self.home)
        self.check_workspaces(builds)
        self.assertFalse(is_locked(self.home.database + ".writer", 0, 2))
        self.assertFalse(is_locked(self.home.database + ".owners", 0, 0))
        result = self.home.run("run", "after.yml")
        self.assertEqual(result.code, 0, result)

    def test_next_command_closes_the_build_and_nothing_lives(self):
        dice = random.Random(SEED)
        whole = self.uninterrupted()
        for number in range(ROUNDS):
            before = {build["id"] for build in self.home.builds()}
            delay = dice.uniform(0, whole * 1.02)
            with self.subTest(seed=SEED, round=number, delay=delay):
                marker = self.kill_once(delay)
                self.check_round(before, marker, dice.choice(("list", "status")))
        print(f"{type(self).__name__}: {ROUNDS} rounds, seed {SEED}: {self.closed}", flush=True)
        self.assertTrue(self.method_seen or not IS_ROOT, f"no process had '{self.helper}' in it")
        self.assertGreater(self.closed.get("aborted", 0), ROUNDS // 3, self.closed)


class KillWithCgroup(Kill):
    """As root, where a cgroup can be made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not IS_ROOT:
            raise unittest.SkipTest("making a cgroup needs root here")


class KillWithReaper(Kill):
    """As a user who may make no cgroup."""

    nobody = True
    helper = "step-reaper"


if __name__ == "__main__":
    harness.main()
