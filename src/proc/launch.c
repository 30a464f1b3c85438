/* SPDX-License-Identifier: MIT */
/* Starts a program with the speed of vfork: the child borrows our memory until it executes. Never
 * fork(). */
#include "proc/launch_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "proc/spawn_priv.h"

#include "base/banned.h"

#define NO_SANITIZE __attribute__((no_sanitize("address", "undefined", "thread")))

#define FLAG_VM          0x00000100ULL
#define FLAG_PIDFD       0x00001000ULL
#define FLAG_VFORK       0x00004000ULL
#define FLAG_INTO_CGROUP 0x200000000ULL

/* struct clone_args of the kernel, as of Linux 5.7. */
struct clone3_args {
    uint64_t flags;
    uint64_t pidfd;
    uint64_t child_tid;
    uint64_t parent_tid;
    uint64_t exit_signal;
    uint64_t stack;
    uint64_t stack_size;
    uint64_t tls;
    uint64_t set_tid;
    uint64_t set_tid_size;
    uint64_t cgroup;
};
#define CLONE3_SIZE_FIRST 64 /* up to tls: Linux 5.3 */

/*
 * The child never leaves the assembly: it calls chg_launch_child() from there, below our stack
 * frame and its red zone, so that nothing the parent still needs is overwritten, which C after a
 * returning clone could not promise.
 */
#if defined(__x86_64__) && defined(__LP64__)
#define HAVE_CLONE3 1
NO_SANITIZE static long clone3_into_child(struct clone3_args *args, size_t size,
                                          struct chg_launch_shared *shared)
{
    long result = SYS_clone3;
    register struct chg_launch_shared *child_arg __asm__("r8") = shared;
    register void (*child_fn)(struct chg_launch_shared *) __asm__("r9") = chg_launch_child;

    __asm__ volatile("syscall\n\t"
                     "testq %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "subq $128, %%rsp\n\t"
                     "andq $-16, %%rsp\n\t"
                     "movq %%r8, %%rdi\n\t"
                     "call *%%r9\n\t"
                     "hlt\n"
                     "1:"
                     : "+a"(result)
                     : "D"(args), "S"(size), "r"(child_arg), "r"(child_fn)
                     : "rcx", "r11", "memory", "cc");
    return result;
}
#elif defined(__aarch64__) && defined(__LP64__)
#define HAVE_CLONE3 1
NO_SANITIZE static long clone3_into_child(struct clone3_args *args, size_t size,
                                          struct chg_launch_shared *shared)
{
    register long number __asm__("x8") = SYS_clone3;
    register long result __asm__("x0") = (long)args;
    register size_t args_size __asm__("x1") = size;
    register struct chg_launch_shared *child_arg __asm__("x3") = shared;
    register void (*child_fn)(struct chg_launch_shared *) __asm__("x4") = chg_launch_child;

    __asm__ volatile("svc #0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, xzr\n\t"
                     "mov x0, x3\n\t"
                     "blr x4\n\t"
                     "brk #1\n"
                     "1:"
                     : "+r"(result)
                     : "r"(number), "r"(args_size), "r"(child_arg), "r"(child_fn)
                     : "memory", "cc");
    return result;
}
#else
#define HAVE_CLONE3 0
#endif

/* errno, or 0 with *out filled; what the child met is in shared. */
static int start_clone3(struct chg_launched *out, struct chg_launch_shared *shared)
{
#if HAVE_CLONE3
    int pidfd = -1;
    struct clone3_args args = {
        .flags = FLAG_VM | FLAG_VFORK | FLAG_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
    };
    size_t size = CLONE3_SIZE_FIRST;
    long rc;

    if (chg_spawn_disabled(CHG_SPAWN_CLONE3))
        return ENOSYS;
    if (shared->request->cgroup_fd >= 0) {
        args.flags |= FLAG_INTO_CGROUP;
        args.cgroup = (uint64_t)shared->request->cgroup_fd;
        size = sizeof(args);
    }
    rc = clone3_into_child(&args, size, shared);
    if (rc < 0)
        return (int)-rc;

    out->pid = (pid_t)rc;
    out->pidfd = pidfd;
    return 0;
#else
    (void)out;
    (void)shared;
    return ENOSYS;
#endif
}

