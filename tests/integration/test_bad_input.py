# SPDX-License-Identifier: MIT
"""Files, folders, databases and streams that are not as they should be: a clear error, the right exit code, no crash,
no hang, nothing half-written, and the next run works."""
import contextlib
import os
import resource
import shutil
import subprocess
import unittest

import harness
from harness import CHENGIS, IS_ROOT, NOBODY, Case

OK = "name: ok\nstages: [{name: S, steps: [{name: s, run: echo fine}]}]\n"
LONG = "x" * 131072


def one_step(command):
    return f"name: one\nstages: [{{name: S, steps: [{{name: s, run: '{command}'}}]}}]\n"


def alias_bomb():
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for before, name in zip("abcdefghi", "bcdefghij"):
        lines.append(f"{name}: &{name} [{','.join(['*' + before] * 9)}]")
    return "\n".join(lines) + "\nstages: *j\n"


# name of the file, its bytes, what the message says
BAD_PIPELINES = (
    ("empty.yml", "", ("empty.yml:1:1", "must be a map")),
    ("comment.yml", "# nothing\n", ("comment.yml", "must be a map")),
    ("empty.edn", "", ("empty.edn",)),
    ("binary.yml", bytes(range(256)) * 16, ("binary.yml:1:",)),
    ("nul.yml", b"name: x\0y\nstages: []\n", ("nul.yml:1:8", "NUL")),
    ("latin1.yml", "name: caf\xe9\n".encode("latin-1"), ("latin1.yml:1:10", "UTF-8")),
    ("deep.yml", "a: " + "[" * 5000 + "]" * 5000, ("deep.yml:1:", "64 levels")),
    ("block.yml", "".join("  " * i + "a:\n" for i in range(500)), ("block.yml:", "64 levels")),
    ("deep.edn", "{:a " + "[" * 5000 + "]" * 5000 + "}", ("deep.edn:1:", "64 levels")),
    ("open.edn", "{:a " + "[" * 100000, ("open.edn:1:", "64 levels")),
    ("cycle.yml", "stages: &a\n- {name: x, steps: *a}\n", ("cycle.yml:2:", "alias *a")),
    ("bomb.yml", alias_bomb(), ("bomb.yml:", "more than 1000000 values")),
    ("keys.yml", "name: a\nname: b\n", ("keys.yml:2:1", "duplicate key 'name'")),
    ("keys.edn", '{:pipeline-name "a" :pipeline-name "b"}', ("keys.edn:1:", "duplicate key")),
    ("names.yml", "stages:\n" + "- {name: s, steps: [{name: x, run: ls}]}\n" * 2,
     ("names.yml:3:", "duplicate stage name 's'")),
    ("many.yml", "stages:\n" + "".join(f"- {{name: s{i}, steps: [{{name: x, run: ls}}]}}\n"
                                       for i in range(10000)), ("10000 stages", "500")),
    ("long.yml", f"stages: [{{name: {'n' * 300}, steps: [{{name: x, run: ls}}]}}]\n",
     ("long.yml:1:", "300 bytes", "256")),
    ("command.yml", f"stages: [{{name: s, steps: [{{name: x, run: {LONG}}}]}}]\n",
     ("command.yml:1:", "131072 bytes", "131071")),
    ("list.yml", "- a\n", ("list.yml:1:1", "map")),
    ("tab.yml", "a:\n\tb: c\n", ("tab.yml:2:1", "indent with spaces")),
    ("workflow", "stages: [{{{", ("workflow",)),
)


