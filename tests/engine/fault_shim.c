/* Lets the n-th call of one kind fail on files whose path contains a word, as the kernel would; for test_database_faults.
   With `trace` on, every change to such a file is written to a log, from which the test builds disks after a power cut. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char wanted_call[32], word[256];
static int countdown = -1, error_number, hits, short_write, log_file = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void fault_arm(const char *call, const char *path_word, int n, int error) {
    pthread_mutex_lock(&lock);
    strncpy(wanted_call, call, sizeof wanted_call - 1);
    strncpy(word, path_word, sizeof word - 1);
    countdown = n; hits = 0; short_write = error == 0; error_number = error;
    pthread_mutex_unlock(&lock);
}
int fault_hits(void) { return hits; }
void fault_trace(const char *path_word, int file) { strncpy(word, path_word, sizeof word - 1); log_file = file; }

static int path_of(int file, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, size - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return word[0] && strstr(path, word) != NULL;
}
static int fails(int file, const char *call) {
    char path[4096];
    int yes = 0;
    if (countdown < 0) return 0;
    if (strcmp(call, wanted_call) || !path_of(file, path, sizeof path)) return 0;
    pthread_mutex_lock(&lock);
    if (countdown > 0 && --countdown == 0) { yes = 1; hits++; countdown = -1; }
    pthread_mutex_unlock(&lock);
    return yes;
}
/* While the file that FAULT_QUOTA names is there, nothing may be written below FAULT_WORD: a quota is used up. */
static int over_quota(int file) {
    static const char *flag, *below;
    static int known;
    char path[4096], link[64];
    if (!known) { flag = getenv("FAULT_QUOTA"); below = getenv("FAULT_WORD"); known = 1; }
    if (!flag || !below || access(flag, F_OK)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, below) != NULL && !strstr(path, "-shm");
}
typedef ssize_t (*write_type)(int, const void *, size_t);
typedef ssize_t (*pwrite_type)(int, const void *, size_t, off_t);
static void trace(int file, char kind, int64_t offset, const void *data, int64_t size) {
    char path[4096];
    if (log_file < 0 || !path_of(file, path, sizeof path)) return;
    static write_type real;
    if (!real) real = (write_type)dlsym(RTLD_NEXT, "write");
    pthread_mutex_lock(&lock);
    int64_t head[4] = {kind, (int64_t)strlen(path), offset, size};
    if (real(log_file, head, sizeof head) < 0 || real(log_file, path, strlen(path)) < 0) _exit(99);
    if (data && size && real(log_file, data, size) < 0) _exit(99);
    pthread_mutex_unlock(&lock);
}
ssize_t pwrite64(int file, const void *data, size_t size, off_t offset) {
    static pwrite_type real;
    if (over_quota(file)) { errno = EDQUOT; return -1; }
    if (!real) real = (pwrite_type)dlsym(RTLD_NEXT, "pwrite64");
    if (fails(file, "write")) {
        if (!short_write) { errno = error_number; return -1; }
        size = size > 7 ? 7 : size;
    }
    ssize_t done = real(file, data, size, offset);
    if (done > 0) trace(file, 'w', offset, data, done);
    return done;
}
ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return pwrite64(file, data, size, offset); }
ssize_t write(int file, const void *data, size_t size) {
    static write_type real;
    if (over_quota(file)) { errno = EDQUOT; return -1; }
    if (!real) real = (write_type)dlsym(RTLD_NEXT, "write");
    if (fails(file, "write")) { errno = error_number ? error_number : EINTR; return -1; }
    off_t offset = log_file < 0 ? 0 : lseek(file, 0, SEEK_CUR);
    ssize_t done = real(file, data, size);
    if (done > 0 && file != log_file) trace(file, 'w', offset, data, done);
    return done;
}
#define SYNC(name) \
int name(int file) { \
    static int (*real)(int); \
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \
    if (fails(file, "fsync")) { errno = error_number ? error_number : EINTR; return -1; } \
    int done = real(file); \
    if (done == 0) trace(file, 's', 0, NULL, 0); \
    return done; \
}
SYNC(fsync)
SYNC(fdatasync)
int ftruncate64(int file, off_t size) {
    static int (*real)(int, off_t);
    if (!real) real = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate64");
    if (fails(file, "ftruncate")) { errno = error_number ? error_number : EINTR; return -1; }
    int done = real(file, size);
    if (done == 0) trace(file, 't', size, NULL, 0);
    return done;
}
int ftruncate(int file, off_t size) { return ftruncate64(file, size); }
ssize_t pread64(int file, void *data, size_t size, off_t offset) {
    static ssize_t (*real)(int, void *, size_t, off_t);
    if (!real) real = (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread64");
    if (fails(file, "read")) { errno = error_number; return -1; }
    return real(file, data, size, offset);
}
ssize_t pread(int file, void *data, size_t size, off_t offset) { return pread64(file, data, size, offset); }
