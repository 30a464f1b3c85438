/* SPDX-License-Identifier: MIT */
/* What /proc says about processes: who is in a session, when one was started, which boot this is.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/parse.h"
#include "base/str.h"
#include "proc/tree_priv.h"

#include "base/banned.h"

#define STAT_MAX           1024
#define FIELD_STATE        3
#define FIELD_SESSION      6
#define FIELD_START_TICKS  22
#define BOOT_ID_LEN        36
#define KILL_ROUNDS        200
#define KILL_ROUND_WAIT_MS 5

/* Leading digits, as far as they go: the texts come from the kernel. */
static uint64_t read_number(const char *text)
{
    uint64_t value = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

bool chg_proc_stat_parse(struct chg_proc_stat *out, const char *text)
{
    /* The name in parentheses may hold anything, also spaces and parentheses. */
    const char *at = strrchr(text, ')');
    int field = FIELD_STATE;

    if (at == NULL || at[1] != ' ')
        return false;
    *out = (struct chg_proc_stat){.pid = (pid_t)read_number(text), .state = at[2]};
    for (at += 2; field < FIELD_START_TICKS; field++) {
        if (field == FIELD_SESSION)
            out->session = (pid_t)read_number(at);
        at = strchr(at, ' ');
        if (at == NULL)
            return false;
        at++;
    }
    out->start_ticks = read_number(at);
    return true;
}

static bool read_stat_at(struct chg_proc_stat *out, int dir_fd, const char *path)
{
    chg_autofd int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
    char text[STAT_MAX];
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    if (n <= 0)
        return false;
    text[n] = '\0';
    return chg_proc_stat_parse(out, text);
}

bool chg_proc_stat_read(struct chg_proc_stat *out, pid_t pid)
{
    chg_auto(str) path = CHG_STR_INIT;

    chg_str_addf(&path, "/proc/%d/stat", (int)pid);
    return pid > 0 && chg_str_check(&path) == 0 && read_stat_at(out, AT_FDCWD, path.ptr);
}

void chg_proc_scan(chg_proc_scan_fn fn, void *userdata)
{
    DIR *dir = opendir("/proc");
    chg_auto(str) path = CHG_STR_INIT;
    struct dirent *entry;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        struct chg_proc_stat stat;

        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        chg_str_reset(&path);
        chg_str_addf(&path, "%s/stat", entry->d_name);
        if (read_stat_at(&stat, dirfd(dir), path.ptr) && stat.state != 'Z' && stat.state != 'X')
            fn(&stat, userdata);
    }
    (void)closedir(dir);
}

uint64_t chg_proc_start_ticks(pid_t pid)
{
    struct chg_proc_stat stat;

    return chg_proc_stat_read(&stat, pid) ? stat.start_ticks : 0;
}

struct session_kill {
    pid_t session;
    bool found; /* in this round */
    CHG_VEC(pid_t) killed;
};

static bool was_killed(const struct session_kill *job, pid_t pid)
{
    size_t i;

    for (i = 0; i < job->killed.len; i++) {
        if (job->killed.items[i] == pid)
            return true;
    }
    return false;
}

static void kill_member(const struct chg_proc_stat *stat, void *userdata)
{
    struct session_kill *job = userdata;

    if (stat->session != job->session)
        return;
    job->found = true;
    if (kill(stat->pid, SIGKILL) == 0 && !was_killed(job, stat->pid))
        (void)chg_vec_push(&job->killed, stat->pid);
}

int chg_tree_kill_session(pid_t sid, uint64_t start_ticks)
{
    struct session_kill job = {.session = sid, .found = true};
    struct chg_proc_stat leader;
    int round;
    int count;

    /* Without its leader the number may mean a session of somebody else by now. */
    if (sid <= 1 || start_ticks == 0 || !chg_proc_stat_read(&leader, sid) ||
        leader.start_ticks != start_ticks || leader.session != sid)
        return 0;
    for (round = 0; round < KILL_ROUNDS && job.found; round++) {
        if (round > 0)
            (void)poll(NULL, 0, KILL_ROUND_WAIT_MS);
        job.found = false;
        chg_proc_scan(kill_member, &job);
    }
    count = (int)job.killed.len;
    chg_vec_fini(&job.killed);
    return count;
}

int chg_proc_boot_id(char out[37])
{
    chg_auto(str) text = CHG_STR_INIT;
    int rc = chg_fs_read(&text, "/proc/sys/kernel/random/boot_id", 64);

    if (rc < 0)
        return rc;
    if (text.len < BOOT_ID_LEN)
        return chg_error_set(CHENGIS_ERR_IO, "/proc/sys/kernel/random/boot_id is not a UUID");
    memcpy(out, text.ptr, BOOT_ID_LEN);
    out[BOOT_ID_LEN] = '\0';
    return 0;
}
