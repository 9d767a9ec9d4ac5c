// What of posix_spawn Swift does not see, since it is GNU's own.
#pragma once
#include <spawn.h>

// Has the child close every descriptor from this one on.
int sshim_close_from(posix_spawn_file_actions_t *actions, int descriptor);
