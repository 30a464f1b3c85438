# SPDX-License-Identifier: MIT
"""The chengis command as its users meet it: every subcommand, exit codes, JSON, terminals, signals, closed streams.

Usage: test_cli.py PATH_OF_CHENGIS [unittest arguments]
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

CHENGIS = None
DEADLINE = 60

GREEN = """\
name: demo
stages:
  - name: build
    steps:
      - name: compile
        run: |
          echo compiling
          echo warned >&2
  - name: test
    steps:
      - name: unit
        run: echo "unit tests"
"""

RED = """\
name: demo
stages:
  - name: test
    steps:
      - name: unit
        run: |
          for i in $(seq 1 30); do echo "line $i"; done
          exit 3
"""

SLOW = """\
name: demo
stages:
  - name: wait
    steps:
      - name: sleep
        run: |
          echo started
          exec sleep 50
"""

STUBBORN = """\
name: demo
stages:
  - name: wait
    steps:
      - name: sleep
        run: |
          trap '' TERM
          echo started
          while :; do sleep 1; done
"""


class Case(unittest.TestCase):
    """A home of its own for every test."""

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="chengis-cli-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.work = self.home / "work"
        self.work.mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def pipeline(self, text, name="chengis.yml"):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_cli(self, *args, expect=0, **options):
        options.setdefault("env", self.env)
        result = subprocess.run([CHENGIS, *args], cwd=self.work, capture_output=True, text=True, timeout=DEADLINE,
                                stdin=options.pop("stdin", subprocess.DEVNULL), **options)
        if expect is not None:
            self.assertEqual(result.returncode, expect, f"{args}\n{result.stdout}\n{result.stderr}")
        return result

    def json_cli(self, *args, expect=0):
        return json.loads(self.run_cli(*args, "--json", expect=expect).stdout)

    def start(self, *args, **options):
        process = subprocess.Popen([CHENGIS, *args], cwd=self.work, env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def until(self, check, what):
        """Look until check() gives something true."""
        limit = time.monotonic() + DEADLINE
        while time.monotonic() < limit:
            found = check()
            if found:
                return found
            select.select([], [], [], 0.02)
        self.fail(f"never seen: {what}")

    def running_build(self):
        builds = self.json_cli("build", "list", "--status", "running")["builds"]
        return builds[0] if builds else None

    def log_of_running(self):
        if not self.running_build():
            return ""
        return self.run_cli("build", "log", "demo#1", expect=None).stdout

    def terminal(self, *args, react=(), columns=80, rows=24, env=None, stdout=None, stderr=None):
        """Run on a pseudo terminal. react: (bytes to wait for, function of the process id), in order."""
        ready, go = os.pipe()
        pid, fd = pty.fork()
        if pid == 0:
            os.close(go)
            os.read(ready, 1)
            os.chdir(self.work)
            if stdout is not None:
                os.dup2(stdout, 1)
            if stderr is not None:
                os.dup2(stderr, 2)
            os.execve(CHENGIS, [CHENGIS, *args], env or self.env)
        os.close(ready)
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.close(go)
        seen, waiting, limit = b"", list(react), time.monotonic() + DEADLINE
        while time.monotonic() < limit:
            if select.select([fd], [], [], 0.1)[0]:
                try:
                    chunk = os.read(fd, 65536)
                except OSError:
                    break
                if not chunk:
                    break
                seen += chunk
            if waiting and waiting[0][0] in seen:
                waiting.pop(0)[1](pid, fd)
        else:
            os.kill(pid, signal.SIGKILL)
        os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode(errors="replace")


class General(Case):
    def test_version_and_help_go_to_stdout(self):
        self.assertRegex(self.run_cli("--version").stdout, r"^chengis \d+\.\d+\.\d+\n$")
        for args in (["--help"], ["-h"], ["help"], ["run", "--help"], ["help", "build", "log"], ["build", "--help"]):
            result = self.run_cli(*args)
            self.assertIn("chengis", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_nothing_or_half_a_command_is_wrong_usage(self):
        for args in ([], ["build"], ["pipeline"], ["migrate"]):
            result = self.run_cli(*args, expect=2)
            self.assertEqual(result.stdout, "")
            self.assertIn("Commands", result.stderr)

    def test_unknown_words_and_options_name_the_nearest(self):
        self.assertIn("'build'", self.run_cli("biuld", expect=2).stderr)
        self.assertIn("'log'", self.run_cli("build", "lgo", expect=2).stderr)
        self.assertIn("'--follow'", self.run_cli("build", "log", "--folow", "x", expect=2).stderr)
        self.assertIn("takes no argument", self.run_cli("status", "x", expect=2).stderr)
        self.assertIn("'build list'", self.run_cli("list", expect=2).stderr)
        self.assertIn("'pipeline validate'", self.run_cli("validate", expect=2).stderr)
        self.assertIn("needs", self.run_cli("build", "show", expect=2).stderr)

    def test_global_options_stand_before_or_after_the_command(self):
        for args in (["--color", "never", "-q", "status"], ["status", "--color=never", "-q"]):
            self.run_cli(*args)

    def test_looking_makes_no_files(self):
        self.assertEqual(self.json_cli("build", "list")["builds"], [])
        self.assertEqual(self.json_cli("status")["builds"]["total"], 0)
        self.run_cli("build", "show", "demo#1", expect=4)
        self.assertFalse((self.home / "state").exists())

    def test_a_database_that_was_named_must_exist(self):
        result = self.run_cli("build", "list", "--db", "nowhere.db", expect=4)
        self.assertIn("nowhere.db", result.stderr)
        self.assertFalse((self.work / "nowhere.db").exists())

    def test_an_unknown_organisation_is_not_an_empty_one(self):
        self.pipeline(GREEN)
        self.run_cli("run", "-q", "--org", "default")
        for args in (["run"], ["build", "list"], ["status"], ["build", "show", "demo#1"]):
            self.assertIn("'nope'", self.run_cli(*args, "--org", "nope", expect=4).stderr)

    def test_errors_are_json_where_json_was_asked_for(self):
        error = json.loads(self.run_cli("build", "show", "demo#9", "--json", expect=4).stderr)["error"]
        self.assertEqual((error["code"], error["exit-code"]), ("not-found", 4))

    def test_without_home_it_says_what_to_do(self):
        env = {"PATH": self.env["PATH"]}
        self.assertIn("--db", self.run_cli("status", env=env, expect=3).stderr)
        self.run_cli("init", "--db", "here.db", env=env)

    def test_state_is_private(self):
        self.pipeline(GREEN)
        os.umask(0o022)
        self.run_cli("run")
        state = self.home / "state" / "chengis"
        self.assertEqual(state.stat().st_mode & 0o777, 0o700)
        self.assertEqual((state / "chengis.db").stat().st_mode & 0o077, 0)

    def test_completions_are_accepted_by_bash(self):
        script = self.run_cli("completion", "bash").stdout
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        for words, index, expected in (("bui", 1, "build"), ("build lo", 2, "log"), ("build log --fo", 3, "--follow"),
                                       ("--color ne", 2, "never"), ("completion z", 2, "zsh"),
                                       ("run --ev", 2, "--events")):
            answer = subprocess.run(["bash"], input=script + 'COMP_WORDS=(chengis %s); COMP_CWORD=%d; _chengis; '
                                    'echo "${COMPREPLY[*]}"\n' % (words, index), text=True, capture_output=True)
            self.assertEqual(answer.stdout.split(), [expected], words + answer.stderr)
        for shell in ("zsh", "fish"):
            self.assertIn("chengis", self.run_cli("completion", shell).stdout)
        self.run_cli("completion", "tcsh", expect=2)


class Configuration(Case):
    def config(self, text):
        path = self.home / "config" / "chengis" / "chengis.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return path

    def test_option_beats_environment_beats_file(self):
        self.config(f"database:\n  path: {self.home}/from-file.db\n")
        self.run_cli("init")
        self.assertTrue((self.home / "from-file.db").exists())
        self.env["CHENGIS_DATABASE_PATH"] = str(self.home / "from-env.db")
        self.run_cli("init")
        self.assertTrue((self.home / "from-env.db").exists())
        self.run_cli("init", "--db", str(self.home / "from-option.db"))
        self.assertTrue((self.home / "from-option.db").exists())

    def test_problems_are_named_with_their_place(self):
        path = self.config("databse:\n  path: x\n")
        result = self.run_cli("status", expect=3)
        self.assertIn(f"{path}:1:", result.stderr)
        self.assertIn("databse", result.stderr)

    def test_a_file_that_was_named_must_exist(self):
        self.assertIn("none.yaml", self.run_cli("status", "--config", "none.yaml", expect=4).stderr)


class Pipelines(Case):
    def test_validate_says_what_is_wrong_and_where(self):
        self.pipeline("name: x\nstages:\n  - nme: y\n", "bad.yml")
        result = self.run_cli("pipeline", "validate", "bad.yml", expect=3)
        self.assertRegex(result.stdout, r"(?m)^bad\.yml:3:\d+: error: ")

    def test_asks_35_every_problem_of_every_file_is_reported_at_once(self):
        self.pipeline("name: x\nstages:\n  - name: a\n  - name: b\n", "one.yml")
        self.pipeline("name: x\nstages: 7\n", "two.yml")
        self.pipeline(GREEN, "three.yml")
        result = self.run_cli("pipeline", "validate", "one.yml", "two.yml", "three.yml", expect=3)
        self.assertGreaterEqual(len(re.findall(r"(?m)^one\.yml:\d+:\d+: error: ", result.stdout)), 2)
        self.assertRegex(result.stdout, r"(?m)^two\.yml:2:")
        self.assertIn("three.yml: valid, 2 stages", result.stdout)

    def test_validate_json_and_sarif(self):
        self.pipeline("name: x\nstages: 7\n", "bad.yml")
        self.pipeline(GREEN)
        answer = self.json_cli("pipeline", "validate", "bad.yml", "chengis.yml", expect=3)
        self.assertFalse(answer["valid"])
        self.assertEqual([f["valid"] for f in answer["files"]], [False, True])
        self.assertEqual(set(answer["files"][0]["diagnostics"][0]),
                         {"severity", "file", "line", "column", "message"})
        sarif = json.loads(self.run_cli("pipeline", "validate", "--sarif", "bad.yml", expect=3).stdout)
        self.assertEqual(sarif["version"], "2.1.0")
        result = sarif["runs"][0]["results"][0]
        self.assertEqual(result["level"], "error")
        self.assertEqual(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "bad.yml")

    def test_validate_takes_stdin_folders_and_the_alias(self):
        self.pipeline(GREEN)
        self.run_cli("pipeline", "validate")
        self.run_cli("pipeline", "validate", ".")
        with open(self.work / "chengis.yml") as file:
            self.run_cli("pipeline", "validate", "-", stdin=file)
        self.pipeline('{:stages [{:name "a" :steps [{:name "s" :run "true"}]}]}', "Chengisfile")
        self.run_cli("pipeline", "validate-edn", "Chengisfile")
        self.run_cli("pipeline", "validate", "missing.yml", expect=4)

    def test_show_converts_between_all_formats(self):
        self.pipeline(GREEN)
        canonical = self.json_cli("pipeline", "show")
        self.assertEqual([s["stage-name"] for s in canonical["stages"]], ["build", "test"])
        for name, kind in (("x.yml", "yaml"), ("x.edn", "edn"), ("x.json", "json")):
            (self.work / name).write_text(self.run_cli("pipeline", "show", "--format", kind).stdout)
            self.assertEqual(self.json_cli("pipeline", "show", name), canonical, kind)

    def test_plan_shows_commands_and_decisions(self):
        self.pipeline("name: p\nstages:\n"
                      "  - name: build\n    steps: [{name: s, run: make all}]\n"
                      "  - name: deploy\n    when: {branch: main}\n    steps: [{name: d, run: ./deploy}]\n")
        plan = self.json_cli("pipeline", "plan", "--branch", "feature/x", "--secret", "TOKEN")
        stages = {s["stage-name"]: s for s in plan["stages"]}
        self.assertTrue(stages["build"]["runs"])
        self.assertFalse(stages["deploy"]["runs"])
        self.assertIn("make all", stages["build"]["steps"][0]["argv"])
        self.assertEqual(stages["build"]["steps"][0]["env"]["TOKEN"], "***")
        text = self.run_cli("pipeline", "plan", "--branch", "feature/x").stdout
        self.assertIn("make all", text)
        self.assertRegex(text, r"(?m)^deploy  skipped")

    def test_plan_keeps_the_limit_of_combinations(self):
        self.pipeline("name: p\nmatrix: {a: [1, 2], b: [1, 2]}\nstages:\n  - name: m\n"
                      "    steps: [{name: s, run: 'true'}]\n")
        self.run_cli("pipeline", "plan")
        self.run_cli("pipeline", "plan", "--max-combinations", "3", expect=3)
        self.run_cli("pipeline", "plan", "--max-combinations", "0", expect=2)


class Run(Case):
    def test_success_prints_log_and_summary(self):
        self.pipeline(GREEN)
        result = self.run_cli("run")
        for text in ("==> build / compile\n", "compiling\n", "warned\n", "unit tests\n", "demo #1", "success"):
            self.assertIn(text, result.stdout)
        self.assertNotIn("\033", result.stdout)

    def test_json_is_the_only_line_on_stdout(self):
        self.pipeline(GREEN)
        result = self.run_cli("run", "--json")
        self.assertEqual(result.stdout.count("\n"), 1)
        build = json.loads(result.stdout)
        self.assertEqual((build["status"], build["job"], build["number"]), ("success", "demo", 1))
        self.assertEqual(build["stages"][0]["steps"][0]["log"]["lines"], 2)
        self.assertIn("compiling", result.stderr)

    def test_failure_shows_the_end_of_the_log_and_where_the_rest_is(self):
        self.pipeline(RED)
        result = self.run_cli("run", expect=1)
        summary = result.stdout[result.stdout.index("Failed:"):]
        self.assertIn("test / unit (exit status 3)", summary)
        self.assertIn("line 30", summary)
        self.assertIn("line 11", summary)
        self.assertNotIn("line 10\n", summary)
        self.assertIn("chengis build log 'demo#1' --step test/unit", summary)
        path = re.search(r"Log file:\s+(\S+)", summary).group(1)
        self.assertIn(b"line 17", pathlib.Path(path).read_bytes())

    def test_an_invalid_pipeline_runs_nothing(self):
        self.pipeline("name: x\nstages:\n  - name: a\n    steps:\n      - name: s\n        rn: true\n")
        result = self.run_cli("run", expect=3)
        self.assertRegex(result.stderr, r"chengis\.yml:\d+:\d+: error: ")
        self.assertEqual(self.json_cli("build", "list")["builds"], [])

    def test_no_pipeline_is_not_found(self):
        self.assertIn("Chengisfile", self.run_cli("run", expect=4).stderr)
        self.run_cli("run", "missing.yml", expect=4)

    def test_file_folder_and_stdin(self):
        self.pipeline(GREEN, "sub/ci.yml")
        self.pipeline(GREEN, "other/chengis.yml")
        self.run_cli("run", "sub/ci.yml")
        self.run_cli("run", "other")
        with open(self.work / "sub" / "ci.yml") as file:
            self.run_cli("run", "-", stdin=file)

    def test_the_snapshot_is_of_the_work_tree_that_holds_the_file(self):
        subprocess.run(["git", "init", "-q", "."], cwd=self.work, check=True)
        self.pipeline("name: g\nstages:\n  - name: s\n    steps: [{name: t, run: 'cat top.txt; touch made'}]\n",
                      "ci/build.yml")
        (self.work / "top.txt").write_text("at the top\n")
        self.assertIn("at the top", self.run_cli("run", "ci/build.yml").stdout)
        self.assertFalse((self.work / "made").exists())
        self.run_cli("run", "ci/build.yml", "--in-place")
        self.assertTrue((self.work / "made").exists())

    def test_clean_is_the_committed_state(self):
        self.pipeline("name: g\nstages:\n  - name: s\n    steps: [{name: t, run: cat file.txt}]\n")
        (self.work / "file.txt").write_text("committed\n")
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost"]
        for args in (["init", "-q", "."], ["add", "."], ["commit", "-qm", "one"]):
            subprocess.run(git + args, cwd=self.work, check=True)
        (self.work / "file.txt").write_text("changed\n")
        self.assertIn("changed", self.run_cli("run").stdout)
        self.assertIn("committed", self.run_cli("run", "--clean").stdout)

    def test_parameters_and_variables_reach_the_steps(self):
        self.pipeline("name: p\nparameters:\n  - {name: target, type: text, default: none}\nstages:\n"
                      "  - name: s\n    steps:\n      - {name: t, run: 'echo \"p=$PARAM_TARGET v=$PASSED "
                      "w=$GIVEN h=$HIDDEN\"'}\n")
        self.env.update(PASSED="through", HIDDEN="secretive")
        out = self.run_cli("run", "-p", "target=release", "--env", "PASSED", "--env", "GIVEN=own").stdout
        self.assertIn("p=release v=through w=own h=\n", out)
        self.run_cli("run", "--env", "NOT_SET", expect=2)
        self.run_cli("run", "-p", "novalue", expect=2)

    def test_secrets_come_from_safe_places_and_are_never_shown(self):
        self.pipeline("name: s\nstages:\n  - name: s\n    steps:\n"
                      "      - {name: t, run: 'echo \"a=$A b=$B c=$C\"; test ${#A}${#B}${#C} = 797'}\n")
        (self.work / "b.txt").write_text("swordfish\n")
        (self.home / "c.txt").write_text("xyzzy99\n")
        self.env["A"] = "hunter2"
        with open(self.home / "c.txt") as file:
            result = self.run_cli("run", "--secret", "A", "--secret", "B=@b.txt", "--secret", "C=-",
                                  "--events", "events.jsonl", stdin=file)
        everything = result.stdout + result.stderr + (self.work / "events.jsonl").read_text()
        everything += self.run_cli("build", "show", "s#1", "--json").stdout
        for path in (self.home / "state").rglob("*"):
            if path.is_file():
                everything += path.read_bytes().decode(errors="replace")
        found = [value for value in ("hunter2", "swordfish", "xyzzy99") if value in everything]
        self.assertEqual(found, [])
        self.assertIn("a=*** b=*** c=***", result.stdout)

    def test_a_secret_value_on_the_command_line_is_refused(self):
        self.pipeline(GREEN)
        result = self.run_cli("run", "--secret", "KEY=hunter2", expect=2)
        self.assertNotIn("hunter2", result.stderr)
        self.assertIn("KEY=@FILE", result.stderr)
        self.run_cli("run", "--secret", "NOT_SET", expect=2)

    def test_events_are_one_object_a_line_without_gaps(self):
        self.pipeline(GREEN)
        self.run_cli("run", "-q", "--events", "events.jsonl")
        events = [json.loads(line) for line in (self.work / "events.jsonl").read_text().splitlines()]
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        self.assertEqual(events[-1]["type"], "build-completed")

    def test_stage_from_and_dry_run(self):
        self.pipeline(GREEN)
        out = self.run_cli("run", "--stage", "test").stdout
        self.assertIn("unit tests", out)
        self.assertNotIn("compiling", out)
        self.assertNotIn("compiling", self.run_cli("run", "--from", "test").stdout)
        self.run_cli("run", "--stage", "nope", expect=4)
        plan = self.json_cli("run", "--dry-run", "--stage", "test")
        self.assertEqual([s["stage-name"] for s in plan["stages"]], ["test"])
        self.assertEqual(len(self.json_cli("build", "list")["builds"]), 2)

    def test_a_dry_run_sees_the_branch_of_the_folder(self):
        self.pipeline("name: d\nstages:\n  - name: deploy\n    when: {branch: main}\n"
                      "    steps: [{name: t, run: 'true'}]\n")
        self.assertIn("main (assumed", self.run_cli("run", "--dry-run").stdout)
        subprocess.run(["git", "init", "-q", "-b", "other", self.work], check=True, env=self.env)
        out = self.run_cli("run", "--dry-run").stdout
        self.assertRegex(out, r"Branch +other\n")
        self.assertRegex(out, r"deploy +skipped")

    def test_an_undeclared_parameter_is_warned_of(self):
        self.pipeline("name: d\nparameters: [{name: target, type: text}]\nstages:\n  - name: s\n"
                      "    steps: [{name: t, run: 'true'}]\n")
        result = self.run_cli("run", "-n", "-p", "targte=1")
        self.assertIn("warning: the pipeline declares no parameter 'targte'; the nearest one is 'target'", result.stderr)
        self.assertEqual(self.run_cli("run", "-n", "-p", "target=1").stderr, "")

    def test_a_kept_workspace_is_named(self):
        self.pipeline(GREEN)
        kept = re.search(r"(?m)^Workspace: (.+)$", self.run_cli("run", "--keep").stdout)
        self.assertTrue((pathlib.Path(kept.group(1)) / "chengis.yml").is_file())
        self.assertNotIn("Workspace:", self.run_cli("run").stdout)
        self.env["CHENGIS_WORKSPACE_ROOT"] = str(self.home / "elsewhere")
        self.assertIn(f"Workspace: {self.home}/elsewhere/", self.run_cli("run", "--keep").stdout)

    def test_events_do_not_mix_with_the_log(self):
        self.pipeline(GREEN)
        self.assertIn("--events needs a file", self.run_cli("run", "--events", "-", expect=2).stderr)

    def test_every_run_removes_what_retention_does_not_keep(self):
        self.pipeline(GREEN)
        self.env["CHENGIS_RETENTION_BUILDS"] = "1"
        self.run_cli("run", "-q")
        self.run_cli("run", "-q")
        self.assertEqual([b["number"] for b in self.json_cli("build", "list")["builds"]], [2])

    def test_timeout_ends_the_build(self):
        self.pipeline(SLOW)
        result = self.run_cli("run", "--timeout", "300ms", "--json", expect=6)
        self.assertEqual(json.loads(result.stdout)["status"], "timed-out")
        self.run_cli("run", "--timeout", "soon", expect=2)

    def test_quiet_prints_the_summary_alone(self):
        self.pipeline(GREEN)
        result = self.run_cli("run", "-q")
        self.assertNotIn("==>", result.stdout)
        self.assertTrue(result.stdout.splitlines()[0].endswith("ms") or "success" in result.stdout.splitlines()[0])

    def test_parallel_lines_are_whole_and_carry_the_step(self):
        self.pipeline("name: p\nstages:\n  - name: s\n    parallel: true\n    steps:\n" + "".join(
            "      - name: step%d\n        run: for i in $(seq 300); do printf 'half '; echo whole; done\n" % i
            for i in range(3)))
        lines = [l for l in self.run_cli("run").stdout.splitlines() if "half" in l or "whole" in l]
        self.assertEqual(len(lines), 900)
        for line in lines:
            self.assertRegex(line, r"^(\[step\d\] )?half whole$")

    def test_colours_only_when_wanted(self):
        self.pipeline(GREEN)
        self.assertNotIn("\033", self.run_cli("run").stdout)
        self.assertIn("\033[", self.run_cli("run", "--color", "always").stdout)
        self.assertNotIn("\033", self.run_cli("run", "--color", "never").stdout)
        self.env["CLICOLOR_FORCE"] = "1"
        self.assertIn("\033[", self.run_cli("run").stdout)
        self.env["NO_COLOR"] = "1"
        self.assertNotIn("\033", self.run_cli("run").stdout)

    def test_closed_streams_change_nothing_about_the_build(self):
        self.pipeline(RED)
        for redirection in (">&-", "2>&-", "<&- >&- 2>&-"):
            code = subprocess.run(["sh", "-c", f'"$0" run {redirection}', CHENGIS], cwd=self.work, env=self.env,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=DEADLINE).returncode
            self.assertEqual(code, 1, redirection)

    def test_a_reader_that_leaves_does_not_end_the_build(self):
        self.pipeline("name: p\nstages:\n  - name: s\n    steps: [{name: t, run: 'seq 200000; exit 4'}]\n")
        code = subprocess.run(["bash", "-c", '"$0" run | head -n 1; exit ${PIPESTATUS[0]}', CHENGIS], cwd=self.work,
                              env=self.env, stdout=subprocess.DEVNULL, timeout=DEADLINE).returncode
        self.assertEqual(code, 1)

    def test_a_full_disk_behind_stdout_is_reported(self):
        self.pipeline(GREEN)
        with open("/dev/full", "w") as full:
            result = subprocess.run([CHENGIS, "run"], cwd=self.work, env=self.env, stdout=full,
                                    stderr=subprocess.PIPE, text=True, timeout=DEADLINE)
        self.assertEqual(result.returncode, 7)
        self.assertIn("stdout", result.stderr)

    def test_many_megabytes_come_through_whole(self):
        self.pipeline("name: p\nstages:\n  - name: s\n    steps: [{name: t, run: seq 1000000}]\n")
        out = self.run_cli("run").stdout
        begin = out.index("1\n2\n3\n")
        self.assertTrue(out[begin:].startswith("".join(f"{i}\n" for i in range(1, 1000001))))


class Signals(Case):
    def interrupted(self, pipeline, numbers):
        self.pipeline(pipeline)
        process = self.start("run", "--json")
        self.until(lambda: "started" in self.log_of_running(), "the step")
        process.send_signal(numbers[0])
        if len(numbers) > 1:
            self.until(lambda: "^C" in process.stderr.readline(), "the answer to the first signal")
            process.send_signal(numbers[1])
        out, err = process.communicate(timeout=DEADLINE)
        return process.returncode, json.loads(out), err

    def test_own_interrupt_cancels(self):
        code, build, err = self.interrupted(SLOW, [signal.SIGINT])
        self.assertEqual((code, build["status"]), (130, "aborted"))
        self.assertIn("press ^C again to kill", err)

    def test_sigterm_cancels(self):
        code, build, _ = self.interrupted(SLOW, [signal.SIGTERM])
        self.assertEqual((code, build["status"]), (143, "aborted"))

    def test_the_second_interrupt_kills(self):
        begin = time.monotonic()
        code, build, err = self.interrupted(STUBBORN, [signal.SIGINT, signal.SIGINT])
        self.assertEqual((code, build["status"]), (130, "aborted"))
        self.assertIn("killing", err)
        self.assertLess(time.monotonic() - begin, 30)

    def test_cancelled_by_somebody_else_is_five(self):
        self.pipeline(SLOW)
        process = self.start("run", "--json")
        self.until(lambda: "started" in self.log_of_running(), "the step")
        self.run_cli("build", "cancel", "demo#1", "--reason", "wrong branch")
        out, _ = process.communicate(timeout=DEADLINE)
        self.assertEqual(process.returncode, 5)
        self.assertEqual(json.loads(out)["message"], "wrong branch")
        self.assertIn("over already", self.run_cli("build", "cancel", "demo#1").stdout)

    def test_interrupt_works_while_nobody_reads_the_output(self):
        self.pipeline("name: demo\nstages:\n  - name: s\n    steps: [{name: t, run: 'echo started; yes'}]\n")
        process = self.start("run")
        self.until(lambda: self.running_build(), "the build")
        select.select([], [], [], 1)  # the pipe fills
        process.send_signal(signal.SIGINT)
        self.until(lambda: not self.running_build(), "the end of the build")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=DEADLINE), 130)
        self.assertEqual(self.json_cli("build", "list")["builds"][0]["status"], "aborted")


class Terminal(Case):
    def test_the_tree_is_drawn_and_replaced_by_the_final_one(self):
        self.pipeline(GREEN)
        code, seen = self.terminal("run")
        self.assertEqual(code, 0)
        self.assertIn("\033[?25l", seen)
        self.assertLess(seen.index("\033[?25l"), seen.index("\033[?25h"))
        final = re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", seen[seen.index("\033[?25h"):])
        self.assertRegex(final, r"✔ demo #1\s+success")
        self.assertRegex(final, r"✔ compile\s+success")
        self.assertIn("chengis build log 'demo#1'", final)

    def test_the_last_lines_of_what_runs_are_shown_harmless(self):
        self.pipeline("name: t\nstages:\n  - name: s\n    steps:\n      - name: t\n        run: |\n"
                      "          printf 'tick\\033[2Jtock\\033]0;title\\007\\n'; sleep 1\n")
        code, seen = self.terminal("run")
        self.assertEqual(code, 0)
        self.assertIn("ticktock", seen)
        self.assertNotIn("\033[2J", seen)
        self.assertNotIn("title", seen)

    def test_nothing_is_wider_or_taller_than_the_screen(self):
        self.pipeline("name: t\nstages:\n  - name: s\n    parallel: true\n    steps:\n" + "".join(
            "      - name: a step with a rather long name, number %d\n        run: seq 100; sleep 0.5\n" % i
            for i in range(12)))
        _, seen = self.terminal("run", columns=30, rows=8)
        for up in re.findall(r"\033\[(\d+)A", seen):
            self.assertLess(int(up), 8)
        live = seen[:seen.index("\033[?25h")]
        for line in re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", live).split("\r\n"):
            if not line.strip("\r").startswith(("Build #", "copying the folder")):  # messages stay above the tree, and may wrap
                self.assertLessEqual(len(line.strip("\r")), 30, line)

    def test_the_list_fits_a_narrow_terminal(self):
        self.pipeline(GREEN)
        self.run_cli("run", "-q")
        for columns in (70, 200):
            _, seen = self.terminal("build", "list", columns=columns)
            plain = re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", seen)
            self.assertTrue(all(len(line) <= columns for line in plain.split("\r\n")), plain)
            self.assertEqual("ID" in plain, columns == 200)

    def test_control_c_on_the_terminal_cancels(self):
        self.pipeline(SLOW)
        code, seen = self.terminal("run", react=[(b"started", lambda pid, fd: os.write(fd, b"\x03"))])
        self.assertEqual(code, 130)
        self.assertIn("press ^C again to kill", seen)
        self.assertTrue(seen.rstrip().endswith("\033[?25h") or "\033[?25h" in seen)

    def test_a_resized_terminal_is_noticed(self):
        def shrink(pid, fd):
            fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 25, 0, 0))
        self.pipeline("name: t\nstages:\n  - name: s\n    steps:\n      - name: a step with a rather long name\n"
                      "        run: echo started; sleep 1; exit 1\n")
        code, seen = self.terminal("run", react=[(b"started", shrink)])
        self.assertEqual(code, 1)
        self.assertIn("…", seen)

    def test_no_color_means_none(self):
        self.pipeline(GREEN)
        _, seen = self.terminal("run", env={**self.env, "NO_COLOR": "1"})
        self.assertNotRegex(seen, r"\033\[[0-9;]*m")

    def test_a_redirected_log_is_plain_and_nothing_is_drawn_between_its_lines(self):
        self.pipeline(GREEN)
        with open(self.home / "out.txt", "w+") as out:
            code, seen = self.terminal("run", stdout=out.fileno())
            out.seek(0)
            text = out.read()
        self.assertEqual(code, 0)
        self.assertIn("compiling\n", text)
        self.assertNotIn("\033", text)
        self.assertNotIn("\033", seen)

    def test_with_json_the_tree_is_drawn_beside_the_redirected_result(self):
        self.pipeline(GREEN)
        with open(self.home / "out.txt", "w+") as out:
            _, seen = self.terminal("run", "--json", stdout=out.fileno())
            out.seek(0)
            self.assertEqual(json.load(out)["status"], "success")
        self.assertIn("\033[?25l", seen)

    def test_a_dumb_terminal_gets_plain_lines(self):
        self.pipeline(GREEN)
        _, seen = self.terminal("run", env={**self.env, "TERM": "dumb"})
        self.assertIn("compiling\r\n", seen)
        self.assertNotIn("\033", seen)

    def test_a_gigantic_log_does_not_slow_the_build_down(self):
        self.pipeline("name: t\nstages:\n  - name: s\n    steps: [{name: t, run: 'seq 8000000; echo the end'}]\n")
        code, seen = self.terminal("run")
        self.assertEqual(code, 0)
        self.assertLess(len(seen), 1000000)

    def test_a_log_is_printed_harmless(self):
        self.pipeline("name: t\nstages:\n  - name: s\n    steps:\n      - name: t\n        run: |\n"
                      "          printf '\\033[2J\\033[31mred\\033[0m\\n'\n")
        self.run_cli("run", "-q")
        for args in (["build", "log", "t#1"], ["build", "log", "t#1", "--step", "t"]):
            _, seen = self.terminal(*args)
            self.assertIn("\033[31mred\033[0m", seen)
            self.assertNotIn("\033[2J", seen)
        self.assertIn("\033[2J", self.run_cli("build", "log", "t#1", "--step", "t").stdout)


class Builds(Case):
    def setUp(self):
        super().setUp()
        self.pipeline(GREEN)
        self.run_cli("run", "-q")
        self.pipeline(RED)
        self.run_cli("run", "-q", expect=1)

    def test_list_filters_and_pages(self):
        self.assertEqual([b["number"] for b in self.json_cli("build", "list")["builds"]], [2, 1])
        failed = self.json_cli("build", "list", "--status", "failure")["builds"]
        self.assertEqual([b["number"] for b in failed], [2])
        page = self.json_cli("build", "list", "--limit", "1")
        rest = self.json_cli("build", "list", "--limit", "1", "--before", page["next"])
        self.assertEqual([b["number"] for b in rest["builds"]], [1])
        self.assertEqual(self.json_cli("build", "list", "--job", "other")["builds"], [])
        text = self.run_cli("build", "list").stdout
        self.assertRegex(text, r"(?m)^demo#2 +failure ")
        self.run_cli("build", "list", "--status", "odd", expect=2)
        self.run_cli("build", "list", "--limit", "0", expect=2)

    def test_show_by_number_id_and_prefix(self):
        build = self.json_cli("build", "show", "demo#2")
        self.assertEqual(self.json_cli("build", "show", build["id"]), build)
        keys = {"id", "job", "job-id", "number", "status", "reason", "message", "trigger", "parameters", "git",
                "created-at", "started-at", "finished-at", "duration-ms", "pipeline-source", "stages", "artifacts"}
        self.assertLessEqual(keys, set(build))
        text = self.run_cli("build", "show", "demo#2").stdout
        self.assertIn("exit status 3", text)
        self.run_cli("build", "show", "demo#3", expect=4)
        self.run_cli("build", "show", "nothing", expect=4)

    def test_asks_06_log_of_a_build_and_of_a_step(self):
        out = self.run_cli("build", "log", "demo#1").stdout
        self.assertLess(out.index("==> build / compile"), out.index("==> test / unit"))
        for name in ("compile", "build/compile", "1"):
            self.assertEqual(self.run_cli("build", "log", "demo#1", "--step", name).stdout, "compiling\nwarned\n")
        self.run_cli("build", "log", "demo#1", "--step", "nope", expect=4)

    def test_asks_03_the_tail_of_a_log(self):
        tail = self.run_cli("build", "log", "demo#2", "--step", "unit", "--tail", "2").stdout
        self.assertEqual(tail, "line 29\nline 30\n")
        out = self.run_cli("build", "log", "demo#1", "--tail", "1").stdout
        self.assertIn("unit tests", out)
        self.assertNotIn("compiling", out)
        out = self.run_cli("build", "log", "demo#1", "--tail", "2").stdout
        self.assertIn("warned", out)
        self.assertNotIn("compiling", out)

    def test_events_from_a_number_on(self):
        lines = self.run_cli("build", "events", "demo#1", "--json").stdout.splitlines()
        events = [json.loads(line) for line in lines]
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        self.assertLessEqual({"seq", "type", "at", "build-id", "data"}, set(events[0]))
        rest = self.run_cli("build", "events", "demo#1", "--json", "--from", "3").stdout.splitlines()
        self.assertEqual(rest, lines[2:])
        self.assertIn("build-completed", self.run_cli("build", "events", "demo#1").stdout)
        self.assertEqual(self.run_cli("build", "events", "demo#1", "-f", "--json").stdout.splitlines(), lines)

    def test_status_counts(self):
        status = self.json_cli("status")
        self.assertEqual((status["jobs"], status["builds"]["total"], status["builds"]["failure"]), (1, 2, 1))
        self.assertIn("chengis.db", self.run_cli("status").stdout)


class Following(Case):
    def test_log_and_events_of_a_running_build_of_another_process(self):
        self.pipeline("name: demo\nstages:\n  - name: a\n    steps:\n      - name: s\n        run: |\n"
                      "          echo started; while test ! -e \"$GATE\"; do sleep 0.05; done; echo finished\n"
                      "  - name: b\n    steps: [{name: t, run: echo second}]\n")
        gate = self.home / "gate"
        self.start("run", "--env", f"GATE={gate}")
        self.until(lambda: "started" in self.log_of_running(), "the step")
        log = self.start("build", "log", "demo#1", "-f")
        step = self.start("build", "log", "demo#1", "-f", "--step", "s")
        events = self.start("build", "events", "demo#1", "-f", "--json")
        self.until(lambda: "started" in log.stdout.readline(), "the first line")
        gate.touch()
        self.assertIn("finished\n", log.communicate(timeout=DEADLINE)[0])
        self.assertEqual(step.communicate(timeout=DEADLINE)[0], "started\nfinished\n")
        types = [json.loads(line)["type"] for line in events.communicate(timeout=DEADLINE)[0].splitlines()]
        self.assertEqual(types[-1], "build-completed")
        self.assertEqual((log.returncode, step.returncode, events.returncode), (0, 0, 0))


class Database(Case):
    def test_init_twice_changes_nothing(self):
        first = self.run_cli("init").stdout
        self.assertIn("chengis.db", first)
        self.assertEqual(self.run_cli("init").stdout, first)

    def test_migrate_down_asks_first(self):
        self.run_cli("init")
        before = self.json_cli("migrate", "status")
        self.assertEqual(before["version"], before["newest"])
        self.assertIn("--yes", self.run_cli("migrate", "down", expect=2).stderr)
        self.assertEqual(self.json_cli("migrate", "status"), before)
        self.run_cli("migrate", "down", "0", "--yes")
        self.assertEqual(self.json_cli("migrate", "status")["version"], 0)
        self.run_cli("migrate", "up")
        self.assertEqual(self.json_cli("migrate", "status")["version"], before["newest"])
        self.assertIn("Nothing to do", self.run_cli("migrate", "up").stdout)
        self.run_cli("migrate", "up", "later", expect=2)

    def test_migrate_down_on_a_terminal(self):
        self.run_cli("init")
        code, seen = self.terminal("migrate", "down", react=[(b"go on:", lambda pid, fd: os.write(fd, b"no\n"))])
        self.assertEqual(code, 1)
        self.assertIn("Nothing was changed", seen)
        code, _ = self.terminal("migrate", "down", react=[(b"go on:", lambda pid, fd: os.write(fd, b"yes\n"))])
        self.assertEqual(code, 0)

    def test_a_damaged_database_is_infrastructure(self):
        (self.work / "bad.db").write_text("this is no database, but it is long enough to be looked at" * 100)
        self.assertIn("bad.db", self.run_cli("build", "list", "--db", "bad.db", expect=7).stderr)


if __name__ == "__main__":
    CHENGIS = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1)
