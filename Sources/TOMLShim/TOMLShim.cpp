#include "TOMLShim.h"
