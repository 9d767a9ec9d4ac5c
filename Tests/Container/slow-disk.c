// Preloaded, it makes the first fsync of a process take 14 s, as on a disk that is busy or waking up.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

int fsync(int descriptor) {
    static int was_slow;
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    if (!was_slow) {
        was_slow = 1;
        sleep(14);
    }
    return next(descriptor);
}
