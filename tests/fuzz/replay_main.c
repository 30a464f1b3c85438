/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target over every file of the directories given as arguments. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Run one file; 1 when it was a readable file. */
static int replay_file(int dir_fd, const char *name)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
    uint8_t *data = NULL;
    struct stat st;
    int done = 0;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        /* Exactly as large as the file, so that a sanitizer sees a read beyond it. */
        data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
        if (data != NULL && read(fd, data, (size_t)st.st_size) == st.st_size) {
            (void)LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
            done = 1;
        }
    }
    free(data);
    if (fd >= 0)
        (void)close(fd);
    return done;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        const struct dirent *entry;

        if (dir == NULL) {
            perror(argv[i]);
            return 1;
        }
        while ((entry = readdir(dir)) != NULL)
            count += replay_file(dirfd(dir), entry->d_name);
        (void)closedir(dir);
    }
    (void)printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