class BadPipeline(Case):
    """What is written in the file."""

    def assert_refused(self, path, words):
        for command in (("run",), ("pipeline", "validate"), ("pipeline", "show"),
                        ("pipeline", "plan")):
            with self.subTest(file=os.path.basename(path), command=command):
                result = self.home.run(*command, path, timeout=20)
                self.assert_exit(result, 3)
                text = (result.out + result.err).decode(errors="replace")
                for word in words:
                    self.assertIn(word, text)
        self.assertFalse(os.path.exists(self.home.database), "a build was made for it")

    def test_is_refused_with_its_place_before_anything_is_made(self):
        for name, content, words in BAD_PIPELINES:
            self.assert_refused(self.home.file(name, content), words)

    def test_of_100_mb_is_refused_without_reading_it_all(self):
        path = os.path.join(self.home.work, "huge.yml")
        with open(path, "wb") as out:
            out.truncate(100 << 20)
        self.assert_refused(path, ("huge.yml", "1MB"))

    def test_that_is_no_file(self):
        os.mkdir(os.path.join(self.home.work, "folder.yml"))
        os.mkfifo(os.path.join(self.home.work, "fifo.yml"))
        for path, code, word in (("folder.yml", 4, "no pipeline file in 'folder.yml'"),
                                 ("fifo.yml", 3, "fifo.yml"), ("/dev/null", 3, "/dev/null"),
                                 ("/dev/zero", 3, "/dev/zero"), ("none.yml", 4, "none.yml"),
                                 ("no/such/folder/x.yml", 4, "no/such/folder/x.yml"),
                                 ("", 4, "''"), ("-", 3, "/dev/stdin")):
            with self.subTest(path=path):
                result = self.home.run("run", path, timeout=20)
                self.assert_exit(result, code)
                self.assert_says(result, word)

    def test_found_in_the_folder_that_is_no_file(self):
        os.mkfifo(os.path.join(self.home.work, "chengis.yml"))
        self.assert_exit(self.home.run("run", timeout=20), 3)
        os.unlink(os.path.join(self.home.work, "chengis.yml"))
        os.mkdir(os.path.join(self.home.work, "chengis.yml"))
        self.assertIn(self.home.run("run", timeout=20).code, (3, 4))

    def test_of_unknown_step_type_runs_nothing(self):
        self.home.file("type.yml", "stages:\n- name: S\n  steps:\n  - {name: a, run: touch ran}\n"
                                   "  - {name: b, type: teleport, run: x}\n")
        result = self.home.run("run", "--in-place", "type.yml")
        self.assert_exit(result, 3)
        self.assertIn(b"teleport", result.out + result.err)
        self.assertFalse(os.path.exists(os.path.join(self.home.work, "ran")))
        self.assert_consistent()

    def test_from_a_pipe_works_on_the_current_folder(self):
        self.home.file("here", "yes")
        text = one_step("cat here").encode()
        for args, options in ((("-",), {"text_input": text}),
                              (("/dev/stdin",), {"text_input": text})):
            result = self.home.run("run", *args, **options)
            self.assert_exit(result, 0)
            self.assertIn(b"yes", result.out)


class BadStep(Case):
    """What the steps do."""

    def run_step(self, command, *codes):
        self.home.file("one.yml", one_step(command))
        result = self.home.run("run", "one.yml")
        self.assert_exit(result, *codes)
        self.assert_consistent()
        return result

    def test_whose_command_is_not_found_fails_and_names_it(self):
        self.assertIn(b"no-such-command", self.run_step("no-such-command", 1).out)

    def test_whose_interpreter_is_missing_fails_and_names_the_script(self):
        result = self.run_step('printf "#!/no/such\\n" > script; chmod +x script; ./script', 1)
        self.assertIn(b"script", result.out)

    def test_that_kills_itself_is_reported_with_the_signal(self):
        self.assertIn(b"signal 9", self.run_step("kill -9 $$", 1).out)

    def test_that_removes_its_workspace_harms_nobody(self):
        self.run_step('rm -rf "$WORKSPACE"', 0)

    def test_that_makes_its_workspace_unreadable_is_tidied_up(self):
        self.run_step("mkdir a; touch a/b; chmod 0 a", 0)
        self.assertEqual(os.listdir(os.path.join(self.home.state, "chengis", "workspaces")), [])

    def test_that_prints_binary_and_endless_lines_is_kept_whole(self):
        self.run_step("head -c 3000000 /dev/urandom", 0)
        build = self.home.builds()[0]
        log = self.home.run("build", "log", build["id"], "--step", "s")
        self.assertEqual(len(log.out), 3000000)
        self.home.json("build", "show", build["id"])


