#include "ArgumentsShim.h"
#include <stddef.h>

static int count;
static char **arguments;

// The C library calls constructors with what it calls main with.
__attribute__((constructor)) static void remember(int argc, char **argv) {
    count = argc;
    arguments = argv;
}

int ashim_count(void) { return count; }

const char *ashim_argument(int index) { return index >= 0 && index < count ? arguments[index] : NULL; }
