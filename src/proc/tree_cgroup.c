/* SPDX-License-Identifier: MIT */
/*
 * Process trees as cgroups: OWN/NAME/N, one a tree, born into by clone3 and ended by cgroup.kill.
 * Empty ones wait in a pool, since making and removing one costs more than a trivial step waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "proc/tree_priv.h"

#include "base/banned.h"

#define PROCS_CHUNK      4096
#define KILL_RETRY_MS    100
#define OPEN_DIR_OPTIONS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static void cgroup_free(struct chg_cgroup *cgroup)
{
    if (cgroup->dir_fd >= 0)
        (void)close(cgroup->dir_fd);
    if (cgroup->events_fd >= 0)
        (void)close(cgroup->events_fd);
    chg_free(cgroup);
}

static int make_failed(const char *name, int err)
{
    if (err == EMFILE || err == ENFILE || err == EAGAIN)
        return chg_error_sys(CHENGIS_ERR_LIMIT, err, "cannot make a cgroup below '%s'", name);
    return chg_error_sys(CHENGIS_ERR_PROCESS, err, "cannot make a cgroup below '%s'", name);
}

/* A directory that is there already belonged to a dead host of our name and may hold its processes.
 */
static int make_dir(unsigned *number, struct chg_tree_host *host)
{
    chg_auto(str) name = CHG_STR_INIT;
    int rc;

    do {
        *number = host->cgroups_made++;
        chg_str_reset(&name);
        chg_str_addf(&name, "%u", *number);
        if (chg_str_check(&name) < 0)
            return CHENGIS_ERR_NO_MEMORY;
        rc = mkdirat(host->cgroup_fd, name.ptr, 0755);
    } while (rc < 0 && errno == EEXIST);
    return rc < 0 ? make_failed(host->name, errno) : 0;
}

static void remove_dir(struct chg_tree_host *host, unsigned number)
{
    chg_auto(str) name = CHG_STR_INIT;

    chg_str_addf(&name, "%u", number);
    if (name.failed == 0)
        (void)chg_cgroup_remove(host->cgroup_fd, name.ptr);
}

