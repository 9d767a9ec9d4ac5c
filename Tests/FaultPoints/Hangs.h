#ifndef HANGS_H
#define HANGS_H

/// Hangs for ever if the variable HANG_IN names this place.
void hang_in(const char *place);

#endif
