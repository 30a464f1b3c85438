/* SPDX-License-Identifier: MIT */
/* The engine's own files: folders by path, the files of the database by what they are on disk. */
#include "engine/own_files.h"

#include "base/path.h"
#include "base/str.h"
#include "store/store.h"

#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

/* Both paths are real ones. */
static bool is_below(const char *dir, const char *path)
{
    size_t len = dir != NULL ? strlen(dir) : 0;

    return len > 0 && strncmp(dir, path, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static bool is_in_own_folder(const chengis_engine *engine, const char *root, const char *path)
{
    chg_autofree char *logs = chg_path_join(engine->state_dir, "logs");
    const char *const folders[] = {logs, engine->workspace_dir, engine->artifact_dir};

    if (logs == NULL)
        return true;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (is_below(folders[i], path) && !is_below(folders[i], root))
            return true;
    }
    return false;
}

/* Compared by inode: a second name (a hard link, a mount) is as dangerous as the first. */
static bool is_database(const chengis_engine *engine, const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", ".owners", ".writer"};
    const char *database = chg_store_path(engine->store);
    struct stat st, own;

    if (database == NULL || lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    if (st.st_nlink == 1 && !chg_starts_with(chg_path_basename(path), chg_path_basename(database)))
        return false;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        chg_autofree char *name = chg_asprintf("%s%s", database, suffixes[i]);

        if (name == NULL)
            return true;
        if (stat(name, &own) == 0 && own.st_dev == st.st_dev && own.st_ino == st.st_ino)
            return true;
    }
    return false;
}

bool chg_is_own_file(const chengis_engine *engine, const char *root, const char *relative)
{
    chg_autofree char *path = chg_path_join(root, relative);

    return path == NULL || is_in_own_folder(engine, root, path) || is_database(engine, path);
}