class BadArguments(Case):
    """The command line and the environment."""

    def setUp(self):
        super().setUp()
        self.home.file("chengis.yml", OK)

    def test_without_home_the_database_is_asked_for(self):
        env = self.home.env(HOME=None, XDG_STATE_HOME=None, XDG_CONFIG_HOME=None)
        for command in (("run",), ("build", "list"), ("status",)):
            result = self.home.run(*command, env=env)
            self.assert_exit(result, 3)
            self.assert_says(result, "HOME", "--db")
        self.assert_exit(self.home.run("run", "--db", os.path.join(self.home.home, "x.db"), env=env), 0)

    def test_that_are_not_utf8_are_taken_or_named(self):
        for args, codes in (
                (("run", b"caf\xe9.yml"), (4,)), (("run", "-p", b"X=\xe9"), (0, 2, 3)),
                (("run", "--env", b"X=\xe9"), (0,)), (("run", "--stage", b"\xe9"), (4,)),
                (("build", "show", b"\xe9"), (4,)), (("build", "list", "--job", b"\xe9"), (0, 4)),
                ((b"\xe9",), (2,)), (("run", b"--\xe9"), (2,))):
            with self.subTest(args=args):
                self.assert_exit(self.home.run(*args), *codes)
        for build in self.home.builds():
            self.home.json("build", "show", build["id"])
        self.assert_consistent()

    def test_that_are_very_long_are_refused_in_a_line_one_can_read(self):
        long = LONG[:131000]
        for args, code in ((("run", long), 4), (("build", "show", long), 4), ((long,), 2),
                           (("run", "--" + long), 2), (("run", "--stage", long), 4),
                           (("run", "--timeout", long), 2), (("run", "-p", long), 2),
                           (("build", "list", "--limit", long), 2), (("run", "--db", long), 7)):
            with self.subTest(args=[arg[:20] for arg in args]):
                result = self.home.run(*args)
                self.assert_exit(result, code, 3 if "--db" in args else code)
                self.assert_says(result)

    def test_secret_that_is_too_long_is_named(self):
        self.home.file("secret", LONG * 2)
        result = self.home.run("run", "--secret", "KEY=@secret")
        self.assert_exit(result, 2, 3)
        self.assert_says(result, "KEY", "131071")
        self.assertNotIn(b"xxxx", result.err)

    def test_step_whose_variable_is_too_long_is_refused_with_its_name(self):
        self.home.file("env.yml", f"stages: [{{name: S, steps: [{{name: s, env: {{BIG: {LONG}}}, run: ls}}]}}]")
        result = self.home.run("run", "env.yml")
        self.assert_exit(result, 3)
        self.assert_says(result, "BIG", "131071")

    def test_many_variables_that_exceed_the_kernel_fail_the_step(self):
        variables = "".join(f"  V{i}: {'y' * 100000}\n" for i in range(9))
        self.home.file("sum.yml", "name: sum\nenv:\n" + variables + "stages:\n- name: S\n  env:\n"
                       + variables.replace("  V", "    W") + "  steps: [{name: s, run: echo fine}]\n")
        result = self.home.run("run", "sum.yml",
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK,
                                                                     (1 << 20, 1 << 20)))
        self.assertIn(result.code, (1, 3), result)
        self.assertTrue(result.out + result.err)


class BadStreams(Case):
    """stdin, stdout and stderr that are closed, full or end early."""

    def setUp(self):
        super().setUp()
        self.home.file("chengis.yml", OK)

    def shell(self, command):
        """Run a shell command in which chengis is $C."""
        process = subprocess.run(["bash", "-c", command], env=self.home.env(C=CHENGIS), timeout=60,
                                 cwd=self.home.work, capture_output=True, check=False)
        return harness.Result(process.returncode, process.stdout, process.stderr)

    def test_closed_ones_are_no_obstacle(self):
        for closing in (">&-", "2>&-", "<&-", ">&- 2>&-", ">&- 2>&- <&-", "2>/dev/full"):
            with self.subTest(closing=closing):
                self.assert_exit(self.shell(f'"$C" run {closing}'), 0)
                self.assert_exit(self.shell(f'"$C" build list --json {closing}'), 0)
        self.assertEqual({build["status"] for build in self.home.builds()}, {"success"})
        with self.home.sql() as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def test_full_stdout_is_told_and_the_build_runs_to_its_end(self):
        for command in ("run", "build list", "status", "run --json", "help"):
            with self.subTest(command=command):
                result = self.shell(f'"$C" {command} >/dev/full')
                self.assert_exit(result, 7)
                self.assertIn(b"stdout", result.err)
        self.assertEqual({build["status"] for build in self.home.builds()}, {"success"})
        self.assert_consistent()

    def test_reader_that_leaves_early_kills_nothing(self):
        self.home.file("chengis.yml", one_step("for i in 1 2 3; do seq 20000; sleep 0.05; done; touch $HOME/done"))
        result = self.shell('"$C" run | head -1; exit ${PIPESTATUS[0]}')
        self.assert_exit(result, 0)
        self.assertTrue(os.path.exists(os.path.join(self.home.home, "done")))
        self.assertEqual(self.home.builds()[0]["status"], "success")
        for command in ("build log one#1", "build events one#1 --json", "build show one#1 --json"):
            self.assert_exit(self.shell(f'"$C" {command} | true; exit ${{PIPESTATUS[0]}}'), 0)
        self.assert_consistent()


