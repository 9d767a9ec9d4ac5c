// Preloaded into a daemon, makes it hang for ever where the variable HANG_IN says:
// main-queue (when a client connects to the control socket), state (when something is committed), journal, metrics, names.
#define _GNU_SOURCE
#include "Hangs.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void hang_in(const char *place) {
    const char *wanted = getenv("HANG_IN");
    if (wanted == NULL || strcmp(wanted, place) != 0) return;
    dprintf(STDERR_FILENO, "hangs in %s\n", place);
    for (;;) sleep(1000);
}

int getsockopt(int descriptor, int level, int option, void *value, socklen_t *length) {
    int (*next)(int, int, int, void *, socklen_t *) =
        (int (*)(int, int, int, void *, socklen_t *))dlsym(RTLD_NEXT, "getsockopt");
    if (level == SOL_SOCKET && option == SO_PEERCRED) hang_in("main-queue");
    return next(descriptor, level, option, value, length);
}

int access(const char *path, int mode) {
    int (*next)(const char *, int) = (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
    if (strstr(path, "/journal/") != NULL) hang_in("journal");
    return next(path, mode);
}

int rename(const char *from, const char *to) {
    int (*next)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    if (strstr(to, ".prom") != NULL) hang_in("metrics");
    return next(from, to);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(
            RTLD_NEXT, "getaddrinfo");
    hang_in("names");
    return next(name, service, hints, found);
}
