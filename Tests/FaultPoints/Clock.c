// Preloaded into a daemon, shows it another time of day, which a file tells anew at each look.
#define _GNU_SOURCE
#include "FaultPoints.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <stdio.h>
#include <time.h>

const char *const wall_seconds_variable = "FAULT_WALL_SECONDS_FILE";

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*next)(clockid_t, struct timespec *);
    if (next == NULL) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = next(clock, time);
    const char *path = clock == CLOCK_REALTIME ? getenv(wall_seconds_variable) : NULL;
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    long long seconds;
    if (file != NULL && fscanf(file, "%lld", &seconds) == 1) time->tv_sec = (time_t)seconds;
    if (file != NULL) fclose(file);
    return result;
}
