/* SPDX-License-Identifier: MIT */
/* Inside of proc: the method table of process trees and what a host and a tree hold. */
#ifndef CHG_PROC_TREE_PRIV_H
#define CHG_PROC_TREE_PRIV_H

#include "base/vec.h"
#include "proc/spawn_priv.h"
#include "proc/tree.h"

struct chg_tree_ops {
    enum chg_tree_method method;
    int (*prepare)(struct chg_tree_host *host); /* 0, or UNSUPPORTED saying why; host lock held */
    int (*open)(struct chg_tree *tree);
    int (*spawn)(struct chg_tree *tree, struct chg_child *child, const struct chg_launch *launch,
                 const struct chg_spawn *request);
    void (*signal)(struct chg_tree *tree, int sig);
    void (*kill)(struct chg_tree *tree);
    bool (*is_empty)(struct chg_tree *tree);
    void (*kill_first)(
        struct chg_tree *tree); /* before is_empty(), where a look can miss a forker; or NULL */
    void (*wait)(struct chg_tree *tree, int timeout_ms); /* until something may have ended */
    void (*close)(struct chg_tree *tree, bool empty);
    void (*host_fini)(struct chg_tree_host *host);
};
extern const struct chg_tree_ops chg_tree_cgroup_ops;
extern const struct chg_tree_ops chg_tree_reaper_ops;
extern const struct chg_tree_ops chg_tree_group_ops;

/* One cgroup directory, in use by a tree or waiting in the pool of its host. */
struct chg_cgroup {
    unsigned number; /* its name */
    int dir_fd;
    int events_fd;
    /* Set by the first cgroup.kill: Linux 6.14 and later kill at birth whatever clone3 puts into it
     * from then on. */
    atomic_bool killed;
};

struct chg_tree_host {
    /* immutable */
    char *name;
    char *reaper_path; /* NULL: not available */
    enum chg_tree_method wanted;
    struct chg_mutex lock;
    /* guarded by lock */
    const struct chg_tree_ops *ops; /* NULL until decided */
    int cgroup_parent_fd;           /* our own cgroup, or -1 */
    int cgroup_fd;                  /* the host's below it, or -1 */
    unsigned cgroups_made;
    CHG_VEC(struct chg_cgroup *) pool;
};

struct chg_tree {
    struct chg_tree_host *host;     /* immutable */
    const struct chg_tree_ops *ops; /* immutable */
    struct chg_cgroup *cgroup;      /* immutable; method cgroup */
    struct chg_mutex lock;
    CHG_VEC(struct chg_child *) children; /* guarded by lock; methods reaper and group */
};

bool chg_tree_name_is_valid(const char *name);

/* Start launch as child; translates failures with request. */
int chg_child_launch(struct chg_child *child, const struct chg_launch *launch,
                     const struct chg_spawn *request);
int chg_tree_add_child(struct chg_tree *tree, struct chg_child *child); /* with a reference */
void chg_tree_drop_children(struct chg_tree *tree);

/* Children of the reaper method. */
int chg_reaper_reap(struct chg_child *child, struct chg_exit *out);
void chg_reaper_kill(const struct chg_child *child);
void chg_reaper_end(struct chg_child *child); /* lets it kill its tree, then reaps it */

/* The directory of our own cgroup v2 from the texts of /proc/self/mountinfo and /proc/self/cgroup.
 */
int chg_cgroup_locate(char **out, const char *mountinfo, const char *cgroup);
int chg_cgroup_own_dir(char **out);
int chg_cgroup_mount_dir(char **out);
bool chg_cgroup_is_populated(int events_fd);
void chg_cgroup_kill(int dir_fd);
int chg_cgroup_remove(int parent_fd, const char *name); /* with its children; 0 or -1 with errno */

/* One process as /proc/PID/stat describes it. */
struct chg_proc_stat {
    pid_t pid;
    pid_t session;
    char state;
    uint64_t start_ticks;
};
bool chg_proc_stat_parse(struct chg_proc_stat *out, const char *text);
bool chg_proc_stat_read(struct chg_proc_stat *out, pid_t pid);
typedef void (*chg_proc_scan_fn)(const struct chg_proc_stat *stat, void *userdata);
void chg_proc_scan(chg_proc_scan_fn fn, void *userdata); /* every process that is not a zombie */

#endif
