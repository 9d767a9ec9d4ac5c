// The arguments that the kernel gave the program, which Swift's own list reads from /proc and so lacks without it.
#pragma once

// How many there are, the program's name among them.
int ashim_count(void);

// The argument at an index from 0; NULL where there is none.
const char *ashim_argument(int index);