class BadDatabase(Case):
    """What lies where the database should be."""

    def setUp(self):
        super().setUp()
        self.home.file("chengis.yml", OK)

    def assert_all_refuse(self, codes, *words):
        for command in (("run",), ("build", "list"), ("build", "show", "ok#1"), ("status",),
                        ("build", "cancel", "ok#1")):
            with self.subTest(command=command):
                result = self.home.run(*command)
                self.assert_exit(result, *codes)
                self.assert_says(result, *words)
                self.assertEqual(result.err.count(b"\n"), 1, result)

    def make(self):
        self.assert_exit(self.home.run("run"), 0)

    def place(self, content):
        os.makedirs(os.path.dirname(self.home.database), 0o700, exist_ok=True)
        with open(self.home.database, "wb") as out:
            out.write(content)

    def test_folder_in_its_place(self):
        os.makedirs(self.home.database)
        self.assert_all_refuse((7,), "chengis.db", "is a directory")

    def test_garbage_in_its_place_is_left_as_it_is(self):
        garbage = os.urandom(20000)
        for content in (garbage, b"hello\n"):
            self.place(content)
            self.assert_all_refuse((7,), "chengis.db", "not a database")
            with open(self.home.database, "rb") as stored:
                self.assertEqual(stored.read(), content)

    def test_of_another_program_is_left_as_it_is(self):
        os.makedirs(os.path.dirname(self.home.database))
        with self.home.sql() as db:
            db.execute("CREATE TABLE mine (x)")
            db.commit()
        self.assert_all_refuse((7,), "chengis.db", "another program")
        with self.home.sql() as db:
            self.assertEqual(db.execute("SELECT name FROM sqlite_master").fetchall(), [("mine",)])

    def test_of_a_newer_version_is_refused_and_not_touched(self):
        self.make()
        with self.home.sql() as db:
            newest = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("INSERT INTO schema_migrations VALUES (?, 'from-the-future', 1)", (newest + 1,))
            db.execute(f"PRAGMA user_version = {newest + 1}")
            db.commit()
        self.assert_all_refuse((7,), "chengis.db", f"version {newest + 1}", f"{newest}")
        with self.home.sql() as db:
            self.assertEqual(db.execute("SELECT count(*) FROM builds").fetchone(), (1,))
            db.execute(f"PRAGMA user_version = {newest}")
            db.execute("DELETE FROM schema_migrations WHERE number > ?", (newest,))
            db.commit()
        self.make()

    def test_that_was_cut_or_overwritten_is_refused(self):
        self.make()
        with open(self.home.database, "r+b") as target:
            target.seek(4096)
            target.write(b"\xff" * 100000)
        self.assert_all_refuse((7,), "chengis.db", "malformed")

    def test_empty_file_is_a_new_database(self):
        self.place(b"")
        self.make()
        self.assert_consistent()

    def test_lost_log_and_workspaces_are_made_again(self):
        self.make()
        for name in ("logs", "workspaces", "artifacts"):
            shutil.rmtree(os.path.join(self.home.state, "chengis", name))
        result = self.home.run("build", "log", "ok#1")
        self.assertIn(result.code, (0, 4, 7))
        self.make()
        self.assert_consistent()


