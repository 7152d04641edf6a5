#ifndef ENTENTE_MALLOC_SHIM_H
#define ENTENTE_MALLOC_SHIM_H
#include <malloc.h>
#endif
