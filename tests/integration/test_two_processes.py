# SPDX-License-Identifier: MIT
"""A second process beside the one that runs the build: it reads, follows and cancels; nothing is shared but the files."""
import json
import os
import signal
import stat
import subprocess
import threading

import harness
from harness import Case, is_locked, new_marker, processes_with, terminate, wait_until

LONG = """
name: long
stages:
  - name: S
    steps:
      - name: talk
        run: for i in $(seq 1 6000); do echo line $i; sleep 0.01; done
post:
  always:
    - name: tidy
      run: echo tidied
"""

SHORT = """
name: short
stages:
  - name: S
    parallel: true
    steps:
      - name: a
        run: echo a
      - name: b
        run: echo b
"""


class TwoProcesses(Case):
    def start_long(self, *args):
        """A build that runs and has printed something; its process, its marker and its id."""
        marker = new_marker()
        self.home.file("chengis.yml", LONG)
        process = self.home.start("run", "--env", f"MARK={marker}", *args)
        self.addCleanup(terminate, process)
        threading.Thread(target=process.stdout.read, daemon=True).start()

        def has_printed():
            builds = self.home.builds() if os.path.exists(self.home.database) else []
            if not builds or builds[0]["status"] != "running":
                return None
            result = self.home.run("build", "log", builds[0]["id"], "--step", "talk")
            return builds[0]["id"] if b"line 3\n" in result.out else None

        build = wait_until(has_printed, 20, 0.02)
        self.assertTrue(build, "the build never printed anything")
        return process, marker, build

    def test_reads_and_lists_a_build_that_another_process_runs(self):
        process, _, build = self.start_long()
        shown = self.home.json("build", "show", build)
        self.assertEqual(shown["status"], "running")
        self.assertEqual(shown["stages"][0]["steps"][0]["status"], "running")
        self.assertEqual(self.home.json("status")["builds"]["running"], 1)
        text = self.home.run("build", "show", "long#1")
        self.assert_exit(text, 0)
        self.assertIn(b"running", text.out)
        self.assertEqual([event["type"] for event in self.home.events(build)],
                         ["build-queued", "build-started", "stage-started", "step-started"])
        self.assertIsNone(process.poll())

    def test_follows_events_and_log_to_the_end_and_cancels(self):
        process, marker, build = self.start_long()
        events = self.home.start("build", "events", build, "-f", "--json")
        log = self.home.start("build", "log", build, "-f")
        step = self.home.start("build", "log", build, "-f", "--step", "talk")
        for follower in (events, log, step):
            self.addCleanup(terminate, follower)
        first = [json.loads(events.stdout.readline()) for _ in range(4)]
        self.assertEqual([event["seq"] for event in first], [1, 2, 3, 4])
        result = self.home.run("build", "cancel", build)
        self.assert_exit(result, 0)

        rest = []
        for line in events.stdout:
            rest.append(json.loads(line))
            if rest[-1]["type"] == "build-completed":
                self.assertLessEqual(set(processes_with(marker)), {process.pid})
        self.assertEqual([event["seq"] for event in first + rest],
                         list(range(1, len(first + rest) + 1)))
        self.assertEqual((rest[-1]["type"], rest[-1]["status"]), ("build-completed", "aborted"))
        self.assertIn("tidy", [event["step-name"] for event in rest])
        followed, _ = log.communicate(timeout=20)
        self.assertIn(b"line 3\n", followed)
        self.assertIn(b"tidied\n", followed)
        followed, _ = step.communicate(timeout=20)
        stored = self.home.run("build", "log", build, "--step", "talk").out
        self.assertEqual(followed, stored)
        self.assertEqual([events.wait(20), log.returncode, step.returncode], [0, 0, 0])
        self.assertEqual(process.wait(20), 5, "aborted by someone else is exit code 5")
        self.assertEqual(processes_with(marker), [])
        self.assert_consistent()

    def test_follower_ends_when_the_owner_dies(self):
        process, marker, build = self.start_long()
        followers = [self.home.start("build", "log", build, "-f"),
                     self.home.start("build", "log", build, "-f", "--step", "talk"),
                     self.home.start("build", "events", build, "-f", "--json")]
        for follower in followers:
            self.addCleanup(terminate, follower)
            self.assertTrue(follower.stdout.readline())
        process.send_signal(signal.SIGKILL)
        for follower in followers:
            follower.communicate(timeout=20)
            self.assertEqual(follower.returncode, 0)
        shown = self.home.json("build", "show", build)
        self.assertEqual((shown["status"], shown["reason"]), ("aborted", "interrupted"))
        self.assertTrue(wait_until(lambda: not processes_with(marker), 5))
        self.assert_consistent()

    def test_a_stopped_owner_is_alive(self):
        process, _, build = self.start_long()
        process.send_signal(signal.SIGSTOP)
        try:
            shown = self.home.json("build", "show", build)
            self.assertEqual(shown["status"], "running")
        finally:
            process.send_signal(signal.SIGCONT)
        self.assert_exit(self.home.run("build", "cancel", build), 0)
        self.assertEqual(process.wait(20), 5)
        self.assert_consistent()

    def test_cancelled_from_the_terminal_runs_post_actions_and_exits_130(self):
        process, marker, build = self.start_long()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        shown = self.home.json("build", "show", build)
        self.assertEqual((shown["status"], shown["reason"]), ("aborted", "cancelled"))
        self.assertEqual(shown["stages"][-1]["steps"][0]["status"], "success")
        self.assertEqual(processes_with(marker), [])
        self.assert_consistent()

    def test_builds_of_one_job_started_at_once_get_gapless_numbers(self):
        self.home.file("chengis.yml", SHORT)
        for _ in range(10):
            pair = [self.home.start("run", stdout=subprocess.DEVNULL) for _ in range(2)]
            for process in pair:
                _, err = process.communicate(timeout=60)
                self.assertEqual((process.returncode, err), (0, b""))
        crowd = [self.home.start("run", stdout=subprocess.DEVNULL) for _ in range(20)]
        for process in crowd:
            _, err = process.communicate(timeout=120)
            self.assertEqual((process.returncode, err), (0, b""))
        numbers = sorted(build["number"] for build in self.home.builds())
        self.assertEqual(numbers, list(range(1, 41)))
        self.assertFalse(is_locked(self.home.database + ".owners", 0, 0))
        self.assert_consistent()

    def test_files_are_for_their_owner_alone_whatever_the_umask(self):
        self.home.file("chengis.yml", SHORT.replace("echo a", "echo a > made; chmod 666 made")
                       + "artifacts: [made]\n")
        for umask in (0o000, 0o777 & ~0o700, 0o022):
            self.assert_exit(self.home.run("run", "--keep", umask=umask), 0)
        own = os.path.join(self.home.state, "chengis")
        for folder, names, files in os.walk(own):
            self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700, folder)
            if os.path.basename(folder) == "workspaces":
                names.clear()  # what steps make below is theirs
            for name in files:
                path = os.path.join(folder, name)
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, path)

    def test_a_reader_that_stops_reading_slows_nobody(self):
        """A follower whose pipe is full must not keep the build from its end."""
        self.home.file("chengis.yml", SHORT.replace("echo a", "head -c 3000000 /dev/zero; sleep 0.5"))
        process = self.home.start("run", stdout=subprocess.DEVNULL)
        self.addCleanup(terminate, process)
        build = wait_until(lambda: os.path.exists(self.home.database) and self.home.builds(), 20)
        follower = self.home.start("build", "log", build[0]["id"], "-f")
        self.addCleanup(terminate, follower)
        self.assertEqual(process.wait(30), 0)
        out, _ = follower.communicate(timeout=20)
        self.assertEqual(out.count(b"\0"), 3000000)


if __name__ == "__main__":
    harness.main()