class BadGit(Case):
    """Repositories that git cannot read, and no git at all."""

    def setUp(self):
        super().setUp()
        self.home.file("chengis.yml", one_step("cat kept; git --version || true"))
        self.home.file("kept", "kept text")
        self.git("init", "-q")
        self.git("add", ".")
        self.git("-c", "user.name=n", "-c", "user.email=e@x", "commit", "-q", "-m", "m")

    def git(self, *args):
        subprocess.run(["git", *args], cwd=self.home.work, env=self.home.env(), check=True,
                       capture_output=True, timeout=60)

    def test_path_without_git_still_runs_the_files(self):
        programs = self.home.folder("bin")
        for name in ("sh", "cat", "true"):
            os.symlink(shutil.which(name), os.path.join(programs, name))
        result = self.home.run("run", env=self.home.env(PATH=programs))
        self.assertIn(result.code, (0, 7), result)
        self.assertTrue(b"kept text" in result.out or b"git" in result.out + result.err, result)
        self.assert_consistent()

    def test_broken_repository_is_named(self):
        with open(os.path.join(self.home.work, ".git", "HEAD"), "wb") as head:
            head.write(b"garbage")
        result = self.home.run("run")
        self.assertIn(result.code, (0, 1, 7), result)
        if result.code != 0:
            self.assertIn(b"git", result.out + result.err)
        self.assert_consistent()

    def test_lost_objects_are_named(self):
        shutil.rmtree(os.path.join(self.home.work, ".git", "objects"))
        os.makedirs(os.path.join(self.home.work, ".git", "objects", "info"))
        result = self.home.run("run", "--clean")
        self.assert_exit(result, 3, 4, 7)
        self.assertIn(b"repository '", result.out + result.err)
        if os.path.exists(self.home.database):
            self.assert_consistent()

    def test_git_file_that_points_nowhere(self):
        shutil.rmtree(os.path.join(self.home.work, ".git"))
        self.home.file(".git", "gitdir: /no/such/place\n")
        result = self.home.run("run")
        self.assertIn(result.code, (0, 7), result)
        self.assert_consistent()


@unittest.skipUnless(IS_ROOT, "becoming another user needs root")
class NotAllowed(Case):
    """Folders and files of somebody else. Root may do everything, so this is another user."""

    nobody = True

    def setUp(self):
        super().setUp()
        self.home.file("chengis.yml", OK)

    def assert_refused(self, word, *commands):
        for command in commands or (("run",), ("build", "list"), ("status",)):
            with self.subTest(command=command):
                result = self.home.run(*command)
                self.assert_exit(result, 7, 8)
                self.assert_says(result, word, "ermission denied")

    def test_state_folder_that_cannot_be_made(self):
        os.chown(self.home.state, 0, 0)
        os.chmod(self.home.state, 0o755)
        self.assert_refused("chengis", ("run",), ("init",))
        os.chown(self.home.state, NOBODY, NOBODY)
        self.assert_exit(self.home.run("run"), 0)

    def test_state_folder_that_became_read_only(self):
        self.assert_exit(self.home.run("run"), 0)
        own = os.path.dirname(self.home.database)
        os.chmod(own, 0o500)
        result = self.home.run("run")
        self.assertIn(result.code, (0, 7, 8), result)
        os.chmod(own, 0o700)
        self.assert_exit(self.home.run("run"), 0)
        self.assert_consistent()

    def test_workspaces_that_cannot_be_written(self):
        self.assert_exit(self.home.run("run"), 0)
        folder = os.path.join(os.path.dirname(self.home.database), "workspaces")
        os.chmod(folder, 0o500)
        result = self.home.run("run")
        self.assert_exit(result, 7)
        self.assertIn(b"workspaces", result.out + result.err)
        os.chmod(folder, 0o700)
        self.assert_exit(self.home.run("run"), 0)
        self.assert_consistent()

    def test_logs_that_cannot_be_written(self):
        self.assert_exit(self.home.run("run"), 0)
        folder = os.path.join(os.path.dirname(self.home.database), "logs")
        os.chmod(folder, 0o500)
        result = self.home.run("run")
        self.assert_exit(result, 7)
        self.assertIn(b"logs", result.out + result.err)
        os.chmod(folder, 0o700)
        self.assert_exit(self.home.run("run"), 0)
        self.assert_consistent()

    def test_database_of_somebody_else(self):
        self.assert_exit(self.home.run("run"), 0)
        os.chmod(self.home.database, 0)
        self.assert_refused("chengis.db")
        os.chmod(self.home.database, 0o600)
        self.assert_exit(self.home.run("run"), 0)
        self.assert_consistent()

    def test_pipeline_that_cannot_be_read(self):
        os.chmod(os.path.join(self.home.work, "chengis.yml"), 0)
        for command in (("run",), ("pipeline", "validate")):
            result = self.home.run(*command)
            self.assert_exit(result, 7, 8)
            self.assert_says(result, "chengis.yml", "ermission denied")

    def test_file_that_cannot_be_read_stops_the_snapshot_and_is_named(self):
        self.home.file("locked", "x", 0)
        os.chown(os.path.join(self.home.work, "locked"), 0, 0)
        result = self.home.run("run")
        self.assertIn(result.code, (0, 7, 8), result)
        if result.code != 0:
            self.assertIn(b"locked", result.out + result.err)
        self.assert_consistent()


