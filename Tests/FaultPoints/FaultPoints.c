// Preloaded into a daemon, kills it at exact points of its work: no handler runs, nothing is flushed.
#define _GNU_SOURCE
#include "FaultPoints.h"
#include "Hangs.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

const char *const fault_point_variable = "FAULT_POINT";
const char *const fault_count_variable = "FAULT_AT";

static atomic_int occurrences;
/// Whether the last request on a descriptor was a notification.
static atomic_bool carries_notification[4096];

static bool is_wanted(const char *point) {
    const char *wanted = getenv(fault_point_variable);
    return wanted != NULL && strcmp(wanted, point) == 0;
}

static void reach(const char *point) {
    const char *count = getenv(fault_count_variable);
    if (!is_wanted(point) || count == NULL) return;
    if (atomic_fetch_add(&occurrences, 1) + 1 == atoi(count)) kill(getpid(), SIGKILL);
}

static bool is_log(int descriptor) {
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, sizeof path);
    return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

int fdatasync(int descriptor) {
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    bool is_commit = is_log(descriptor);
    if (is_commit) hang_in("state");
    int result = next(descriptor);
    if (is_commit) reach("after-commit");
    return result;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
    ssize_t (*next)(int, const void *, size_t, off_t) =
        (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite64");
    if (is_wanted("before-commit") && is_log(descriptor)) reach("before-commit");
    return next(descriptor, bytes, count, offset);
}

ssize_t send(int descriptor, const void *bytes, size_t count, int flags) {
    ssize_t (*next)(int, const void *, size_t, int) =
        (ssize_t(*)(int, const void *, size_t, int))dlsym(RTLD_NEXT, "send");
    bool is_request = count > 5;
    bool is_notification = is_request && memcmp(bytes, "POST ", 5) == 0;
    ssize_t result = next(descriptor, bytes, count, flags);
    if (is_request && descriptor >= 0 && descriptor < 4096) {
        atomic_store(&carries_notification[descriptor], is_notification);
    }
    if (is_notification && result > 0) reach("after-send");
    return result;
}

ssize_t recv(int descriptor, void *bytes, size_t count, int flags) {
    ssize_t (*next)(int, void *, size_t, int) = (ssize_t(*)(int, void *, size_t, int))dlsym(RTLD_NEXT, "recv");
    ssize_t result = next(descriptor, bytes, count, flags);
    if (result > 10 && memcmp(bytes, "HTTP/1.1 2", 10) == 0 && descriptor >= 0 && descriptor < 4096 &&
        atomic_load(&carries_notification[descriptor])) {
        reach("after-success");
    }
    return result;
}
