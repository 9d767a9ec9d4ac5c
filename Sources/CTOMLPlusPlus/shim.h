#pragma once
// toml++ is C++: only TOMLShim's .cpp includes <toml++/toml.h>. This module carries the library's link flags.