/* What an old kernel or a system call filter says to clone3. */
static bool needs_fallback(int err)
{
    return err == ENOSYS || err == EPERM || err == EINVAL || err == E2BIG;
}

static int open_pidfd(pid_t pid)
{
    int fd;

    if (chg_spawn_disabled(CHG_SPAWN_PIDFD))
        return -1;
    fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd >= 0)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

/* A descriptor that no standard stream of the child will land on. */
static int move_above_control(int *fd)
{
    int moved;

    if (*fd > CHG_LAUNCH_CONTROL_FD)
        return 0;
    moved = fcntl(*fd, F_DUPFD_CLOEXEC, CHG_LAUNCH_CONTROL_FD + 1);
    if (moved < 0)
        return -1;
    (void)close(*fd);
    *fd = moved;
    return 0;
}

/* The pipe closes when the child has executed or ended, also where vfork is a fork in disguise
 * (emulators). */
static void read_report(struct chg_launch_shared *shared, int fd)
{
    int report[2];
    ssize_t n;

    do
        n = read(fd, report, sizeof(report));
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof(report)) {
        shared->stage = (enum chg_launch_stage)report[0];
        shared->err = report[1];
    }
}

/* A frame of its own, with nothing in it that the child could change under the parent. Kept out of
 * line for that. */
__attribute__((noinline)) static pid_t vfork_into_child(struct chg_launch_shared *shared)
{
    pid_t pid = vfork();

    if (pid == 0)
        chg_launch_child(shared);
    return pid;
}

static int open_procs(int *out, int cgroup_fd)
{
    if (cgroup_fd < 0)
        return 0;
    *out = openat(cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    return *out < 0 || move_above_control(out) < 0 ? errno : 0;
}

static int start_vfork(struct chg_launched *out, struct chg_launch_shared *shared)
{
    chg_autofd int procs_fd = -1;
    chg_autofd int report_in = -1;
    chg_autofd int report_out = -1;
    int err = open_procs(&procs_fd, shared->request->cgroup_fd);
    int ends[2];

    if (err != 0)
        return err;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    report_in = ends[0];
    report_out = ends[1];
    if (move_above_control(&report_out) < 0)
        return errno;

    shared->procs_fd = procs_fd;
    shared->report_fd = report_out;
    out->pid = vfork_into_child(shared);
    if (out->pid < 0)
        return errno;
    (void)close(chg_steal_fd(&report_out));
    read_report(shared, report_in);
    out->pidfd = open_pidfd(out->pid);
    return 0;
}

/* A child that failed before exec has ended by itself. */
static void reap_failed(struct chg_launched *out)
{
    siginfo_t info;

    while (waitid(P_PID, (id_t)out->pid, &info, WEXITED) < 0 && errno == EINTR)
        continue;
    if (out->pidfd >= 0)
        (void)close(out->pidfd);
    out->pidfd = -1;
}

int chg_launch_start(struct chg_launched *out, const struct chg_launch *request)
{
    struct chg_launch_shared shared = {.request = request, .procs_fd = -1, .report_fd = -1};
    sigset_t all;
    sigset_t old;
    int err;

    *out = (struct chg_launched){.pid = -1, .pidfd = -1};
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    err = start_clone3(out, &shared);
    if (needs_fallback(err))
        err = start_vfork(out, &shared);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);

    out->stage = err != 0 ? CHG_LAUNCH_CLONE : shared.stage;
    out->err = err != 0 ? err : shared.err;
    if (out->stage == CHG_LAUNCH_STARTED)
        return 0;
    if (err == 0)
        reap_failed(out);
    return -1;
}
