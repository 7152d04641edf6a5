#ifndef ENTENTE_CODEC_RESULT_H
#define ENTENTE_CODEC_RESULT_H

#include <stdio.h>

#include "CImageCodecs.h"

// A function that calls setjmp and must not become part of its caller, whose locals it keeps apart from its own.
#define ENTENTE_RETURNS_TWICE __attribute__((noinline))

static inline void entente_fail(entente_codec_result *result, entente_codec_status status, const char *reason) {
    result->status = status;
    snprintf(result->reason, sizeof result->reason, "%s", reason);
}

#endif