def can_mount():
    if not IS_ROOT:
        return False
    probe = harness.Home()
    try:
        return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", probe.state],
                              capture_output=True, check=False).returncode == 0
    finally:
        subprocess.run(["umount", probe.state], capture_output=True, check=False)
        probe.close()


@unittest.skipUnless(can_mount(), "mounting a small disk needs root")
class FullDisk(Case):
    """State on a disk of 2 MB."""

    def setUp(self):
        super().setUp()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.home.state], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.home.state], check=False)
        self.home.file("chengis.yml", OK)

    def fill(self, leave=0):
        path = os.path.join(self.home.state, "filler")
        with open(path, "wb", buffering=0) as out, contextlib.suppress(OSError):
            while True:
                out.write(b"\0" * 4096)
        if leave:
            os.truncate(path, max(0, os.path.getsize(path) - leave))
        return path

    def grow(self):
        subprocess.run(["mount", "-o", "remount,size=64m", self.home.state], check=True)

    def assert_recovers(self):
        """With room again everything is in order and the next build runs."""
        self.grow()
        self.assert_exit(self.home.run("build", "list"), 0)
        self.assert_consistent()
        self.assert_exit(self.home.run("run", "chengis.yml"), 0)
        self.assert_consistent()

    def test_that_a_step_fills_ends_the_build_with_the_reason(self):
        self.assert_exit(self.home.run("run"), 0)
        self.home.file("big.yml", one_step("head -c 50000000 /dev/zero | tr \"\\0\" x; echo $? > $HOME/end"))
        result = self.home.run("run", "big.yml")
        self.assert_exit(result, 7)
        self.assertIn(b"no space left on device", (result.out + result.err).lower())
        for command in (("build", "list"), ("status",), ("build", "show", "ok#1")):
            self.assert_exit(self.home.run(*command), 0)
        self.assert_recovers()

    def test_full_before_the_first_run(self):
        self.fill()
        result = self.home.run("run")
        self.assert_exit(result, 7)
        self.assert_says(result, self.home.state)
        self.assertEqual(result.err.count(b"\n"), 1, result)
        self.grow()
        self.assert_exit(self.home.run("run"), 0)
        self.assert_consistent()

    def test_full_before_a_later_run(self):
        self.assert_exit(self.home.run("run"), 0)
        for leave in (0, 4096, 16384, 65536):
            with self.subTest(leave=leave):
                filler = self.fill(leave)
                result = self.home.run("run")
                self.assertIn(result.code, (0, 1, 7), result)
                if result.code != 0:
                    self.assertTrue(b"space" in result.err + result.out or b"full" in result.err + result.out, result)
                for command in (("build", "list"), ("build", "show", "ok#1")):
                    result = self.home.run(*command)
                    if result.code != 0:  # SQLite cannot make the files that readers share
                        self.assert_exit(result, 7)
                        self.assert_says(result, "chengis.db", "space")
                os.remove(filler)
                self.assert_exit(self.home.run("run"), 0)
                self.assert_consistent()

    def test_owner_killed_on_a_full_disk_is_still_recovered_from(self):
        self.home.file("slow.yml", one_step("echo on; sleep 60"))
        process = self.home.start("run", "slow.yml")
        harness.wait_until(lambda: os.path.exists(self.home.database) and self.home.builds(), 20)
        filler = self.fill()
        harness.terminate(process)
        self.assert_exit(self.home.run("build", "list"), 0)
        os.remove(filler)
        self.assert_exit(self.home.run("build", "list"), 0)
        self.assertEqual(self.home.builds()[0]["status"], "aborted")
        self.assert_recovers()


if __name__ == "__main__":
    harness.main()