static int open_cgroup(struct chg_cgroup *cgroup, const struct chg_tree_host *host)
{
    chg_auto(str) name = CHG_STR_INIT;

    chg_str_addf(&name, "%u", cgroup->number);
    if (chg_str_check(&name) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    cgroup->dir_fd = openat(host->cgroup_fd, name.ptr, OPEN_DIR_OPTIONS);
    if (cgroup->dir_fd >= 0)
        cgroup->events_fd = openat(cgroup->dir_fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
    return cgroup->events_fd < 0 ? make_failed(host->name, errno) : 0;
}

/* Host lock held. */
static int make_cgroup(struct chg_cgroup **out, struct chg_tree_host *host)
{
    struct chg_cgroup *cgroup = chg_new(struct chg_cgroup);
    int rc;

    if (cgroup == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    cgroup->dir_fd = -1;
    cgroup->events_fd = -1;
    rc = make_dir(&cgroup->number, host);
    if (rc == 0) {
        rc = open_cgroup(cgroup, host);
        if (rc < 0)
            remove_dir(host, cgroup->number);
    }
    if (rc < 0) {
        cgroup_free(cgroup);
        return rc;
    }
    *out = cgroup;
    return 0;
}

/* Whether a process of ours may be born in it and live: the kernel's rules are many, so one is. */
static int try_birth(const struct chg_cgroup *cgroup)
{
    const struct chg_launch probe = {.fds = {-1, -1, -1, -1}, .cgroup_fd = cgroup->dir_fd};
    struct chg_exit ended = {0};
    struct chg_launched launched;
    struct chg_process process;
    int rc;

    if (faccessat(cgroup->dir_fd, "cgroup.kill", W_OK, AT_EACCESS) < 0)
        return chg_error_sys(CHENGIS_ERR_UNSUPPORTED, errno, "no cgroup.kill");
    if (chg_launch_start(&launched, &probe) < 0)
        return chg_error_sys(CHENGIS_ERR_UNSUPPORTED, launched.err,
                             "cannot start a process in a cgroup of our own");
    rc = chg_process_adopt(&process, &launched);
    if (rc < 0)
        return rc;
    (void)chg_process_wait_ms(&process, -1);
    (void)chg_process_reap(&process, &ended, false);
    chg_process_fini(&process);
    if (ended.signal != 0)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                             "a process started in a cgroup of our own is killed by the kernel");
    return 0;
}

/* Everything gone that prepare() or the trees made. */
static void host_fini(struct chg_tree_host *host)
{
    size_t i;

    for (i = 0; i < host->pool.len; i++)
        cgroup_free(host->pool.items[i]);
    chg_vec_fini(&host->pool);
    if (host->cgroup_fd >= 0) {
        (void)close(host->cgroup_fd);
        (void)chg_cgroup_remove(host->cgroup_parent_fd, host->name);
    }
    if (host->cgroup_parent_fd >= 0)
        (void)close(host->cgroup_parent_fd);
    host->cgroup_fd = -1;
    host->cgroup_parent_fd = -1;
    host->cgroups_made = 0;
}

static int open_host_dir(struct chg_tree_host *host)
{
    chg_autofree char *own = NULL;
    int rc = chg_cgroup_own_dir(&own);

    if (rc < 0)
        return rc;
    host->cgroup_parent_fd = open(own, OPEN_DIR_OPTIONS);
    if (host->cgroup_parent_fd < 0 ||
        (mkdirat(host->cgroup_parent_fd, host->name, 0755) < 0 && errno != EEXIST))
        return chg_error_sys(CHENGIS_ERR_UNSUPPORTED, errno, "cannot make a cgroup in '%s'", own);
    host->cgroup_fd = openat(host->cgroup_parent_fd, host->name, OPEN_DIR_OPTIONS);
    if (host->cgroup_fd < 0)
        return chg_error_sys(CHENGIS_ERR_UNSUPPORTED, errno, "cannot open cgroup '%s/%s'", own,
                             host->name);
    return 0;
}

static int prepare(struct chg_tree_host *host)
{
    struct chg_cgroup *first = NULL;
    int rc = open_host_dir(host);

    if (rc == 0)
        rc = make_cgroup(&first, host);
    if (rc == 0)
        rc = try_birth(first);
    if (rc == 0)
        rc = chg_vec_push(&host->pool, first);
    if (rc < 0) {
        if (first != NULL)
            cgroup_free(first);
        host_fini(host);
    }
    return rc;
}

static int open_tree(struct chg_tree *tree)
{
    struct chg_tree_host *host = tree->host;
    int rc = 0;

    chg_mutex_lock(&host->lock);
    if (host->pool.len > 0)
        tree->cgroup = host->pool.items[--host->pool.len];
    else
        rc = make_cgroup(&tree->cgroup, host);
    chg_mutex_unlock(&host->lock);
    return rc;
}

static int spawn(struct chg_tree *tree, struct chg_child *child, const struct chg_launch *launch,
                 const struct chg_spawn *request)
{
    struct chg_launch into = *launch;

    into.cgroup_fd = tree->cgroup->dir_fd;
    return chg_child_launch(child, &into, request);
}

static int read_procs(struct chg_str *out, int dir_fd)
{
    chg_autofd int fd = openat(dir_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    char chunk[PROCS_CHUNK];
    ssize_t n;

    if (fd < 0)
        return -1;
    while ((n = read(fd, chunk, sizeof(chunk))) > 0)
        chg_str_add_len(out, chunk, (size_t)n);
    return chg_str_check(out);
}

static void signal_tree(struct chg_tree *tree, int sig)
{
    chg_auto(str) procs = CHG_STR_INIT;
    const char *at;
    int64_t pid = 0;

    if (read_procs(&procs, tree->cgroup->dir_fd) < 0)
        return;
    for (at = procs.ptr; *at != '\0'; at++) {
        if (*at != '\n') {
            pid = pid * 10 + (*at - '0');
            continue;
        }
        /* 0 stands for a process outside of our pid namespace. */
        if (pid > 1)
            (void)kill((pid_t)pid, sig);
        pid = 0;
    }
}

static void kill_tree(struct chg_tree *tree)
{
    atomic_store(&tree->cgroup->killed, true);
    chg_cgroup_kill(tree->cgroup->dir_fd);
}

static bool is_empty(struct chg_tree *tree)
{
    return !chg_cgroup_is_populated(tree->cgroup->events_fd);
}

static void wait_tree(struct chg_tree *tree, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = tree->cgroup->events_fd, .events = POLLPRI};

    (void)poll(&poll_fd, 1, timeout_ms < KILL_RETRY_MS ? timeout_ms : KILL_RETRY_MS);
}

static void close_tree(struct chg_tree *tree, bool empty)
{
    struct chg_tree_host *host = tree->host;
    bool reuse = empty && !atomic_load(&tree->cgroup->killed);

    chg_mutex_lock(&host->lock);
    if (reuse)
        reuse = chg_vec_push(&host->pool, tree->cgroup) == 0;
    chg_mutex_unlock(&host->lock);
    if (reuse)
        return;
    /* Where a process does not die, the directory stays until the host is freed. */
    remove_dir(host, tree->cgroup->number);
    cgroup_free(tree->cgroup);
}

const struct chg_tree_ops chg_tree_cgroup_ops = {
    .method = CHG_TREE_CGROUP,
    .prepare = prepare,
    .open = open_tree,
    .spawn = spawn,
    .signal = signal_tree,
    .kill = kill_tree,
    .is_empty = is_empty,
    .wait = wait_tree,
    .close = close_tree,
    .host_fini = host_fini,
};
