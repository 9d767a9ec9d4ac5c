#ifndef FAULT_POINTS_H
#define FAULT_POINTS_H

/// The variables by which a test names the point at which the process is to die.
///
/// FAULT_POINT is one of `before-commit`, `after-commit`, `after-send` and `after-success`; FAULT_AT is the number of
/// the occurrence, from 1.
extern const char *const fault_point_variable;
extern const char *const fault_count_variable;

/// The variable that names a file with the time of day, in seconds since 1970, which the process is shown.
extern const char *const wall_seconds_variable;

#endif
