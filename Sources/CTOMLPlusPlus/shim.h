#pragma once
// toml++ is C++ and used header-only: TOMLShim's .cpp includes <toml++/toml.h>. This module names the Debian package.
